"""Texts with and without labels: nothing that decides on a network is learned by it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kosent import TextClassifier
from kosent.errors import DataError
from kosent.training.splits import Part, split, unlabelled

SPLIT = {"validation_fraction": 0.2, "seed": 3, "validation": "random"}
LINEAR: dict[str, Any] = {
    "architecture": "ngrams",
    "tokenizer": "whitespace",
    "architecture_options": {"buckets": 512, "longest": 1, "weighting": "idf", "l2": 0.3},
    "validation_fraction": 0.2,
}
Reviews = tuple[list[str], list[str]]


@pytest.fixture
def labelled() -> Part:
    numbers = np.arange(20, dtype=np.int32) % 2
    targets = np.stack([1 - np.arange(20) / 20, np.arange(20) / 20], axis=1)
    return Part([str(row) for row in range(20)], numbers, targets.astype(np.float32))


def test_the_split_is_the_same_with_targets_and_the_held_out_part_has_none(labelled: Part) -> None:
    train, held = split(SPLIT, labelled)
    plain, same = split(SPLIT, labelled._replace(targets=None))
    assert (train.texts, held.texts) == (plain.texts, same.texts)
    assert (held.targets, plain.targets) == (None, None)
    assert train.targets is not None
    assert train.targets[:, 1].tolist() == [np.float32(int(text) / 20) for text in train.texts]
    assert train.numbers.tolist() == [int(text) % 2 for text in train.texts]


def test_texts_without_a_label_stand_after_the_others(labelled: Part) -> None:
    extra = unlabelled((["가", "나"], [[0.25, 0.75], [0.5, 0.5]]), 2)
    assert extra.numbers.tolist() == [1, 0]
    both = labelled.followed_by(extra, 2)
    assert both.texts[20:] == ["가", "나"]
    assert both.targets is not None
    np.testing.assert_array_equal(both.targets[:20], labelled.targets)
    assert both.targets[20:].tolist() == [[0.25, 0.75], [0.5, 0.5]]
    sure = labelled._replace(targets=None).followed_by(extra, 2).targets
    assert sure is not None
    assert sure[:20].tolist() == [[1.0, 0.0], [0.0, 1.0]] * 10
    assert unlabelled(([], np.empty((0, 2))), 2).texts == []


def test_a_classifier_learns_targets_and_is_judged_by_labels(reviews: Reviews) -> None:
    texts, labels = reviews
    plain = TextClassifier(**LINEAR).fit(texts, labels)
    turned = [[label == "positive", label != "positive"] for label in labels]
    taught = TextClassifier(**LINEAR).fit(texts, labels, targets=turned)
    assert plain.validation_.accuracy > 0.9
    assert taught.validation_.accuracy < 0.1
    assert taught.info_["rows"] == plain.info_["rows"] == {"train": 64, "validation": 16}


def test_a_classifier_learns_texts_without_labels(reviews: Reviews) -> None:
    texts, labels = reviews
    extra = ["싱겁다"] * 30 + ["짭짤하다"] * 30
    said = [[0.8, 0.2]] * 30 + [[0.2, 0.8]] * 30
    taught = TextClassifier(**LINEAR).fit(texts, labels, extra=(extra, said))
    found = taught.predict_proba(["싱겁다", "짭짤하다", "처음 듣는 말"])[:, 1]
    assert found[0] < 0.35 < found[2] < 0.65 < found[1]
    assert 0.05 < found[0] < found[1] < 0.95  # what was said, not what is most probable
    assert taught.info_["rows"] == {"train": 64, "validation": 16, "unlabelled": 60}
    assert taught.validation_.rows == 16
    assert taught.validation_.accuracy > 0.9


@pytest.mark.parametrize(
    "wrong",
    [
        {"targets": [[0.5, 0.5]]},
        {"extra": (["가"], [[0.5, 0.4]])},
        {"extra": (["가"], [[0.2, 0.3, 0.5]])},
        {"extra": (["가", 3], [[0.5, 0.5]] * 2)},
    ],
    ids=["rows", "sum", "classes", "text"],
)
def test_what_cannot_be_learned_is_refused(reviews: Reviews, wrong: dict[str, Any]) -> None:
    with pytest.raises(DataError, match=r"targets|not a string"):
        TextClassifier(**LINEAR).fit(*reviews, **wrong)
