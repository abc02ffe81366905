"""Linear networks: the optimum of a logistic regression, in the weights of the network."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kosent import architectures
from kosent.prediction.network import Network
from kosent.support.progress import Silent
from kosent.text.encoding.encoded import EncodedTexts
from kosent.training.examples import Examples
from kosent.training.linear import _log_count_ratio, _whole, solve, with_drawn

VOCABULARY = 12
TILTED = np.arange(1, 11) / 55
OPTIONS = architectures.options("ngrams") | {"longest": 3, "buckets": 64}


def texts(classes: int, rows: int = 300) -> Examples:
    """Return rows of random ids in which a pair of ids tells the class."""
    rng = np.random.default_rng(3)
    labels = rng.integers(0, classes, rows).astype(np.int32)
    drawn = [rng.integers(2, 8, rng.integers(2, 9)).tolist() for _ in range(rows)]
    marked = [[*row, 8 + label, 8] for row, label in zip(drawn, labels.tolist(), strict=True)]
    return Examples(EncodedTexts.from_rows(marked), labels)


def solved(train: Examples, classes: int, **changed: Any) -> tuple[Network, dict[str, float]]:
    options = OPTIONS | changed
    weight = changed.pop("class_weight", None)
    options.pop("class_weight", None)
    weights, (record,) = solve(options, classes, train, train, weight, Silent())
    onnx = architectures.to_onnx("ngrams", VOCABULARY, classes, weights, **options)
    return Network(onnx, classes), record


@pytest.mark.parametrize("classes", [2, 4])
def test_the_network_is_what_was_solved(classes: int) -> None:
    train = texts(classes)
    network, record = solved(train, classes)
    found = network.predict(train.texts)
    assert record["val_accuracy"] == (found.argmax(axis=1) == train.labels).mean() > 0.9
    right = found[np.arange(len(train.labels)), train.labels]
    assert record["val_loss"] == pytest.approx(-np.log(right).mean(), rel=1e-4)
    assert record["loss"] == pytest.approx(record["val_loss"], rel=1e-5)  # the same texts
    assert record["accuracy"] == record["val_accuracy"]


@pytest.mark.parametrize("weighting", ["idf", "nb"])
def test_it_is_the_optimum_of_the_regression(weighting: str) -> None:
    """scikit-learn's own features and another solver give the same probabilities."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    train = texts(2)
    rows = np.split(train.texts.ids, train.texts.offsets[1:-1])
    written = [" ".join(f"w{number}" for number in row) for row in rows]
    counts = CountVectorizer(ngram_range=(1, 3)).fit_transform(written)
    documents = np.bincount(counts.indices, minlength=counts.shape[1])
    importance = (np.log((1 + len(rows)) / (1 + documents)) + 1) / 7
    if weighting == "nb":
        there = counts > 0
        ones, zeros = (1 + np.ravel(there[train.labels == label].sum(axis=0)) for label in (1, 0))
        rest = 2**22 - counts.shape[1]  # rows of the table that no n-gram has count 1 each
        importance = np.log(ones / (ones.sum() + rest)) - np.log(zeros / (zeros.sum() + rest))
    number = np.asarray(counts.sum(axis=1))
    features = counts.multiply(importance).multiply(1 / np.sqrt(number)).tocsr()
    expected = LogisticRegression(C=8, tol=1e-8, max_iter=1000).fit(features, train.labels)
    network, _ = solved(
        train, 2, buckets=2**22, weighting=weighting
    )  # so many that no n-grams meet
    # liblinear's bias is penalised too, and it stops earlier.
    difference = network.predict(train.texts) - expected.predict_proba(features)
    assert np.abs(difference).max() < 0.05


def test_log_count_ratios_are_above_0_where_positive_texts_have_it() -> None:
    """The optimum is the same with all of them inverted, and what is solved on top of it is not."""
    from scipy.sparse import csr_matrix

    counts = csr_matrix(np.array([[2, 0, 1], [1, 0, 1], [0, 1, 1], [0, 3, 1]], np.float32))
    positive = np.array([True, True, False, False])
    ratio = _log_count_ratio(counts, positive, 8, None)
    # Texts that have it and one more, by their sum over eight n-grams.
    assert ratio == pytest.approx([np.log(3 / 1), -np.log(3 / 1), 0.0], abs=1e-6)
    weights = np.array([3, 1, 1, 1], np.float32)
    weighed = _log_count_ratio(counts, positive, 8, weights)
    expected = np.log([5 / 16 / (1 / 12), 1 / 16 / (3 / 12), 5 / 16 / (3 / 12)])
    assert weighed == pytest.approx(expected, abs=1e-6)


def test_more_regularisation_makes_it_less_sure() -> None:
    train = texts(2)
    sure, unsure = (
        solved(train, 2, l2=l2, weighting="idf")[0].predict(train.texts).max() for l2 in (0.01, 0.9)
    )
    assert sure > unsure + 0.1


def test_class_weights_move_the_border() -> None:
    train = texts(2)
    plain, moved = (
        solved(train, 2, l2=0.9, class_weight=weight)[0].predict(train.texts)[:, 1].mean()
        for weight in (None, {0: 1.0, 1: 20.0})
    )
    assert moved > plain + 0.05


def test_class_weights_move_nothing_but_the_border() -> None:
    train = texts(2)
    plain, weighted = (
        solve(OPTIONS, 2, train, train, weight, Silent())[0] for weight in (None, {0: 1.0, 1: 20.0})
    )
    different = [name for name in plain if not np.array_equal(plain[name], weighted[name])]
    assert different == ["probabilities/bias"]


def test_a_rare_class_is_found_in_new_texts() -> None:
    """Learned by heart, a rare class is told from too little; the border makes up for it."""
    rng = np.random.default_rng(4)
    labels = (rng.random(600) < 0.9).astype(np.int32)
    rows = [
        rng.choice(10, 6, p=TILTED if label else TILTED[::-1]).tolist() for label in labels.tolist()
    ]
    encoded = EncodedTexts.from_rows([[2 + number for number in row] for row in rows])
    train, held = (
        Examples(encoded.take(part), labels[part]) for part in np.split(np.arange(600), 2)
    )
    weights, _ = solve(OPTIONS, 2, train, held, "balanced", Silent())
    network = Network(architectures.to_onnx("ngrams", VOCABULARY, 2, weights, **OPTIONS), 2)
    found = network.predict(held.texts).argmax(axis=1)
    recall = [(found[held.labels == label] == label).mean() for label in (0, 1)]
    assert abs(recall[0] - recall[1]) < 0.1
    assert min(recall) > 0.6


def test_drawn_texts_are_learned_beside_the_others() -> None:
    """The draw swaps the pair that tells the class; both orders are known afterwards."""
    train = texts(2)
    swapped = train.texts.ids.copy()
    ends = train.texts.offsets[1:]
    swapped[ends - 2], swapped[ends - 1] = swapped[ends - 1], swapped[ends - 2].copy()
    other = EncodedTexts(swapped, train.texts.offsets)
    drawing = Examples(train.texts, train.labels, lambda _: other)
    network, record = solved(drawing, 2)
    sure = replace(drawing, targets=one_hot(train.labels, 2))
    np.testing.assert_array_equal(solved(sure, 2)[0].predict(other), network.predict(other))
    assert (network.predict(other).argmax(axis=1) == train.labels).mean() > 0.95
    assert record["val_accuracy"] > 0.95
    plain, _ = solved(train, 2)
    assert np.abs(plain.predict(other) - network.predict(other)).max() > 0.05


def test_the_same_every_time() -> None:
    train = texts(3)
    first, second = (solve(OPTIONS, 3, train, train, None, Silent())[0] for _ in range(2))
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_texts_too_short_for_any_window() -> None:
    train = texts(2)
    network, _ = solved(train, 2, shortest=3)
    found = network.predict(EncodedTexts.from_rows([[2], [3, 4], []]))
    assert np.ptp(found, axis=0).max() == 0
    assert np.isfinite(found).all()


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    return np.eye(classes, dtype=np.float32)[labels]


@pytest.mark.parametrize("classes", [2, 3])
def test_sure_targets_are_labels(classes: int) -> None:
    train = texts(classes)
    sure = replace(train, targets=one_hot(train.labels, classes))
    first, second = (
        solve(OPTIONS, classes, each, train, None, Silent())[0] for each in (train, sure)
    )
    assert all(np.array_equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("classes", [2, 3])
def test_targets_are_learned_in_the_place_of_labels(classes: int) -> None:
    """The pair of ids that tells the class now tells its probability; labels say nothing."""
    train = texts(classes)
    targets = 0.6 / classes + 0.4 * one_hot(train.labels, classes)
    taught = replace(train, labels=np.roll(train.labels, 1), targets=targets.astype(np.float32))
    found, sure = (solved(each, classes)[0].predict(train.texts) for each in (taught, train))
    assert np.abs(found - targets).mean() < 0.1
    assert np.abs(sure - targets).mean() > 0.2


@pytest.mark.parametrize("weights", [None, np.array([0.5, 1.0, 2.0], np.float32)])
def test_a_text_between_two_classes_is_both_with_parts_of_its_weight(
    weights: np.ndarray | None,
) -> None:
    from scipy.sparse import csr_matrix

    counts = csr_matrix(np.eye(3, dtype=np.float32))
    share = np.array([0.25, 1.0, 0.005], np.float32)  # the last is as good as none
    features, positive, found = _whole(counts, share, weights)
    assert features.toarray().argmax(axis=1).tolist() == [0, 1, 0, 2]
    assert positive.tolist() == [True, True, False, False]
    own = np.ones(3) if weights is None else weights
    expected = [0.25 * own[0], own[1], 0.75 * own[0], 0.995 * own[2]]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_class_that_no_target_names_is_never_found() -> None:
    train = texts(3)
    targets = one_hot(np.minimum(train.labels, 1), 3)
    network, _ = solved(replace(train, targets=targets), 3)
    assert network.predict(train.texts)[:, 2].max() < 0.01


REPEATED = np.array([0, 1, 2, 3] * 75, np.float32)


def learned_alike(one: Examples, other: Examples, **options: Any) -> None:
    """Hold that two sets of texts teach the same, as near as liblinear comes to the optimum."""
    check = texts(2)
    first, second = (solved(each, 2, **options)[0].predict(check.texts) for each in (one, other))
    assert np.abs(first - second).max() < 0.02
    unweighted = solved(replace(one, weights=None), 2, **options)[0].predict(check.texts)
    assert np.abs(first - unweighted).max() > 0.05


@pytest.mark.parametrize("weighting", ["idf", "nb"])
@pytest.mark.parametrize("soft", [False, True])
def test_a_text_that_counts_twice_is_a_text_that_stands_there_twice(
    weighting: str, soft: bool
) -> None:
    train = replace(texts(2), weights=REPEATED)
    if soft:
        share = np.where(train.labels == 1, 0.75, 0.25).astype(np.float32)
        train = replace(train, targets=np.stack([1 - share, share], axis=1))
    rows = np.repeat(np.arange(300), REPEATED.astype(int))
    targets = None if train.targets is None else train.targets[rows]
    repeated = Examples(train.texts.take(rows), train.labels[rows], targets=targets)
    learned_alike(train, repeated, weighting=weighting)


def test_weights_of_one_change_nothing() -> None:
    train = texts(3)
    plain = solve(OPTIONS, 3, train, train, None, Silent())[0]
    ones = replace(train, weights=np.ones(300, np.float32))
    weighted = solve(OPTIONS, 3, ones, ones, None, Silent())[0]
    assert all(np.array_equal(plain[name], weighted[name]) for name in plain)


def test_a_class_whose_texts_count_nothing_is_never_taken() -> None:
    train = texts(3)
    weights = (train.labels != 1).astype(np.float32)
    network, _ = solved(replace(train, weights=weights), 3)
    assert (network.predict(train.texts).argmax(axis=1) != 1).all()


def test_weights_of_what_is_drawn_are_those_of_its_texts() -> None:
    train = replace(texts(2), weights=REPEATED)
    both = with_drawn(replace(train, draw=lambda _: train.texts))
    assert both.weights is not None
    assert both.weights.tolist() == [*REPEATED, *REPEATED]
