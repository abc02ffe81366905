"""Held-out texts: figures, weights and folds, of one label a text and of several."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.metrics import log_loss

from kosent.metrics.multilabel import MultilabelReport
from kosent.metrics.report import Report
from kosent.models.auto.choosing import Bounds, Judged, choose
from kosent.models.auto.judging import Held, OneLabel, SeveralLabels, held_of
from kosent.models.auto.rows import Rows

ROWS, LABELS = 90, ["가", "나", "다"]
RANDOM = np.random.default_rng(0)
MARKS = RANDOM.random((ROWS, 3)) < [0.5, 0.3, 0.1]
NUMBERS = RANDOM.integers(0, 3, ROWS).astype(np.int32)
COUNTS = RANDOM.random(ROWS).astype(np.float32)


def answers(right: float, seed: int) -> npt.NDArray[np.float32]:
    """Return probabilities of each label of which a share is sure and right."""
    random = np.random.default_rng(seed)
    found = random.uniform(0.2, 0.8, MARKS.shape)
    sure = random.random(MARKS.shape) < right
    found[sure] = np.where(MARKS, 0.95, 0.05)[sure]
    return found.astype(np.float32)


def one_label(seed: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).dirichlet(np.ones(3), ROWS).astype(np.float32)


@pytest.fixture(params=["one", "several"])
def held(request: pytest.FixtureRequest) -> Held:
    kind = {
        "one": OneLabel(NUMBERS, LABELS, COUNTS),
        "several": SeveralLabels(MARKS, LABELS, COUNTS),
    }
    return kind[request.param]


def test_some_of_the_texts_are_texts(held: Held) -> None:
    part = held.take(np.arange(10))
    assert (len(held), len(part)) == (ROWS, 10)
    assert part.counts is not None
    assert part.counts.tolist() == COUNTS[:10].tolist()
    assert part.names == LABELS


def test_losses_are_those_of_scikit_learn() -> None:
    single = one_label(1)
    whole = single.astype(np.float64) / single.sum(axis=1, dtype=np.float64)[:, None]
    assert OneLabel(NUMBERS, LABELS, COUNTS).loss(single) == pytest.approx(
        log_loss(NUMBERS, whole, sample_weight=COUNTS), rel=1e-4
    )
    several = answers(0.5, 1)
    expected = np.mean(
        [
            log_loss(MARKS[:, label], several[:, label].astype(np.float64), sample_weight=COUNTS)
            for label in range(3)
        ]
    )
    assert SeveralLabels(MARKS, LABELS, COUNTS).loss(several) == pytest.approx(expected, rel=1e-4)


def test_every_label_is_dealt_out_in_proportion() -> None:
    for held, marks in (
        (SeveralLabels(MARKS, LABELS), MARKS),
        (OneLabel(NUMBERS, LABELS), NUMBERS[:, None] == np.arange(3)),
    ):
        fold = held.deal(5)
        assert np.bincount(fold).tolist() == pytest.approx([ROWS / 5] * 5, abs=1)
        for label in marks.T:
            assert np.ptp([label[fold == number].sum() for number in range(5)]) <= 2


def test_weights_lower_the_loss(held: Held) -> None:
    several = isinstance(held, SeveralLabels)
    members = [answers(0.5, 1), answers(0.5, 2)] if several else [one_label(1), one_label(2)]
    weighting = held.fit(members)
    together = held.loss(held.combine(members, weighting))
    assert together <= weighting.loss_before + 1e-6
    assert together < min(map(held.loss, members))


def test_only_several_labels_have_thresholds() -> None:
    found = answers(0.7, 1)
    assert OneLabel(NUMBERS, LABELS).thresholds(one_label(1)) is None
    thresholds = SeveralLabels(MARKS, LABELS).thresholds(found)
    assert len(thresholds) == 3
    assert all(0 < each < 1 for each in thresholds)


def test_reports(held: Held) -> None:
    several = isinstance(held, SeveralLabels)
    report = held.report(answers(1.0, 1) if several else one_label(1))
    assert isinstance(report, MultilabelReport if several else Report)
    assert list(report.labels) == LABELS
    if several:
        assert report.accuracy == 1


def test_several_labels_are_chosen_by_their_own_loss() -> None:
    good, other, noise = answers(0.6, 1), answers(0.6, 2), answers(0.0, 3)
    judged = [
        Judged(name, each, 1, 1.0)
        for name, each in (("noise", noise), ("good", good), ("other", other))
    ]
    held = SeveralLabels(MARKS, LABELS)
    choice = choose(judged, held, Bounds(1e9, 1e9))
    assert sorted(choice.members) == [1, 2]
    assert choice.lift == 0
    assert choice.thresholds is not None
    assert held.loss(choice.probabilities) < min(held.loss(good), held.loss(other))


def test_what_the_rows_are_decides() -> None:
    texts = [f"글 {number}" for number in range(ROWS)]
    lines = np.arange(0, ROWS, 2)
    one = held_of(Rows(texts, NUMBERS, LABELS, COUNTS), lines)
    several = held_of(Rows(texts, np.zeros(ROWS, np.int32), LABELS, None, MARKS), lines)
    assert isinstance(one, OneLabel)
    assert one.numbers.tolist() == NUMBERS[lines].tolist()
    assert isinstance(several, SeveralLabels)
    assert several.counts is None
    assert several.marks.tolist() == MARKS[lines].tolist()
