"""Intervals of a report's figures."""

from __future__ import annotations

import numpy as np
import pytest

from kosent.metrics.class_intervals import accuracy_interval, class_intervals, macro_f1_interval
from kosent.metrics.confidence import calibration_error, reliability
from kosent.metrics.intervals import share_interval, wilson
from kosent.metrics.multilabel import multilabel_report
from kosent.metrics.report import report

TRUTH = [*"aaaaaabbbb"]
PREDICTED = [*"aaaaabbbba"]


def test_intervals_hold_their_figures() -> None:
    scores = report(TRUTH, PREDICTED, ["a", "b"])
    found = class_intervals(scores)
    assert found["a"].recall == pytest.approx(wilson(5 / 6, 6))
    assert found["b"].precision == pytest.approx(wilson(3 / 4, 4))
    for label, each in scores.per_class.items():
        for figure in ("precision", "recall", "f1"):
            low, high = getattr(found[label], figure)
            assert low < getattr(each, figure) < high
    assert accuracy_interval(scores) == pytest.approx(wilson(0.8, 10))


def test_they_are_those_of_several_labels_a_text() -> None:
    """Of texts with one label each, both reports say the same of it."""
    marks = np.array([[name == "a", name == "b"] for name in TRUTH])
    given = np.array([[name == "a", name == "b"] for name in PREDICTED], np.float32)
    several = multilabel_report(marks, given, np.array([0.5, 0.5]), ["a", "b"])
    found = class_intervals(report(TRUTH, PREDICTED, ["a", "b"]))
    for label, each in several.per_class.items():
        assert found[label].precision == pytest.approx(each.precision_interval)
        assert found[label].recall == pytest.approx(each.recall_interval)
        assert found[label].f1 == pytest.approx(each.f1_interval)


def test_macro_f1() -> None:
    scores = report(TRUTH * 20, PREDICTED * 20, ["a", "b"])
    interval = macro_f1_interval(scores)
    assert interval is not None
    assert interval[0] < scores.macro_f1 < interval[1]
    assert interval == macro_f1_interval(scores)
    unknown = report([*TRUTH, "c"], [*PREDICTED, "a"], ["a", "b"])
    assert macro_f1_interval(unknown) is None
    low, high = class_intervals(unknown)["a"].precision
    assert (low, high) == pytest.approx(wilson(5 / 7, 7))  # the row of "c" was taken for "a"


def test_a_share_of_nothing() -> None:
    assert share_interval(0, 0) == (0.0, 1.0)
    assert share_interval(3, 3)[1] == 1.0


def test_reliability_adds_up_to_the_calibration_error() -> None:
    rng = np.random.default_rng(5)
    sure, right = rng.random(500), rng.random(500) < 0.6
    bins = reliability(sure, right)
    assert sum(each.rows for each in bins.values()) == 500
    gaps = sum(each.rows * abs(each.accuracy - each.confidence) for each in bins.values())
    assert gaps / 500 == pytest.approx(calibration_error(sure, right))
    assert all(each.low <= each.accuracy <= each.high for each in bins.values())
    assert all(number < sure.max() * 15 for number in bins)
