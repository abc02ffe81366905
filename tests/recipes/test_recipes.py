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
from kosent.models.pretrained import packaged_path
from kosent.recipes import EnsembleRecipe, Recipe, load_recipe, read_recipe, recipe_names
from kosent.runs.config import EnsembleConfig

POSTS = (
    *("imdb-2lstm8", "imdb-cnn-bilstm", "imdb-embedding-rnn", "imdb-gru8"),
    *("imdb-hybrid-separate", "imdb-hybrid-shared", "imdb-lstm", "imdb-lstm8"),
    *("imdb-lstm8-dropout", "imdb-onehot-rnn", "imdb-simple-rnn", "imdb-stacked-rnn"),
    "nsmc-lstm",
)
NAMES = tuple(
    sorted(
        [
            *POSTS,
            "accurate",
            "best",
            "best-kiwi",
            "fast",
            "imdb-best",
            "kiwi",
            "nsmc-raw-best",
            "nsmc-raw-kiwi",
            "pretrained",
        ],
    )
)
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
@pytest.mark.parametrize("page", ["docs/ko/recipes-posts.md", "docs/en/recipes-posts.md"])
def test_every_recipe_of_a_post_has_a_line_in_the_tables(name: str, page: str) -> None:
    text = (Path(__file__).parents[2] / page).read_text("utf-8")
    (line,) = [line for line in text.split("\n") if line.startswith(f"| `{name}` |")]
    assert f"| {load_recipe(name).parameters:,} |" in line


@every_recipe
def test_every_recipe_can_be_trained(name: str) -> None:
    recipe = load_recipe(name)
    if any(each.get("tokenizer") == "kiwi" for each in recipe.classifiers):
        pytest.importorskip("kiwipiepy", reason="kiwipiepy is not installed")
    assert recipe.corpus in CORPORA
    assert " / " in recipe.title
    if isinstance(recipe, EnsembleRecipe):
        EnsembleConfig(recipe.corpus, recipe.members, order=recipe.order).check()
    for classifier in recipe.classifiers:
        TextClassifier(**classifier).check()


@every_recipe
def test_every_recipe_has_its_parameters(name: str) -> None:
    recipe = load_recipe(name)
    counts = []
    for given in recipe.classifiers:
        if "start" in given:  # the weights are those of the model that it begins with
            start = TextClassifier.load(packaged_path(given["start"]))
            given = start.info_["parameters"] | {"vocabulary_size": len(start.encoder_.vocabulary)}
        shapes = architectures.weight_shapes(
            given["architecture"], given["vocabulary_size"], 2, **given["architecture_options"]
        )
        counts.append(sum(map(math.prod, shapes.values())))
    assert sum(counts) == recipe.parameters
    assert recipe.parameters == COUNTS.get(name, recipe.parameters)


SMALL: dict[str, Any] = {"units": 2, "embedding_size": 3, "filters": 2, "buckets": 64}
SMALL |= {"dense_units": 2}


@every_recipe
@pytest.mark.usefixtures("without_tracing")
def test_every_recipe_trains_a_step(
    name: str, reviews: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    """At small sizes: what counts is that every option of the recipe is walked through."""
    for number, classifier in enumerate(load_recipe(name).classifiers):
        if classifier.get("tokenizer") == "kiwi":
            pytest.importorskip("kiwipiepy", reason="kiwipiepy is not installed")
        given: dict[str, Any] = {"epochs": 1}
        if "start" not in classifier:
            there = classifier["architecture_options"]
            small = {option: size for option, size in SMALL.items() if option in there}
            small |= {"length": 9} if "length" in there else {}
            given |= {"architecture_options": {**there, **small}, "max_length": 9}
        model = TextClassifier(**{**classifier, **given}).fit(*reviews)
        texts = ["정말 재밌다", "", "처음 보는 낱말 " * 20]
        again = TextClassifier.load(model.save(tmp_path / f"model-{number}"))
        np.testing.assert_array_equal(again.predict_proba(texts), model.predict_proba(texts))
        assert math.isfinite(model.history_[-1]["loss"])


def test_words_of_imdb_are_those_of_keras() -> None:
    recipe = load_recipe("imdb-lstm").changed({"max_length": 4})
    encoder = TextClassifier(**recipe.classifier).checked()
    encoder.fit(["A film.<br />I didn't like", "a film"])
    assert encoder.vocabulary.entries[2:] == (
        *(" start of text ", "a", "film"),
        *("br", "didn't", "i", "like"),
    )
    assert encoder.tokens("A FILM") == [" start of text ", "a", "film"]
    assert encoder.tokens("A film.<br />I didn't like") == ["br", "i", "didn't", "like"]


def test_words_of_nsmc_are_those_of_the_post() -> None:
    recipe = load_recipe("nsmc-lstm")
    encoder = TextClassifier(**recipe.classifier).checked().fit(["재미있을줄 알았는데 완전"])
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
    valid = read_recipe("mine", VALID)
    assert isinstance(valid, Recipe)
    assert valid.classifier == {"epochs": 3}
    with pytest.raises(DataError, match=said) as caught:
        read_recipe("mine", text)
    assert "'mine'" in caught.value.korean


SEVERAL = """
title = "여럿 / several"
corpus = "nsmc"
parameters = 4194364
seed = 3
validation_fraction = 0.2

[[members]]
architecture = "lstm"
tokenizer = "whitespace"

[[members]]
recipe = "fast"
minutes = 2.5
[members.architecture_options]
l2 = 0.25

[[members]]
recipe = "nsmc-lstm"
architecture = "gru"
minutes = 7
"""


def test_a_recipe_of_several() -> None:
    recipe = read_recipe("mine", SEVERAL)
    assert isinstance(recipe, EnsembleRecipe)
    assert recipe.order == [2, 1, 0]
    shared = {"seed": 3, "validation_fraction": 0.2, "validation": "random"}
    fast, lstm = load_recipe("fast"), load_recipe("nsmc-lstm")
    assert isinstance(fast, Recipe)
    assert isinstance(lstm, Recipe)
    options = fast.classifier["architecture_options"] | {"l2": 0.25}
    other = {k: v for k, v in lstm.classifier.items() if k != "architecture_options"}
    assert (
        recipe.members
        == recipe.classifiers
        == [
            {"architecture": "lstm", "tokenizer": "whitespace"} | shared,
            fast.classifier | {"architecture_options": options} | shared,
            other | {"architecture": "gru"} | shared,
        ]
    )
    EnsembleConfig(recipe.corpus, recipe.members, order=recipe.order).check()


def test_what_can_be_changed_of_several() -> None:
    recipe = read_recipe("mine", SEVERAL)
    changed = recipe.changed({"seed": 9})
    assert [member["seed"] for member in changed.classifiers] == [9, 9, 9]
    assert recipe == read_recipe("mine", SEVERAL)
    with pytest.raises(UsageError, match=r"only seed, validation_fraction, validation.*epochs"):
        recipe.changed({"seed": 9, "epochs": 1})


def test_what_is_not_given_to_several_is_as_always() -> None:
    text = SEVERAL.replace("seed = 3\n", "").replace("validation_fraction = 0.2", "")
    shared = {"seed": 0, "validation_fraction": 0.1, "validation": "random"}
    for member in read_recipe("mine", text).classifiers:
        assert shared.items() <= member.items()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("seed = 3", "seed = 3.5", "invalid value of seed"),
        ("seed = 3", "speed = 3", "missing or unknown: speed"),
        ('corpus = "nsmc"', "", "missing or unknown: corpus"),
        ("minutes = 7", "seed = 7", "the same for all: seed"),
        ("minutes = 7", 'minutes = "7"', "invalid value of minutes"),
        ("minutes = 7", "units = 7", "no parameter 'units'"),
        ("seed = 3", "seed = 3\n[classifier]", "missing or unknown: classifier"),
    ],
)
def test_wrong_recipes_of_several_are_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_recipe("mine", SEVERAL.replace(old, new))


def test_a_member_that_is_no_table_or_names_no_recipe() -> None:
    head = SEVERAL.partition("[[")[0]
    with pytest.raises(DataError, match="invalid value of members"):
        read_recipe("mine", head + "members = [1, 2]")
    with pytest.raises(UsageError, match="Did you mean 'fast'"):
        read_recipe("mine", head + '[[members]]\nrecipe = "fsat"')


def test_a_recipe_of_your_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(SEVERAL.replace("parameters = 4194364\n", ""), "utf-8")
    recipe = load_recipe(str(path))
    assert (recipe.name, recipe.parameters, len(recipe.classifiers)) == ("mine", None, 3)
    with pytest.raises(DataError, match=r"cannot read the recipe '.*absent\.toml'"):
        load_recipe(str(tmp_path / "absent.toml"))
    path.write_bytes(b"\xff")
    with pytest.raises(DataError, match="cannot read the recipe"):
        load_recipe(str(path))
