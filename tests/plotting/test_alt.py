"""Alternative texts hold the figures that the picture shows."""

from __future__ import annotations

import numpy as np
import pytest

from kosent.metrics.confidence import calibration_error, coverage_curve
from kosent.plotting import confusion
from kosent.plotting.confusion import confusion_picture
from kosent.plotting.coverage import coverage_picture
from kosent.plotting.curves import learning_curves
from kosent.plotting.histogram import confidence_histogram
from kosent.plotting.lengths import TOKENS, length_coverage
from kosent.plotting.reliability import reliability_picture
from kosent.plotting.rows import curves_by_rows
from kosent.plotting.trace import trace_picture

SURE = np.array([0.95, 0.92, 0.6, 0.55])
RIGHT = np.array([True, False, False, True])


def test_confusion() -> None:
    alt = confusion_picture(["가", "나"], [[6, 2], [1, 11]], language="en").alt
    assert alt.startswith("Confusion matrix: 17 of 20 rows (85.0%) are right.")
    assert alt.endswith("'가' taken for '나': 2 rows (25.0%)")
    assert confusion_picture(["가"], [[3]], language="en").alt.endswith("There is no mistake")


def test_of_many_labels_the_most_frequent_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confusion, "MOST", 2)
    picture = confusion_picture(["a", "b", "c"], np.diag([1, 5, 9]).tolist(), language="en")
    shown: list[list[str]] = []
    monkeypatch.setattr(confusion, "name_places", lambda _, names, **__: shown.append(names))
    picture.png()
    assert shown == [["b", "c"]] * 2
    assert "15 of 15 rows" in picture.alt


def test_reliability() -> None:
    alt = reliability_picture(SURE, RIGHT, language="en").alt
    assert f"of 4 rows is {calibration_error(SURE, RIGHT):.4f}" in alt
    assert "75.5%, and 50.0% are right" in alt


def test_coverage() -> None:
    points = coverage_curve(SURE, RIGHT)
    alt = coverage_picture(points, language="en").alt
    assert "50.0% are right where all rows are answered, 50.0% where the surest 50%" in alt
    assert "0.920" in alt


def test_histogram() -> None:
    alt = confidence_histogram(SURE, RIGHT, language="en").alt
    assert alt.endswith("2 of 4 rows have a probability above 90 %, of which 1 are wrong")


def test_lengths() -> None:
    lengths = np.array([*range(1, 100), 5000])
    assert length_coverage(lengths, language="en").alt == (
        "Lengths of texts: half have up to 50 characters, 90 % up to 90, 99 % up to 99, and the "
        "longest has 5,000"
    )
    assert "5,000토큰" in length_coverage(lengths, TOKENS, language="ko").alt


def test_curves() -> None:
    record = {"loss": 0.7, "val_loss": 0.5, "accuracy": 0.6, "val_accuracy": 0.7}
    records = [{"epoch": 1, **record}, {"epoch": 2, **record, "val_accuracy": 0.6}]
    alt = learning_curves(records, language="en").alt
    assert "over 2 epochs: validation loss 0.5000 and accuracy 0.7000 in epoch 1" in alt
    assert "0.5000 and 0.6000 in the last" in alt


def test_rows() -> None:
    panels = {"nsmc": {"svm": [(10, 0.5, 0.0), (1000, 0.7, 0.0)], "kosent": [(1000, 0.8, 0.0)]}}
    assert curves_by_rows(panels, "macro F1", language="en").alt.endswith(
        "nsmc kosent 0.8000 (1,000)"
    )


def test_trace() -> None:
    steps = [("재미있을", [0.2, 0.8]), ("재미있을 줄", [0.9, 0.1])]
    alt = trace_picture(steps, ["부정", "긍정"], language="en").alt
    assert alt == "Probabilities along 2 words: '긍정' 80.0% at first, '부정' 90.0% in the end"
