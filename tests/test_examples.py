"""The chapters of ``examples/``: they run, and say what is true."""

from __future__ import annotations

import copy
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from kosent import TextClassifier

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def chapter(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_chapter_is_tested() -> None:
    names = {path.stem for path in EXAMPLES.glob("*.py")}
    assert names == {"adding_problem", "next_number", "one_door", "recurrent_step"}


@pytest.mark.parametrize("cell", ["SimpleRNN", "LSTM", "GRU"])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_step_in_numpy_is_that_of_keras(cell: str, seed: int) -> None:
    assert chapter("recurrent_step").difference(cell, seed) < 1e-5


def test_the_step_prints_every_cell(capsys: pytest.CaptureFixture[str]) -> None:
    chapter("recurrent_step").main()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["SimpleRNN", "LSTM", "GRU"]
    assert lines[3:] == [
        "return_sequences=False: (1, 32), 322,080 parameters",
        "return_sequences=True: (1, 500, 32), 322,080 parameters",
    ]


def test_the_next_number_between_those_known_is_found() -> None:
    errors = chapter("next_number").main([])
    assert errors["between"] < 0.04
    assert errors["beyond"] > errors["between"]


def test_the_next_number_as_the_post_asks_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    errors = chapter("next_number").main(["--as-the-post"])
    out = capsys.readouterr().out
    assert "0.60 0.70 0.80 0.90 ->" in out
    assert "-0.10 0.00 0.10 0.20 ->" in out
    assert errors["beyond"] > errors["between"] > 0.02  # 100 epochs are few


def test_products_of_the_two_marked_numbers() -> None:
    adding = chapter("adding_problem")
    x, y = adding.draw(np.random.default_rng(0), 5000, 20)
    numbers, marks = x[..., 0], x[..., 1]
    assert x.shape == (5000, 20, 2)
    assert (marks.sum(axis=1) == 2).all()
    np.testing.assert_allclose(np.where(marks > 0, numbers, 1).prod(axis=1), y, rtol=1e-6)
    assert y.var() == pytest.approx(adding.MEAN_ERROR, rel=0.05)


def test_a_gru_learns_a_short_one() -> None:
    """A tenth of the length, so that it takes seconds; the chapter itself has 100 numbers."""
    adding = chapter("adding_problem")
    errors = adding.main(["--length", "5", "--units", "16", "--steps", "600", "--cells", "GRU"])
    assert errors["GRU"] < adding.MEAN_ERROR / 4


@pytest.mark.parametrize(
    ("cell", "parameters"), [("SimpleRNN", 2_851), ("LSTM", 11_311), ("GRU", 8_671)]
)
def test_the_posts_network_of_the_adding_problem(cell: str, parameters: int) -> None:
    """The post prints the first two; what it calls its GRU trains the LSTM on."""
    assert chapter("adding_problem").post_network(cell, 100).count_params() == parameters


def test_the_posts_rows_of_the_adding_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    adding, picture = chapter("adding_problem"), tmp_path / "losses.png"
    given = ["--as-the-post", "--epochs", "2", "--length", "4", "--cells", "SimpleRNN"]
    errors = adding.main([*given, "--picture", str(picture)])
    assert 0 < errors["SimpleRNN"] < adding.MEAN_ERROR
    assert "SimpleRNN  2,851 parameters" in capsys.readouterr().out
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_word_that_is_not_cleaned_changes_nothing(
    trained: TextClassifier, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dropping = copy.copy(trained)
    dropping.encoder_ = copy.deepcopy(trained.encoder_)
    dropping.encoder_.drop_unknown = True
    bundle = dropping.save(tmp_path / "model")
    door, text = chapter("one_door"), "영화가 너무 지루하다. 별로였어요"
    labels, steps = door.walk(bundle, text)
    assert labels == trained.classes_.tolist()
    assert [step.word for step in steps] == text.split()
    assert [step.unknown for step in steps] == [False, False, True, False]
    cleaned = [probabilities.tolist() for _, probabilities in dropping.trace(text)]
    assert [step.cleaned for step in steps] == cleaned
    assert steps[2].uncleaned == steps[1].uncleaned == steps[1].cleaned
    assert steps[2].cleaned != steps[1].cleaned
    door.main([str(bundle), "--text", text])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6
    assert f"| 지루하다. | {steps[2].cleaned[0]:.4f} |" in lines[4]
    assert lines[4].endswith("unknown |")
