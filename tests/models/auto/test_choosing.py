"""Which candidates stay: those that help, within size and time, and judged by others' texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosent.models.auto import choosing, judging
from kosent.models.auto.choosing import Bounds, Judged, choose
from kosent.models.auto.judging import OneLabel, lifted, rarity
from kosent.models.ensemble_weights import Weighting, fit_weighting
from kosent.prediction.pool import combine

ROWS = 120
NUMBERS = np.array([0, 1, 2] * (ROWS // 3), np.int32)
HELD = OneLabel(NUMBERS, [0, 1, 2])
ANY = 1e12  # bytes or microseconds that nothing exceeds


def probabilities(right: float, seed: int, rows: int = ROWS) -> npt.NDArray[np.float32]:
    """Return answers of which a share is sure and right, and the rest drawn."""
    random = np.random.default_rng(seed)
    found = random.dirichlet([1.0, 1.0, 1.0], rows)
    sure = random.random(rows) < right
    found[sure] = 0.02
    found[sure, NUMBERS[:rows][sure]] = 0.96
    return found.astype(np.float32)


def judged(right: float, seed: int, size: int = 1000, microseconds: float = 10.0) -> Judged:
    return Judged(f"{right}-{seed}", probabilities(right, seed), size, microseconds)


def test_a_perfect_candidate_is_kept_alone() -> None:
    perfect = judged(1.0, 2)
    wrong = Judged("wrong", np.roll(perfect.probabilities, 1, axis=1), 1, 1.0)
    choice = choose([wrong, perfect, wrong], HELD, Bounds(ANY, ANY))
    assert choice.members == [1]
    assert (choice.probabilities.argmax(axis=1) == NUMBERS).all()


def test_equals_that_err_on_different_texts_share() -> None:
    candidates = [judged(0.6, seed) for seed in (1, 2, 3)]
    choice = choose(candidates, HELD, Bounds(ANY, ANY))
    assert sorted(choice.members) == [0, 1, 2]
    assert max(choice.weighting.weights) < 3 * min(choice.weighting.weights)
    together = HELD.loss(choice.probabilities)
    assert together < min(HELD.loss(each.probabilities) for each in candidates)


def test_the_first_member_weighs_most() -> None:
    choice = choose([judged(0.3, 1), judged(0.7, 2), judged(0.5, 3)], HELD, Bounds(ANY, ANY))
    weights = list(choice.weighting.weights)
    assert weights == sorted(weights, reverse=True)
    assert choice.members[0] == 1


@pytest.mark.parametrize("limit", ["size", "microseconds"])
def test_limits_drop_what_is_missed_least(limit: str) -> None:
    costs = {limit: 40}
    candidates = [judged(0.7, 1, **costs), judged(0.6, 2, **costs), judged(0.3, 3, **costs)]
    most = {"size": ANY, "microseconds": ANY} | {limit: 100.0}
    choice = choose(candidates, HELD, Bounds(**most))
    assert sorted(choice.members) == [0, 1]
    assert sum(getattr(candidates[each], limit) for each in choice.members) <= 100


def test_one_candidate_stays_however_large_and_slow() -> None:
    choice = choose([judged(0.1, 1), judged(0.5, 2)], HELD, Bounds(1.0, 0.001))
    assert choice.members == [1]
    alone = choose([judged(0.0, 1)], HELD, Bounds(1.0, 0.001))
    assert (alone.members, len(alone.weighting.bias)) == ([0], 3)


def test_what_texts_count_decides() -> None:
    """Two candidates, each right on half of the texts: the half that counts is followed."""
    first, second = (np.full((ROWS, 3), 1 / 3, np.float32) for _ in range(2))
    half = np.arange(ROWS) < ROWS // 2
    sure = np.full((3, 3), 0.02, np.float32) + 0.94 * np.eye(3, dtype=np.float32)
    wrong = np.roll(sure, 1, axis=1)
    first[half], first[~half] = sure[NUMBERS[half]], wrong[NUMBERS[~half]]
    second[half], second[~half] = wrong[NUMBERS[half]], sure[NUMBERS[~half]]
    candidates = [Judged("first", first, 1, 1.0), Judged("second", second, 1, 1.0)]
    for chosen, counted in ((0, half), (1, ~half)):
        counts = np.where(counted, 1.0, 0.01).astype(np.float32)
        assert (
            choose(candidates, OneLabel(NUMBERS, [0, 1, 2], counts), Bounds(ANY, ANY)).members[0]
            == chosen
        )


@settings(max_examples=25)
@given(st.lists(st.integers(0, 3), min_size=12, max_size=40).filter(lambda x: len(set(x)) > 1))
def test_no_text_is_judged_by_weights_that_its_own_label_decided(labels: list[int]) -> None:
    numbers = np.unique(labels, return_inverse=True)[1].astype(np.int32)
    rows, classes = len(numbers), int(numbers.max()) + 1
    answers = np.random.default_rng(0).dirichlet(np.ones(classes), rows).astype(np.float32)
    fitted: list[set[float]] = []
    held: list[set[float]] = []

    def fit(members: list[npt.NDArray[np.float32]], *rest: Any) -> Weighting:
        fitted.append({float(row[0]) for row in members[0]})
        return fit_weighting(members, *rest)

    def answer(members: list[npt.NDArray[np.float32]], *rest: Any) -> npt.NDArray[np.float32]:
        held.append({float(row[0]) for row in members[0]})
        return combine(members, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "fit_weighting", fit)
        patch.setattr(judging, "combine", answer)
        choosing._crossed([answers, answers[::-1]], OneLabel(numbers, list(range(classes))))
    folds = list(zip(fitted[-len(held) :], held, strict=True))
    assert set.union(*held) == {float(row[0]) for row in answers}
    assert sum(map(len, held)) == rows
    assert all(not learned & judged for learned, judged in folds)


def test_members_answer_by_the_weights_that_are_kept() -> None:
    candidates = [judged(0.5, seed) for seed in (1, 2)]
    choice = choose(candidates, HELD, Bounds(ANY, ANY))
    kept = [candidates[each].probabilities for each in choice.members]
    whole = combine(kept, choice.weighting.weights, choice.weighting.bias)
    # Near to those of the folds, which fit four fifths, and not the same.
    assert np.abs(whole - choice.probabilities).max() < 0.2
    assert not np.array_equal(whole, choice.probabilities)


class TestRareClasses:
    def test_all_are_moved_and_none_on_average(self) -> None:
        moved = rarity(np.array([0] * 80 + [1] * 15 + [2] * 5, np.int32), 4)
        assert moved.tolist() == sorted(moved)
        assert moved.sum() == pytest.approx(0)
        assert rarity(NUMBERS, 3).tolist() == pytest.approx([0, 0, 0])

    def test_probabilities_stay_probabilities(self) -> None:
        plain = probabilities(0.5, 1)
        found = lifted(plain, np.array([0.0, 0.0, 2.0]))
        np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
        assert (found[:, 2] >= plain[:, 2]).all()
        np.testing.assert_allclose(lifted(plain, np.zeros(3)), plain, atol=1e-6)

    def test_equal_classes_are_left_alone(self) -> None:
        choice = choose([judged(0.5, 1), judged(0.5, 2)], HELD, Bounds(ANY, ANY))
        assert choice.lift == 0

    def test_a_class_that_is_hardly_ever_said_is_lifted(self) -> None:
        """Its texts are told from others, but never by more than how rare it is."""
        numbers = np.array([0] * 100 + [1] * 20, np.int32)
        rare = np.where(numbers == 1, 0.45, 0.02).astype(np.float32)
        answers = np.stack([1 - rare, rare], axis=1)
        rng = np.random.default_rng(0)
        answers[rng.choice(100, 20, replace=False)] = [0.56, 0.44]
        choice = choose([Judged("a", answers, 1, 1.0)], OneLabel(numbers, [0, 1]), Bounds(ANY, ANY))
        assert 0 < choice.lift <= 1
        again = combine([answers], choice.weighting.weights, choice.weighting.bias)
        assert (again.argmax(axis=1)[numbers == 1] == 1).all()
