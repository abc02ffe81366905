"""Scores of n-grams for the network that reads them: no text is scored by what has seen it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent import TextClassifier, architectures
from kosent.architectures.networks.ngram_gru import SCORES
from kosent.errors import UsageError
from kosent.support.progress import Silent
from kosent.text.encoding.encoded import EncodedTexts
from kosent.training.cross_fitting import cross_fit, forget_cross_fitted, learn_ngram_scores, parts
from kosent.training.examples import Examples
from kosent.training.linear import count_ngrams, learn_scores, one_vs_rest

VOCABULARY, FOLDS = 12, 3


@pytest.fixture
def options(tiny_networks: dict[str, dict[str, Any]]) -> dict[str, Any]:
    tiny = tiny_networks["ngram_gru"]
    return architectures.options("ngram_gru") | tiny | {"buckets": 64, "folds": FOLDS}


@pytest.fixture
def train() -> Examples:
    rng = np.random.default_rng(2)
    rows = [rng.integers(1, VOCABULARY, rng.integers(0, 9)).tolist() for _ in range(120)]
    return Examples(EncodedTexts.from_rows(rows), rng.integers(0, 2, 120).astype(np.int32))


def fitted(options: dict[str, Any], train: Examples, classes: int = 2) -> Any:
    return cross_fit(options, classes, train, None, Silent())


@given(st.lists(st.lists(st.integers(1, 2**31 - 1), max_size=5)), st.integers(2, 7))
def test_a_part_is_the_sum_of_the_ids(rows: list[list[int]], folds: int) -> None:
    found = parts(EncodedTexts.from_rows(rows), folds)
    assert found.tolist() == [sum(row) % folds for row in rows]


def test_the_scores_of_a_part_know_nothing_of_its_labels(
    options: dict[str, Any], train: Examples
) -> None:
    part = parts(train.texts, FOLDS)
    whole, tables = fitted(options, train)
    for fold in range(FOLDS):
        turned = np.where(part == fold, 1 - train.labels, train.labels)
        other_whole, others = fitted(options, Examples(train.texts, turned))
        same = [np.array_equal(*pair) for pair in zip(tables, others, strict=True)]
        assert same == [each == fold for each in range(FOLDS)]
        assert not np.array_equal(whole, other_whole)


@pytest.mark.parametrize("classes", [2, 3])
def test_the_scores_for_new_texts_are_those_of_the_linear_network(
    options: dict[str, Any], train: Examples, classes: int
) -> None:
    labels = np.arange(120, dtype=np.int32) % classes
    train = Examples(train.texts, labels)
    whole, tables = fitted(options, train, classes)
    size = 1 if classes == 2 else 3
    counts = count_ngrams(train.texts, options)
    expected, _ = learn_scores(counts, one_vs_rest(train, size), options, None, Silent())
    np.testing.assert_array_equal(whole, expected)
    assert tables.shape == (FOLDS, 64, size)
    assert np.ptp(whole) > 0.1


def test_in_training_a_text_is_scored_by_the_others(
    options: dict[str, Any], train: Examples
) -> None:
    model = architectures.build("ngram_gru", VOCABULARY, 2, **options)
    learn_ngram_scores(model, options, 2, train, None, Silent())
    whole, tables = fitted(options, train)
    layer = model.get_layer(SCORES)
    ids = train.texts.pad(np.arange(len(train.texts)))
    places = np.random.default_rng(1).integers(0, 64, (*ids.shape, 3))
    part = parts(train.texts, FOLDS)
    seen = np.asarray(layer(places, ids, training=True))
    np.testing.assert_array_equal(seen, tables[part[:, None, None], places])
    np.testing.assert_array_equal(np.asarray(layer(places, ids)), whole[places])
    forget_cross_fitted(model)
    np.testing.assert_array_equal(np.asarray(layer(places, ids, training=True)), whole[places])


@pytest.mark.usefixtures("without_tracing")
def test_a_classifier_learns_saves_and_loads(
    tiny: dict[str, Any],
    tiny_networks: dict[str, dict[str, Any]],
    reviews: tuple[list[str], list[str]],
    tmp_path: Any,
) -> None:
    tiny = tiny | {"architecture": "ngram_gru", "tokenizer": "character"}
    tiny["architecture_options"] = tiny_networks["ngram_gru"] | {"buckets": 512}
    texts, labels = reviews
    first, second = (TextClassifier(**tiny).fit(texts, labels) for _ in range(2))
    probabilities = first.predict_proba(texts)
    np.testing.assert_array_equal(second.predict_proba(texts), probabilities)
    loaded = TextClassifier.load(first.save(tmp_path / "it"))
    np.testing.assert_array_equal(loaded.predict_proba(texts), probabilities)
    assert first.score(texts, labels) > 0.8


@pytest.mark.parametrize(
    "changed",
    [{"augment": "noise"}, {"tokenizer": "sentencepiece", "tokenizer_options": {"alpha": 0.2}}],
)
def test_texts_that_are_drawn_anew_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="neither with augment nor with a tokenizer's alpha"):
        TextClassifier("ngram_gru", **{"tokenizer": "character"} | changed).check()


def test_texts_that_count_nothing_are_not_there(options: dict[str, Any], train: Examples) -> None:
    """Neither in the scores of all nor in those of the parts, with and without class weights."""
    part = parts(train.texts, FOLDS)
    kept = np.flatnonzero(np.arange(120) % 4 > 0)
    weights = (np.arange(120) % 4 > 0).astype(np.float32)
    fewer = Examples(train.texts.take(kept), train.labels[kept])
    assert parts(fewer.texts, FOLDS).tolist() == part[kept].tolist()
    weighted = Examples(train.texts, train.labels, weights=weights)
    for class_weight in (None, {0: 1.0, 1: 3.0}):
        for one, other in zip(
            cross_fit(options, 2, weighted, class_weight, Silent()),
            cross_fit(options, 2, fewer, class_weight, Silent()),
            strict=True,
        ):
            np.testing.assert_allclose(one, other, atol=1e-4)
