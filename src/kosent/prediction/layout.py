"""An answer as a row of a table: the input's cells, then what the model says of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from kosent.corpora.readers.rows import Row
from kosent.prediction.answers import BLANK as EMPTY
from kosent.prediction.answers import answer
from kosent.prediction.frames import CONFIDENCE, LABEL, LABELS, free_names
from kosent.support.label_sets import joint


class Answers(NamedTuple):
    """What answers are made with.

    Attributes:
        labels: All labels, in the order of the probabilities.
        min_confidence: The confidence that an answer needs, ``None`` where all are given.
        thresholds: The probability from which on each label is given, where a text may have
            several.
    """

    labels: list[str]
    min_confidence: float | None
    thresholds: list[float] | None = None


class Answered(NamedTuple):
    """A row of the input, and what it gets.

    Attributes:
        row: The row.
        probabilities: Those of all labels; ``None`` where the row has a fault.
        blank: Whether cleaning left nothing of its text.
    """

    row: Row
    probabilities: list[float] | None
    blank: bool


class Layout:
    """The columns of a table of answers: those of the input as they stand there, then ``label``,
    with a ``min_confidence`` also ``top``, then ``confidence``, one a class, and ``error``; where a
    text may have several labels ``labels``, one a class, and ``error``.

    Args:
        columns: Names of the input's columns.
        answers: What answers are made with.

    Attributes:
        names: Names of all columns; one that is taken gets ``predicted_`` before it.
        width: Number of the input's columns.
    """  # noqa: D205

    def __init__(self, columns: Sequence[str], answers: Answers) -> None:
        self._answers = answers
        self.width = len(columns)
        fixed = [LABEL, *([] if answers.min_confidence is None else ["top"]), CONFIDENCE]
        if answers.thresholds is not None:
            fixed = [LABELS]
            self._mark = joint(answers.labels)
        classes = free_names(answers.labels, [*fixed, "error"]).values()
        self.names = [*columns, *free_names([*fixed, *classes, "error"], columns).values()]

    def cells(self, answered: Answered) -> list[object]:
        """Return a row of the table.

        Args:
            answered: The row. Where it has a fault it keeps the cells that it has; of more than the
                input has columns the last holds the rest.

        Returns:
            One value a column, ``None`` where there is nothing.
        """
        row, probabilities, blank = answered
        kept = list(row.cells)
        if len(kept) > self.width:
            rest = ",".join(map(as_text, kept[self.width - 1 :]))
            kept[self.width - 1 :] = [rest]
        kept += [None] * (self.width - len(kept))
        if probabilities is None or blank:
            unanswered = [None] * (len(self.names) - self.width - 1)
            return [*kept, *unanswered, row.fault or EMPTY]
        return [*kept, *self._answer(row.text, probabilities), None]

    def _answer(self, text: str, probabilities: list[float]) -> list[object]:
        labels, least, thresholds = self._answers
        found = answer(text, labels, probabilities, least, thresholds=thresholds)
        rounded = list(found["probabilities"].values())
        if thresholds is not None:
            return [self._mark.join(found["labels"]), *rounded]
        top = [] if least is None else [found["top"]]
        return [found["label"], *top, max(rounded), *rounded]


def as_text(value: object) -> str:
    """Return a cell as text: nothing is empty, lists and objects are JSON, half characters escapes.

    Args:
        value: What a reader of files gave, of any kind.
    """
    if value is None or value != value:  # NaN
        return ""
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False, default=str)
    return str(value).encode("utf-8", "backslashreplace").decode()
