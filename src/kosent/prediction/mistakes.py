"""Where a classifier was wrong, the surest first: what a person reads to find out why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.errors import UsageError
from kosent.metrics.report import Label
from kosent.prediction.answers import to_line
from kosent.support.tables import delimited

COLUMNS = ("text", "label", "predicted", "confidence")
FILES = (".csv", ".tsv", ".jsonl")


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


def check_suffix(suffix: str) -> None:
    """Refuse the ending of a file that mistakes cannot be written to.

    Raises:
        UsageError: If it is none of ``FILES``.
    """
    if suffix not in FILES:
        listed = ", ".join(FILES)
        raise UsageError(
            f"틀린 답을 쓸 파일의 이름은 {listed} 가운데 하나로 끝나야 합니다: {suffix!r}",
            f"the file for the mistakes must end in one of {listed}. Received: {suffix!r}",
        )


def mistakes_file(
    mistakes: Sequence[Mistake], suffix: str, lines: Sequence[int] | None = None
) -> bytes:
    """Return mistakes as the content of a file.

    Args:
        mistakes: The mistakes, in the order in which they are written.
        suffix: One of ``FILES``; text in ``.csv`` and ``.tsv`` is safe from a spreadsheet's
            formulas.
        lines: Where each text stands in its file, where that is known: the first column.

    Raises:
        UsageError: If it is another one.
    """
    check_suffix(suffix)
    columns = COLUMNS if lines is None else ("line", *COLUMNS)
    rows: list[tuple[Any, ...]] = [mistake[1:] for mistake in mistakes]
    if lines is not None:
        rows = [(lines[mistake.row], *row) for mistake, row in zip(mistakes, rows, strict=True)]
    if suffix == ".jsonl":
        return b"".join(to_line(dict(zip(columns, row, strict=True))) for row in rows)
    return delimited(columns, rows, suffix)
