"""Rows as the content of a file that people open in a spreadsheet."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from kosent.support.spreadsheet import guarded

DELIMITERS = {".csv": ",", ".tsv": "\t"}
BYTE_ORDER_MARKS = {".csv": codecs.BOM_UTF8, ".tsv": b""}


def delimited(columns: Sequence[str], rows: Iterable[Sequence[Any]], suffix: str) -> bytes:
    """Return rows as the content of a CSV or TSV file.

    It is UTF-8, with a mark in front for CSV, without which Excel takes it for something else; half
    characters (lone surrogates) are written as escapes.

    Args:
        columns: Names of the columns.
        rows: Their cells; text is guarded (:func:`guarded`).
        suffix: ``".csv"`` or ``".tsv"``.
    """
    guarded_rows = ([_cell(value) for value in row] for row in rows)
    return BYTE_ORDER_MARKS[suffix] + lines(chain([columns], guarded_rows), suffix)


def lines(rows: Iterable[Sequence[object]], suffix: str) -> bytes:
    """Return rows as lines of a CSV or TSV file, as they are; see :func:`delimited`.

    Args:
        rows: Their cells.
        suffix: ``".csv"`` or ``".tsv"``.
    """
    text = io.StringIO()
    # It ends lines in CR and LF, and so quotes a CR.
    csv.writer(text, delimiter=DELIMITERS[suffix]).writerows(rows)
    return text.getvalue().encode("utf-8", "backslashreplace")


def _cell(value: object) -> object:
    # Numbers stay as they are: -1 is a formula only where it is text.
    return guarded(value) if isinstance(value, str) else value
