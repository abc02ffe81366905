"""The recipes: each loads, is what its post says, and trains."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kosent import TextClassifier, architectures
from kosent.corpora import CORPORA
from kosent.errors import DataError, UsageError
from kosent.fitting import new_encoder
from kosent.recipes import load_recipe, read_recipe, recipe_names

POSTS = (
    *("imdb-2lstm8", "imdb-cnn-bilstm", "imdb-embedding-rnn", "imdb-gru8"),
    *("imdb-hybrid-separate", "imdb-hybrid-shared", "imdb-lstm", "imdb-lstm8"),
    *("imdb-lstm8-dropout", "imdb-onehot-rnn", "imdb-simple-rnn", "imdb-stacked-rnn"),
    "nsmc-lstm",
)
NAMES = tuple(sorted([*POSTS, "fast", "imdb-best", "pretrained"]))
# Printed by the posts; of the stacked network without its output layer of 33.
COUNTS = {
    "imdb-stacked-rnn": 328_320 + 33,
    "imdb-onehot-rnn": 4_081,
    "imdb-embedding-rnn": 8_209,
    "imdb-hybrid-separate": 2_092_201,
    "imdb-hybrid-shared": 1_798_501,
    "nsmc-lstm": 6_070_302,
}
VALID = """
title = "x"
corpus = "nsmc"
parameters = 1
[classifier]
epochs = 3
"""

every_recipe = pytest.mark.parametrize("name", NAMES)


def test_the_names() -> None:
    assert recipe_names() == list(NAMES)
    with pytest.raises(UsageError, match="Did you mean 'imdb-lstm'"):
        load_recipe("imdb-lstn")


@pytest.mark.parametrize("name", POSTS)
@pytest.mark.parametrize("page", ["README.md", "docs/recipes.md"])
def test_every_recipe_of_a_post_has_a_line_in_the_tables(name: str, page: str) -> None:
    text = (Path(__file__).parents[1] / page).read_text("utf-8")
    (line,) = [line for line in text.split("\n") if line.startswith(f"| `{name}` |")]
    assert f"| {load_recipe(name).parameters:,} |" in line


@every_recipe
def test_every_recipe_can_be_trained(name: str) -> None:
    recipe = load_recipe(name)
    assert recipe.corpus in CORPORA
    assert " / " in recipe.title
    TextClassifier(**recipe.classifier).check()


@every_recipe
def test_every_recipe_has_its_parameters(name: str) -> None:
    recipe = load_recipe(name)
    given = recipe.classifier
    shapes = architectures.weight_shapes(
        given["architecture"], given["vocabulary_size"], 2, **given["architecture_options"]
    )
    assert sum(map(math.prod, shapes.values())) == recipe.parameters
    assert recipe.parameters == COUNTS.get(name, recipe.parameters)


SMALL: dict[str, Any] = {"units": 2, "embedding_size": 3, "filters": 2, "buckets": 64}
SMALL |= {"dense_units": 2}


@every_recipe
@pytest.mark.usefixtures("without_tracing")
def test_every_recipe_trains_a_step(
    name: str, reviews: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    """At small sizes: what counts is that every option of the recipe is walked through."""
    recipe = load_recipe(name)
    there = recipe.classifier["architecture_options"]
    small = {option: size for option, size in SMALL.items() if option in there}
    small |= {"length": 9} if "length" in there else {}
    given = {"architecture_options": small, "epochs": 1, "max_length": 9}
    model = TextClassifier(**recipe.changed(given).classifier).fit(*reviews)
    texts = ["정말 재밌다", "", "처음 보는 낱말 " * 20]
    again = TextClassifier.load(model.save(tmp_path / "model"))
    np.testing.assert_array_equal(again.predict_proba(texts), model.predict_proba(texts))
    assert math.isfinite(model.history_[-1]["loss"])


def test_words_of_imdb_are_those_of_keras() -> None:
    recipe = load_recipe("imdb-lstm").changed({"max_length": 4})
    encoder = new_encoder(TextClassifier(**recipe.classifier).get_params())
    encoder.fit(["A film.<br />I didn't like", "a film"])
    assert encoder.vocabulary.entries[2:] == (
        *(" start of text ", "a", "film"),
        *("br", "didn't", "i", "like"),
    )
    assert encoder.tokens("A FILM") == [" start of text ", "a", "film"]
    assert encoder.tokens("A film.<br />I didn't like") == ["br", "i", "didn't", "like"]


def test_words_of_nsmc_are_those_of_the_post() -> None:
    recipe = load_recipe("nsmc-lstm")
    encoder = new_encoder(TextClassifier(**recipe.classifier).get_params()).fit(
        ["재미있을줄 알았는데 완전"]
    )
    assert encoder.tokens("재미있을줄은 알았는데, 처음 완전!") == ["재미있을줄", "알았는데", "완전"]


def test_arguments_go_before_the_recipe() -> None:
    recipe = load_recipe("nsmc-lstm")
    changed = recipe.changed({"epochs": 1, "architecture_options": {"units": 7}}).classifier
    assert changed["epochs"] == 1
    expected = recipe.classifier["architecture_options"] | {"units": 7}
    assert changed["architecture_options"] == expected
    other = recipe.changed({"architecture": "gru", "tokenizer": "character"}).classifier
    assert "architecture_options" not in other
    assert "tokenizer_options" not in other
    same = recipe.changed({"architecture": "lstm"}).classifier
    assert same == recipe.classifier
    assert load_recipe("nsmc-lstm") == recipe  # nothing was changed in place


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (VALID + "x = [", "no TOML"),
        ("learning = 1\n" + VALID, "missing or unknown: learning"),
        (VALID.replace('corpus = "nsmc"', ""), "missing or unknown: corpus"),
        (VALID.replace("parameters = 1", "parameters = true"), "invalid value of parameters"),
        ("int8 = 1\n" + VALID, "invalid value of int8"),
        (VALID + "unit = 3", "no parameter 'unit'"),
    ],
)
def test_wrong_recipes_are_refused(text: str, said: str) -> None:
    assert read_recipe("mine", VALID).classifier == {"epochs": 3}
    with pytest.raises(DataError, match=said) as caught:
        read_recipe("mine", text)
    assert "'mine'" in caught.value.korean
