"""Where a classifier was wrong, the surest first: what a person reads to find out why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.metrics.report import Label

COLUMNS = ("text", "label", "predicted", "confidence")


class Mistake(NamedTuple):
    """A text that got another label than its own.

    Attributes:
        row: Its place, from 0.
        text: The text.
        label: Its true label.
        predicted: The label that it got.
        confidence: The probability of that label.
    """

    row: int
    text: str
    label: Label
    predicted: Label
    confidence: float


def mistakes_of(
    classes: npt.NDArray[Any],
    texts: Sequence[str],
    truth: Sequence[Label],
    probabilities: npt.NDArray[np.float32],
) -> list[Mistake]:
    """List the texts that get another label than their own.

    Args:
        classes: The labels, in the order of the columns.
        texts: ``n`` texts.
        truth: Their true labels.
        probabilities: ``(n, classes)``.

    Returns:
        The surest first; of equally sure ones the first.
    """
    predicted = classes[probabilities.argmax(axis=1)].tolist()
    confidences = probabilities.max(axis=1)
    order = np.argsort(-confidences, kind="stable").tolist()
    return [
        Mistake(row, texts[row], truth[row], predicted[row], float(confidences[row]))
        for row in order
        if predicted[row] != truth[row]
    ]
