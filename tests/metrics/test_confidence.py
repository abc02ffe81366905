from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.errors import UsageError
from kosent.metrics.confidence import (
    COVERAGES,
    calibration_error,
    confidence_scores,
    coverage_curve,
    sure,
)
from kosent.prediction.answers import verdict
from kosent.prediction.min_confidence import check_min_confidence

rows = st.lists(st.tuples(st.floats(0.5, 1, width=32), st.booleans()), min_size=1, max_size=80).map(
    lambda pairs: (np.array([p for p, _ in pairs]), np.array([r for _, r in pairs]))
)


def test_calibration_error_by_hand() -> None:
    # Bins of a fifteenth: 0.52 and 0.53 in the eighth (to 0.533), 0.54 in the ninth, 1 in the last.
    confidences = np.array([0.52, 0.53, 0.54, 1.0])
    right = np.array([True, False, True, True])
    expected = (abs(1 - 1.05) + abs(1 - 0.54) + abs(1 - 1)) / 4
    assert calibration_error(confidences, right) == pytest.approx(expected)
    # Each of four rows is a bin of its own where the bins hold equally many.
    assert calibration_error(confidences, right, equal_mass=True) == pytest.approx(
        (0.48 + 0.53 + 0.46 + 0) / 4
    )


def test_a_bin_holds_its_upper_border() -> None:
    border = np.array([9 / 15, 9 / 15 + 1e-9])
    apart = calibration_error(border, np.array([True, False]))
    assert apart == pytest.approx((0.4 + 0.6) / 2)  # in one bin they would make up for each other


def test_equal_mass_bins_by_hand() -> None:
    """Thirty rows are fifteen pairs, by rising confidence, wherever they stand."""
    confidences = np.linspace(0.5, 0.99, 30)
    right = np.arange(30) % 2 == 0  # one of each pair
    pairs = confidences.reshape(15, 2).mean(axis=1)
    expected = np.abs(0.5 - pairs).mean()
    order = np.random.default_rng(0).permutation(30)
    found = calibration_error(confidences[order], right[order], equal_mass=True)
    assert found == pytest.approx(expected)


@given(rows)
def test_the_order_of_the_rows_does_not_matter(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    confidences, right = drawn
    first = confidence_scores(confidences, right)
    again = confidence_scores(confidences[::-1], right[::-1])
    assert (first.ece, first.ece_equal_mass) == pytest.approx((again.ece, again.ece_equal_mass))
    assert first.coverage == again.coverage
    gap = abs(first.mean - right.mean())
    assert gap - 1e-9 <= first.ece <= 1
    assert gap - 1e-9 <= first.ece_equal_mass <= 1


def test_true_probabilities_have_no_error() -> None:
    rng = np.random.default_rng(0)
    confidences = rng.uniform(0.5, 1, 200_000)
    right = rng.random(200_000) < confidences
    found = confidence_scores(confidences, right)
    assert max(found.ece, found.ece_equal_mass) < 0.01
    surer = confidence_scores(confidences**0.5, right)
    assert min(surer.ece, surer.ece_equal_mass) > 0.05


def test_coverage_by_hand() -> None:
    confidences = np.array([0.9, 0.6, 0.8, 0.7, 0.55, 0.95, 0.65, 0.75, 0.85, 0.52])
    right = np.array([1, 0, 1, 1, 0, 1, 1, 1, 0, 0], bool)
    points = coverage_curve(confidences, right)
    assert [point.coverage for point in points] == list(COVERAGES)
    figures = {p.coverage: (p.answered, p.accuracy, p.threshold) for p in points}
    assert figures[1.0] == pytest.approx((1.0, 0.6, 0.52))
    assert figures[0.95] == figures[1.0]  # nine and a half rows are ten
    assert figures[0.9] == pytest.approx((0.9, 6 / 9, 0.55))
    assert figures[0.8] == pytest.approx((0.8, 6 / 8, 0.6))
    assert figures[0.7] == pytest.approx((0.7, 6 / 7, 0.65))
    assert figures[0.5] == pytest.approx((0.5, 4 / 5, 0.75))


def test_rows_of_one_confidence_are_answered_together() -> None:
    confidences = np.array([0.9, 0.7, 0.7, 0.7, 0.6], np.float32)
    half = coverage_curve(confidences, np.array([1, 0, 0, 1, 0], bool))[-1]
    assert (half.coverage, half.answered) == (0.5, 0.8)
    assert half.accuracy == 0.5
    two = np.stack([confidences, 1 - confidences], axis=1)
    assert sure(two, half.threshold).tolist() == [True, True, True, True, False]


def test_an_answer_and_a_row_are_left_open_by_the_same_rule() -> None:
    probabilities = np.array([[0.7, 0.3], [0.45, 0.55], [0.2, 0.8]], np.float32)
    for least in (0.0, 0.55, 0.7, float(np.float32(0.7)), 0.8, 1.0):
        found = [verdict(["나쁨", "좋음"], row, least) for row in probabilities.tolist()]
        assert [each["label"] is not None for each in found] == sure(probabilities, least).tolist()
        assert [each["top"] for each in found] == ["나쁨", "좋음", "좋음"]
        assert [each["confidence"] for each in found] == probabilities.max(axis=1).tolist()
    assert verdict(["나쁨", "좋음"], [0.5, 0.5]) == {"label": "나쁨"}
    assert verdict(["나쁨", "좋음"], [0.25, 0.75], 0.75)["label"] == "좋음"  # just enough is enough
    open_ = {"label": None, "top": "나쁨", "confidence": 0.5}
    assert verdict(["나쁨", "좋음"], [0.5, 0.5], 0.6) == json.loads(json.dumps(open_))


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan"), "0.5", None, True])
def test_what_is_no_probability(wrong: object) -> None:
    with pytest.raises(UsageError, match="min_confidence must be a number from 0 to 1"):
        check_min_confidence(wrong)
    for right in (0, 1, 0.5, np.float32(0.5)):
        check_min_confidence(right)
