from __future__ import annotations

import numpy as np
import pytest

from kosent.inspection.suspects import FOLDS, cross_fitted, likely_wrong
from kosent.support.progress import Silent

TOPICS = {0: "영화 배우 감독", 1: "축구 선수 경기", 2: "주식 은행 금리"}


def topics(rows: int) -> tuple[list[str], np.ndarray]:
    numbers = np.arange(rows, dtype=np.int32) % 3
    return [f"{TOPICS[number]} {place}" for place, number in enumerate(numbers.tolist())], numbers


def test_several_classes_and_a_wrong_one() -> None:
    texts, numbers = topics(90)
    numbers[7] = 2
    suspects = likely_wrong(texts, numbers, 3, np.arange(90), Silent())
    assert np.flatnonzero(suspects.wrong).tolist() == [7]
    assert suspects.suggested[7] == 1
    assert suspects.probability.shape == (90,)
    assert suspects.accuracy == 89 / 90


def test_a_text_is_judged_by_a_model_that_has_not_seen_it() -> None:
    texts = [f"{place:03d}" * 5 for place in range(100)]  # nothing to learn but by heart
    numbers = np.array([0, 1] * 50, np.int32)
    part = np.arange(100) % FOLDS
    probabilities = cross_fitted(texts, numbers, 2, part, Silent())
    assert probabilities.shape == (100, 2)
    assert np.allclose(probabilities.sum(axis=1), 1)
    own = cross_fitted(texts, numbers, 2, np.zeros(100, np.int64) + 7, Silent())
    assert np.array_equal(own, np.full((100, 2), 0.5))  # of no part: nobody has judged them


def test_duplicates_are_in_one_part(monkeypatch: pytest.MonkeyPatch) -> None:
    parts: list[np.ndarray] = []

    def spy(texts: object, numbers: object, classes: int, part: np.ndarray, listener: object):
        parts.append(part)
        return np.full((len(part), classes), 1 / classes)

    monkeypatch.setattr("kosent.inspection.suspects.cross_fitted", spy)
    texts, numbers = topics(60)
    groups = np.repeat(np.arange(20), 3)
    likely_wrong(texts, numbers, 3, groups, Silent())
    (part,) = parts
    assert all(len(set(part[groups == group])) == 1 for group in range(20))
    assert [np.sum(part == fold) for fold in range(FOLDS)] == [12] * FOLDS


def test_a_class_that_only_one_part_has() -> None:
    texts, numbers = topics(60)
    numbers = np.where(np.arange(60) < 1, 3, numbers).astype(np.int32)
    suspects = likely_wrong(texts, numbers, 4, np.arange(60), Silent())
    assert suspects.suggested[0] != 3


def test_long_texts_are_cut_to_what_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kosent.inspection.suspects._MOST_CHARACTERS", 64 * 60)
    texts, numbers = topics(60)
    long = [text + " " + "가" * 100_000 for text in texts]
    cut = [text + " " + "가" * (64 - len(text) - 1) for text in texts]
    part = np.arange(60) // 3 % FOLDS
    one, other = (cross_fitted(each, numbers, 3, part, Silent()) for each in (long, cut))
    assert np.array_equal(one, other)
