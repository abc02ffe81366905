"""Draws of kinds of texts against draws of texts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.metrics import accuracy_score, f1_score

from kosent.metrics.bootstrap import drawn, interval
from kosent.metrics.report import report

Numbers = npt.NDArray[np.int32]


def system(truth: Numbers, right: float, classes: int, seed: int) -> Numbers:
    generator = np.random.default_rng(seed)
    other = generator.integers(0, classes, len(truth))
    return np.where(generator.random(len(truth)) < right, truth, other).astype(np.int32)


@pytest.fixture(scope="module")
def truth() -> Numbers:
    return np.random.default_rng(7).choice(3, 400, p=[0.6, 0.3, 0.1]).astype(np.int32)


def test_the_texts_as_they_are(truth: Numbers) -> None:
    predicted = system(truth, 0.7, 3, 1)
    found = drawn(truth, [predicted, truth], 3, draws=0)
    assert found.accuracy.shape == (1, 2)
    assert found.accuracy[0].tolist() == [accuracy_score(truth, predicted), 1.0]
    macro = f1_score(truth, predicted, average="macro")
    assert found.macro_f1[0].tolist() == pytest.approx([macro, 1.0])


def test_it_is_the_distribution_of_drawn_rows(truth: Numbers) -> None:
    one, other = system(truth, 0.7, 3, 1), system(truth, 0.6, 3, 2)
    found = drawn(truth, [one, other], 3, draws=1000)
    generator = np.random.default_rng(5)
    rows = [generator.integers(0, len(truth), len(truth)) for _ in range(1000)]
    by_row = [
        f1_score(truth[each], one[each], average="macro")
        - f1_score(truth[each], other[each], average="macro")
        for each in rows
    ]
    by_kind = (found.macro_f1[:, 0] - found.macro_f1[:, 1])[1:]
    assert by_kind.std() == pytest.approx(np.std(by_row), rel=0.1)
    assert interval(by_kind) == pytest.approx(interval(np.array(by_row)), abs=0.01)


def test_differences_are_paired(truth: Numbers) -> None:
    one = system(truth, 0.7, 3, 1)
    better = one.copy()
    better[:20] = truth[:20]
    found = drawn(truth, [one, better], 3)
    alone = interval(found.accuracy[1:, 1])
    low, high = interval(found.accuracy[1:, 1] - found.accuracy[1:, 0])
    assert 0 <= low < high
    assert high - low < (alone[1] - alone[0]) / 2


def test_a_seed_gives_the_same_draws(truth: Numbers) -> None:
    one = system(truth, 0.7, 3, 1)
    first, second, other = (drawn(truth, [one], 3, seed=seed).macro_f1 for seed in (1, 1, 2))
    assert (first == second).all()
    assert not (first == other).all()


def test_classes_that_are_never_there_are_those_of_the_report() -> None:
    truth, predicted = np.array([0, 0, 1]), np.array([0, 1, 1])
    expected = report(["0", "0", "1"], ["0", "1", "1"], ["0", "1", "2"])
    found = drawn(truth, [predicted], 3, draws=20)
    assert found.macro_f1[0, 0] == pytest.approx(expected.macro_f1)
    assert (found.macro_f1 <= 2 / 3 + 1e-9).all()


def test_families_are_drawn_as_a_whole(truth: Numbers) -> None:
    one, other = system(truth, 0.7, 3, 1), system(truth, 0.6, 3, 2)
    families = np.arange(len(truth)) // 10
    found = drawn(truth, [one, other], 3, draws=1000, families=families * 7 + 3)
    generator = np.random.default_rng(5)
    by_row = []
    for _ in range(1000):
        chosen = generator.integers(0, 40, 40)
        rows = (chosen[:, None] * 10 + np.arange(10)).ravel()
        by_row.append(np.mean(truth[rows] == one[rows]) - np.mean(truth[rows] == other[rows]))
    difference = (found.accuracy[:, 0] - found.accuracy[:, 1])[1:]
    assert difference.std() == pytest.approx(np.std(by_row), rel=0.1)


def test_paraphrases_tell_no_more_than_their_sentence() -> None:
    """Each answer ten times over has the interval of one."""
    truth = np.random.default_rng(7).integers(0, 2, 40).astype(np.int32)
    predicted = system(truth, 0.7, 2, 1)
    alone = drawn(truth, [predicted], 2).accuracy[1:, 0]
    ten, tens = truth.repeat(10), predicted.repeat(10)
    together = drawn(ten, [tens], 2, families=np.arange(400) // 10).accuracy[1:, 0]
    apart = drawn(ten, [tens], 2).accuracy[1:, 0]
    assert together.std() == pytest.approx(alone.std(), rel=0.1)
    assert apart.std() < alone.std() / 2
