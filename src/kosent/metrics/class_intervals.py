"""Intervals of a report's figures, of accuracy and macro F1 and class by class."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kosent.metrics.bootstrap import drawn, interval
from kosent.metrics.intervals import share_interval
from kosent.metrics.report import Label, Report

Interval = tuple[float, float]


class ClassIntervals(NamedTuple):
    """95 % intervals of the figures of one class.

    Attributes:
        precision: Wilson's (1927).
        recall: Likewise.
        f1: That of the share of right ones among the rows that are of the class or were taken for
            it (Jaccard's ``J``), of which F1 is ``2 J / (1 + J)``.
    """

    precision: Interval
    recall: Interval
    f1: Interval


def class_intervals(scores: Report) -> dict[Label, ClassIntervals]:
    """Return the intervals of each class' figures."""
    found = {}
    for number, (label, each) in enumerate(scores.per_class.items()):
        right = scores.confusion[number][number]
        # Rows of labels that were not learned are in the precision, and not in the confusion.
        got = round(right / each.precision) if right else sum(r[number] for r in scores.confusion)
        low, high = share_interval(right, got + each.support - right)
        f1 = 2 * low / (1 + low), 2 * high / (1 + high)
        found[label] = ClassIntervals(
            share_interval(right, got), share_interval(right, each.support), f1
        )
    return found


def accuracy_interval(scores: Report) -> Interval:
    """Return Wilson's 95 % interval of the accuracy."""
    return share_interval(round(scores.accuracy * scores.rows), scores.rows)


def macro_f1_interval(scores: Report) -> Interval | None:
    """Return the 95 % interval of macro F1 by resampling the rows (``kosent.metrics.bootstrap``).

    ``None`` where there are labels that were not learned: the confusion leaves their rows out.
    """
    if scores.unknown_labels:
        return None
    counts = np.array(scores.confusion)
    pairs = np.repeat(np.argwhere(counts >= 0), counts.ravel(), axis=0)  # (n, 2)
    draws = drawn(pairs[:, 0], [pairs[:, 1]], len(scores.labels)).macro_f1[1:, 0]
    return interval(draws)
