"""Intervals of confidence for shares and for paired differences."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt


def wilson(share: float, rows: int, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's confidence interval (1927) of a share of ``rows``."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = share + z * z / (2 * rows)
    half: float = z * (share * (1 - share) / rows + z * z / (4 * rows * rows)) ** 0.5
    scale = 1 + z * z / rows
    return (middle - half) / scale, (middle + half) / scale


def share_interval(part: int, whole: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of ``part`` of ``whole`` rows; all from 0 to 1 of no rows."""
    if whole == 0:
        return 0.0, 1.0
    low, high = wilson(float(part / whole), int(whole))
    return max(0.0, low), min(1.0, high)


_NORMAL_95 = 1.959964  # of the standard normal distribution, 95 % lie within


def paired_interval(
    before: npt.NDArray[np.bool_], after: npt.NDArray[np.bool_]
) -> tuple[float, float]:
    """Return the 95 % confidence interval of a difference of two accuracies on the same rows.

    The normal approximation on the counts of McNemar's test, each of the four cells raised by a
    half, so that it holds for few rows and is never empty (Agresti, Min: "Simple improved
    confidence intervals for comparing matched proportions", Statistics in Medicine 24, 2005).

    Args:
        before: Whether each row was right before, shape (n,).
        after: Whether it is right after, shape (n,).
    """
    gained = float((after & ~before).sum()) + 0.5
    lost = float((before & ~after).sum()) + 0.5
    rows = len(before) + 2
    difference = (gained - lost) / rows
    half = _NORMAL_95 * sqrt(gained + lost - (gained - lost) ** 2 / rows) / rows
    return max(-1.0, difference - half), min(1.0, difference + half)
