"""How far probabilities can be believed: calibration error, coverage, and answers left open.

A row's confidence is the probability of its most probable class.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.metrics.intervals import wilson
from kosent.metrics.scores import log_loss, scores_of

BINS = 15  # as in Guo et al. 2017
COVERAGES = (1.0, 0.95, 0.9, 0.8, 0.7, 0.5)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Accuracy when only the surest rows are answered.

    Attributes:
        coverage: Share of the rows that was to be answered, from 0 to 1.
        answered: Share that is: rows as sure as the last one are answered too.
        accuracy: Share of right answers among them.
        threshold: Confidence of the last one: ``min_confidence`` that answers just these rows.
    """

    coverage: float
    answered: float
    accuracy: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows of about the same confidence: a bar of a reliability diagram.

    Attributes:
        rows: How many.
        confidence: Their mean confidence.
        accuracy: Share of right answers among them.
        low: Lower end of Wilson's 95 % interval of the accuracy.
        high: Its upper end.
    """

    rows: int
    confidence: float
    accuracy: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Confidence:
    """How the confidences of predictions compare with how often they are right.

    Attributes:
        mean: Mean confidence; that of a calibrated model is its accuracy.
        ece: Expected calibration error, 15 bins of equal width: see :func:`calibration_error`.
        ece_equal_mass: The same with 15 bins of equally many rows.
        coverage: The accuracy-coverage curve, at ``COVERAGES``.
    """

    mean: float
    ece: float
    ece_equal_mass: float
    coverage: tuple[Coverage, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self) | {"coverage": [asdict(point) for point in self.coverage]}


def confidence_scores(confidences: npt.NDArray[Any], right: npt.NDArray[np.bool_]) -> Confidence:
    """Compare confidences with what is right.

    Args:
        confidences: Probability of the predicted class, ``(n,)`` with ``n`` over 0.
        right: Whether the prediction is right, ``(n,)``.
    """
    confidences = confidences.astype(np.float64)
    return Confidence(
        mean=float(confidences.mean()),
        ece=calibration_error(confidences, right),
        ece_equal_mass=calibration_error(confidences, right, equal_mass=True),
        coverage=coverage_curve(confidences, right),
    )


def calibration_error(
    confidences: npt.NDArray[Any], right: npt.NDArray[np.bool_], *, equal_mass: bool = False
) -> float:
    """Return the expected calibration error.

    The rows are put into 15 bins by their confidence; it is the mean over the bins, weighted by
    their rows, of ``|accuracy - mean confidence|`` (Naeini et al. 2015; Guo et al. 2017, "On
    Calibration of Modern Neural Networks"). Bins of equal width are ``(0, 1/15]``,
    ``(1/15, 2/15]`` and so on; those of equal mass hold equally many rows each, or one more
    (Nguyen and O'Connor 2015), and rows of one confidence share their accuracy, so that the order
    of the rows does not matter.

    Args:
        confidences: Probability of the predicted class, ``(n,)`` with ``n`` over 0.
        right: Whether the prediction is right, ``(n,)``.
        equal_mass: Bins of equally many rows instead of equal width.

    Returns:
        The error, from 0 to 1.
    """
    confidences = confidences.astype(np.float64)
    if equal_mass:
        gaps = _ordered_gaps(confidences, right)
        sums = np.array([part.sum() for part in np.array_split(gaps, BINS)])
    else:
        sums = np.bincount(_bins(confidences), right - confidences, BINS)
    return float(np.abs(sums).sum() / len(confidences))


def reliability(confidences: npt.NDArray[Any], right: npt.NDArray[np.bool_]) -> dict[int, Bin]:
    """Return what the bins of equal width of :func:`calibration_error` hold.

    Args:
        confidences: Probability of the predicted class, ``(n,)``.
        right: Whether the prediction is right, ``(n,)``.

    Returns:
        The bins that have rows by their number, from 0.
    """
    confidences = confidences.astype(np.float64)
    bins = _bins(confidences)
    found = {}
    for number in np.unique(bins).tolist():
        here = bins == number
        rows, accuracy = int(here.sum()), float(right[here].mean())
        ends = wilson(accuracy, rows)
        found[number] = Bin(rows, float(confidences[here].mean()), accuracy, *ends)
    return found


def _bins(confidences: Floats) -> npt.NDArray[np.int64]:
    """Return the number of each row's bin of equal width ``(n,)``."""
    return np.clip(np.ceil(confidences * BINS).astype(np.int64) - 1, 0, BINS - 1)


def coverage_curve(
    confidences: npt.NDArray[Any], right: npt.NDArray[np.bool_]
) -> tuple[Coverage, ...]:
    """Return the accuracy of the surest rows, at each of ``COVERAGES``.

    Args:
        confidences: Probability of the predicted class, ``(n,)`` with ``n`` over 0.
        right: Whether the prediction is right, ``(n,)``.
    """
    points = []
    falling = -np.sort(-confidences.astype(np.float64))
    for coverage in COVERAGES:
        threshold = falling[math.ceil(coverage * len(falling)) - 1]
        kept = confidences >= threshold
        points.append(
            Coverage(coverage, float(kept.mean()), float(right[kept].mean()), float(threshold))
        )
    return tuple(points)


def _ordered_gaps(confidences: Floats, right: npt.NDArray[np.bool_]) -> Floats:
    """Return right minus confidence in the order of confidence, the mean of those that are tied."""
    levels, level, counts = np.unique(confidences, return_inverse=True, return_counts=True)
    accuracy = np.bincount(level, right) / counts
    gaps: Floats = np.repeat(accuracy - levels, counts)
    return gaps


def sure(probabilities: npt.NDArray[np.float32], min_confidence: float) -> npt.NDArray[np.bool_]:
    """Tell which rows are answered.

    Args:
        probabilities: Those of all classes, ``(n, classes)``.
        min_confidence: The confidence that an answer needs, from 0 to 1.

    Returns:
        bool ``(n,)``.
    """
    highest = probabilities.max(axis=1).astype(np.float64)  # as verdict compares
    answered: npt.NDArray[np.bool_] = highest >= min_confidence
    return answered


def before_and_after(
    numbers: npt.NDArray[Any], before: npt.NDArray[Any], after: npt.NDArray[Any]
) -> dict[str, float]:
    """Return log loss and calibration error of two sets of probabilities ``(n, classes)``.

    Args:
        numbers: True class numbers ``(n,)``.
        before: The one set.
        after: The other.
    """
    figures = {}
    for name, each in (("before", before), ("after", after)):
        right = each.argmax(axis=1) == numbers
        figures[f"loss_{name}"] = log_loss(scores_of(each), numbers)
        figures[f"ece_{name}"] = calibration_error(each.max(axis=1), right)
    return figures
