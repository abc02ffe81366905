"""Formats that grow by whole rows, so that an interrupted file can be gone on with."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Protocol

from kosent.corpora.readers.delimited import split
from kosent.prediction.answers import answer, to_line
from kosent.prediction.layout import Answered, Answers, Layout, as_text
from kosent.support.spreadsheet import guarded
from kosent.support.tables import BYTE_ORDER_MARKS, DELIMITERS, lines

_CLOSE = 1e-4
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)


class Lines(Protocol):
    """How rows are written, one after another.

    Attributes:
        head: What stands before the rows.
        begin: What every file of these begins with; with the head, if there is one.
        is_quoted: Whether a line end between quotes is none.
    """

    head: bytes
    begin: bytes
    is_quoted: bool

    def block(self, first: int, rows: Sequence[Answered]) -> bytes:
        """Return rows, of which the first has that number, from 1."""

    def fits(self, line: bytes, number: int, row: Answered) -> bool:
        """Tell whether a line is what :meth:`block` gives, up to 1e-4 in the probabilities.

        Raises:
            ValueError, KeyError, TypeError, AttributeError, RecursionError: If it is something
                else altogether.
        """


class JsonLines:
    """A JSON object a line: ``row``, ``text``, ``label``, ``probabilities``; or ``row``, ``error``
    and ``line``, the physical line of the file.

    Args:
        columns: Of the input; only its text is written.
        answers: What answers are made with.
    """  # noqa: D205

    head = b""
    begin = b'{"row": 1, '
    is_quoted = False

    def __init__(self, columns: Sequence[str], answers: Answers) -> None:
        del columns
        self._answers = answers

    def block(self, first: int, rows: Sequence[Answered]) -> bytes:
        """Return rows; see :class:`Lines`."""
        documents = map(self._document, rows)
        return b"".join(to_line({"row": n} | each) for n, each in enumerate(documents, first))

    def fits(self, line: bytes, number: int, row: Answered) -> bool:
        """Tell whether a line is that of a row; see :class:`Lines`."""
        saved = json.loads(line)
        if saved["row"] != number:
            return False
        if row.probabilities is None:
            return bool(saved["error"] == row.row.fault)
        found = self._document(row)
        if saved["text"] != row.row.text or saved.keys() != {"row", *found}:
            return False
        here, there = found["probabilities"], saved["probabilities"]
        if here.keys() != there.keys() or not self._is_answered_alike(saved):
            return False
        return all(abs(here[name] - there[name]) < _CLOSE for name in here)

    def _document(self, answered: Answered) -> dict[str, Any]:
        row, probabilities, blank = answered
        if probabilities is None:
            return {"error": row.fault, "line": row.line}
        labels, least, several = self._answers
        return answer(row.text, labels, probabilities, least, blank=blank, thresholds=several)

    def _is_answered_alike(self, saved: dict[str, Any]) -> bool:
        """Tell whether a line is one that this threshold gives."""
        least = self._answers.min_confidence
        if least is None or "reason" in saved or abs(saved["confidence"] - least) < _CLOSE:
            return True
        return bool((saved["label"] is not None) == (saved["confidence"] >= least))


class Separated:
    """A table of cells, as :mod:`kosent.support.tables` writes them.

    A cell that a spreadsheet would run gets an apostrophe (:mod:`kosent.support.spreadsheet`); a
    negative number is none.

    Args:
        columns: Of the input.
        answers: What answers are made with.
        suffix: ``".csv"`` or ``".tsv"``.
    """

    is_quoted = True

    def __init__(self, columns: Sequence[str], answers: Answers, suffix: str) -> None:
        self._layout = Layout(columns, answers)
        self._least = answers.min_confidence
        self._suffix = suffix
        head = lines([list(map(_shown, self._layout.names))], suffix)
        self.head = self.begin = BYTE_ORDER_MARKS[suffix] + head

    def block(self, first: int, rows: Sequence[Answered]) -> bytes:
        """Return rows; see :class:`Lines`."""
        del first
        return lines((self._cells(row) for row in rows), self._suffix)

    def fits(self, line: bytes, number: int, row: Answered) -> bool:
        """Tell whether a line is that of a row; see :class:`Lines`."""
        del number
        saved, _, _ = split(line.decode().removesuffix("\r\n"), DELIMITERS[self._suffix])
        here = self._cells(row)
        if len(saved) != len(here):
            return False
        label = self._layout.width
        first = label + (1 if self._least is None else 2)  # where the numbers begin
        if (*saved[:label], saved[-1]) != (*here[:label], here[-1]):
            return False
        is_near = all(map(_near, saved[first:-1], here[first:-1]))
        return is_near and self._is_answered_alike(saved[label], here[label], here[first])

    def _is_answered_alike(self, saved: str, here: str, confidence: str) -> bool:
        """Tell whether a label is there, or is not, as this threshold has it."""
        if bool(saved) == bool(here):
            return True
        return self._least is not None and abs(float(confidence) - self._least) < _CLOSE

    def _cells(self, row: Answered) -> list[str]:
        return list(map(_shown, self._layout.cells(row)))


def comma_separated(columns: Sequence[str], answers: Answers) -> Separated:
    """Make the writer of ``.csv``; its byte order mark tells Excel that it is UTF-8."""
    return Separated(columns, answers, ".csv")


def tab_separated(columns: Sequence[str], answers: Answers) -> Separated:
    """Make the writer of ``.tsv``."""
    return Separated(columns, answers, ".tsv")


def _shown(value: object) -> str:
    text = as_text(value)
    return text if _NUMBER.fullmatch(text) else guarded(text)


def _near(one: str, other: str) -> bool:
    return one == other or abs(float(one) - float(other)) < _CLOSE
