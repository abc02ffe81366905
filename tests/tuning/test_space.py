"""What a search may change: ranges that every network allows, and files that say otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import optuna
import pytest

from kosent import architectures
from kosent.architectures import ARCHITECTURES
from kosent.errors import DataError, UsageError
from kosent.models.settings import ClassifierSettings
from kosent.text.tokenizers import TOKENIZERS
from kosent.tuning.space import (
    Range,
    arguments,
    checked,
    default_space,
    first_guess,
    read_space,
)


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_network_can_be_searched(name: str, tokenizer: str) -> None:
    base = {"architecture": name, "tokenizer": tokenizer}
    space = default_space(base)
    checked(space, base)
    assert "class_weight" in space
    assert any(key.startswith("architecture_options.") for key in space)
    assert set(first_guess(space, base)) == set(space)  # what it has by itself is in the middle
    low = {key: each.ends()[0] for key, each in space.items()}
    high = {key: each.ends()[-1] for key, each in space.items()}
    for chosen in (low, high, first_guess(space, base)):
        settings = ClassifierSettings.of(arguments(base, {**chosen, "class_weight": None}))
        architectures.check(name, settings.architecture_options or {})


def test_a_linear_model_has_no_dropout_and_another_no_penalty() -> None:
    linear = default_space({"architecture": "ngrams"})
    assert "architecture_options.l2" in linear
    assert not {"learning_rate", "architecture_options.dropout"} & set(linear)
    bag = default_space({"architecture": "ngrams", "architecture_options": {"embedding_size": 8}})
    assert {"learning_rate", "architecture_options.dropout"} <= set(bag)
    assert "architecture_options.l2" not in bag


def test_a_search_begins_with_the_base() -> None:
    base = {
        "architecture": "gru",
        "architecture_options": {"units": 48, "dropout": 0.9},
        "class_weight": "balanced",
    }
    guess = first_guess(default_space(base), base)
    assert guess["architecture_options.units"] == 48
    assert guess["class_weight"] == "balanced"
    assert "architecture_options.dropout" not in guess  # beyond the range: Optuna draws one


def test_arguments_are_merged() -> None:
    base = {"architecture": "gru", "architecture_options": {"units": 4, "layers": 1}, "seed": 3}
    merged = arguments(base, {"architecture_options.units": 8, "learning_rate": 0.1})
    assert merged == {
        **base,
        "architecture_options": {"units": 8, "layers": 1},
        "learning_rate": 0.1,
    }
    assert base["architecture_options"] == {"units": 4, "layers": 1}


SPACE = """
[learning_rate]
low = 1e-4
high = 1e-2
log = true
[architecture_options.units]
low = 8
high = 32
step = 8
[class_weight]
choices = ["none", "balanced"]
[label_smoothing]
low = 0
high = 0.1
"""


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "space.toml"
    path.write_text(SPACE)
    space = read_space(path)
    assert space == {
        "learning_rate": Range(1e-4, 1e-2, log=True),
        "architecture_options.units": Range(8, 32, step=8),
        "class_weight": Range(choices=("none", "balanced")),
        "label_smoothing": Range(0.0, 0.1),
    }
    checked(space, {"architecture": "gru"})
    trial = optuna.trial.FixedTrial(
        {
            "learning_rate": 1e-3,
            "architecture_options.units": 16,
            "class_weight": "none",
            "label_smoothing": 0.05,
        }
    )
    found = {name: each.suggest(trial, name) for name, each in space.items()}
    assert found["class_weight"] is None
    assert type(found["architecture_options.units"]) is int


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names no setting"),
        ("x", "search"),
        ("learning_rate = 1", "not a table"),
        ("[architecture_options]\nunits = 1", "not a table"),
        ("[epochs]\nlow = 1", "low and high are numbers"),
        ("[epochs]\nlow = 2\nhigh = 1", "low and high are numbers"),
        ("[epochs]\nlow = 0\nhigh = 1\nlog = true", "low and high are numbers"),
        ("[epochs]\nlow = 1\nhigh = 9\nlog = true\nstep = 2", "low and high are numbers"),
        ("[epochs]\nlow = 1\nhigh = 9\nstep = 0", "low and high are numbers"),
        ('[epochs]\nlow = "1"\nhigh = 9', "low and high are numbers"),
        ("[epochs]\nlow = 1\nhigh = 9\nsteps = 2", "unknown key of epochs: steps"),
        ("[epochs]\nchoices = []", "choices alone"),
        ("[epochs]\nchoices = [1]\nlow = 1", "choices alone"),
    ],
)
def test_wrong_files(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "search.toml"
    path.write_text(text)
    with pytest.raises(DataError, match=said):
        read_space(path)
    with pytest.raises(DataError):
        read_space(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ({"learning_rat": Range(0.1, 0.2)}, "no parameter 'learning_rat'"),
        ({"learning_rate": Range(0.0, 0.2)}, "learning_rate must be"),
        ({"architecture_options.unit": Range(1, 2)}, "Did you mean 'units'"),
        ({"architecture_options.units": Range(0, 2)}, "units must be"),
        ({"optimizer": Range(choices=("adam", "adan"))}, "Did you mean 'adam'"),
    ],
)
def test_wrong_spaces(space: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        checked(space, {"architecture": "gru"})
