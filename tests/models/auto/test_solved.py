"""Candidates solved in seconds: judged as they are learned, whatever the classes of a fold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import kosent
from kosent import TextClassifier
from kosent.models.auto.rows import Rows
from kosent.models.auto.solved import Last, Ngrams, Solved, balanced
from kosent.models.pretrained import packaged_path

LINEAR: dict[str, Any] = {
    "architecture": "ngrams",
    "tokenizer": "character",
    "architecture_options": {"shortest": 1, "longest": 3, "buckets": 4096},
    "seed": 0,
}
REMARK = {"rows": {"train": 60, "validation": 60}, "validation": {}, "history": []}
KINDS = ["ngrams", "last"]

three = [0] * 4 + [1] * 30 + [2] * 26


@pytest.fixture(scope="module")
def start() -> TextClassifier:
    return TextClassifier.load(packaged_path("encoder"))


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return kosent.load_corpus("sample").train.texts[:60]


def made(
    kind: str,
    start: TextClassifier,
    texts: list[str],
    numbers: list[int],
    weights: list[float] | None = None,
) -> Solved:
    counted = None if weights is None else np.array(weights, np.float32)
    labels = [f"라벨 {number}" for number in sorted(set(numbers))]
    rows = Rows(texts, np.array(numbers, np.int32), labels, counted)
    return Ngrams(LINEAR, rows) if kind == "ngrams" else Last(start, rows, 0)


def every(texts: list[str]) -> npt.NDArray[np.int64]:
    return np.arange(len(texts))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("numbers", [[0, 1] * 30, three], ids=["two", "three"])
def test_what_is_learned_answers_as_what_was_judged(
    kind: str, numbers: list[int], start: TextClassifier, texts: list[str], tmp_path: Path
) -> None:
    """The same rows, once as floats and once as a saved network in int8."""
    candidate = made(kind, start, texts, numbers)
    judged = candidate.judge(every(texts), every(texts))
    model = candidate.learn(dict(REMARK))
    assert judged.shape == (60, len(set(numbers)))
    assert model.trained_.load_weights is None
    found = model.predict_proba(texts)
    np.testing.assert_allclose(found, judged, atol=0.05)
    assert (found.argmax(axis=1) == judged.argmax(axis=1)).mean() > 0.9


@pytest.mark.parametrize("kind", KINDS)
def test_a_learned_candidate_can_be_saved(
    kind: str, start: TextClassifier, texts: list[str], tmp_path: Path
) -> None:
    scores = {"accuracy": 0.5, "macro_f1": 0.5, "rows": 60, "per_class": {}, "confusion": []}
    model = made(kind, start, texts, three).learn({**REMARK, "validation": scores})
    again = kosent.load(model.save(tmp_path / "model.kosent"))
    np.testing.assert_allclose(again.predict_proba(texts), model.predict_proba(texts), atol=1e-6)
    assert again.classes_.tolist() == ["라벨 0", "라벨 1", "라벨 2"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_text_counts_is_as_often_as_it_stands_there(
    kind: str, start: TextClassifier, texts: list[str]
) -> None:
    twice = [2.0 if row % 3 else 1.0 for row in range(60)]
    numbers = [0, 1, 1, 0, 1] * 12
    weighted = made(kind, start, texts, numbers, twice)
    plain = made(kind, start, texts, numbers)
    again = np.concatenate([every(texts), np.flatnonzero(np.array(twice) == 2)])
    if isinstance(weighted, Last) and isinstance(plain, Last):
        plain.strengths = weighted.strengths
    expected = plain.judge(again, every(texts))
    np.testing.assert_allclose(weighted.judge(every(texts), every(texts)), expected, atol=0.02)
    differ = np.abs(expected - plain.judge(every(texts), every(texts))).max()
    assert differ > 1e-4


@pytest.mark.parametrize("kind", KINDS)
def test_a_class_that_a_fold_does_not_have_is_the_least_probable(
    kind: str, start: TextClassifier, texts: list[str]
) -> None:
    candidate = made(kind, start, texts, three)
    found = candidate.judge(every(texts)[4:], every(texts))
    assert np.isfinite(found).all()
    assert (found[:, 0] < 0.2).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)


def test_known_texts_are_not_learned(start: TextClassifier, texts: list[str]) -> None:
    rows = Rows(texts, np.array([0, 1] * 30, np.int32), [0, 1])
    fresh = every(texts) >= 20
    one = Last(start, rows, 0, fresh)
    other = Last(start, rows, 0)
    other.strengths = one.strengths
    np.testing.assert_array_equal(
        one.judge(every(texts), every(texts)), other.judge(every(texts)[20:], every(texts))
    )


class TestBalanced:
    def test_both_sides_weigh_the_same(self) -> None:
        positive = np.array([[1, 0], [0, 1], [0, 0], [0, 0]], np.float32)
        weights = balanced(positive, None)
        for column in range(2):
            of = positive[:, column] > 0.5
            assert weights[of, column].sum() == pytest.approx(weights[~of, column].sum())
        assert weights.mean() == pytest.approx(1)

    def test_by_what_texts_count(self) -> None:
        positive = np.array([[1], [0], [0]], np.float32)
        weights = balanced(positive, np.array([1, 1, 3], np.float32))
        assert weights[0, 0] == pytest.approx(weights[1:, 0].sum())
        assert weights[2, 0] == pytest.approx(3 * weights[1, 0])

    def test_of_a_class_that_is_not_there(self) -> None:
        weights = balanced(np.zeros((5, 1), np.float32), None)
        assert np.isfinite(weights).all()
        assert (weights > 0).all()
