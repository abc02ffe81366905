"""Rows as the content of a file that people open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

# What a spreadsheet takes for a formula where a cell begins with it (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_DELIMITERS = {".csv": ",", ".tsv": "\t"}


def guarded(cell: object) -> object:
    """Return a cell with an apostrophe before what a spreadsheet would run as a formula.

    Numbers stay as they are: ``-1`` is a formula only where it is text.
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def delimited(columns: Sequence[str], rows: Iterable[Sequence[Any]], suffix: str) -> bytes:
    """Return rows as the content of a CSV or TSV file.

    It is UTF-8, with a mark in front for CSV, without which Excel takes it for something else; half
    characters (lone surrogates) are written as escapes.

    Args:
        columns: Names of the columns.
        rows: Their cells; text is guarded (:func:`guarded`).
        suffix: ``".csv"`` or ``".tsv"``.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=_DELIMITERS[suffix])  # quotes a CR as it ends lines in one
    writer.writerow(columns)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    mark = b"\xef\xbb\xbf" if suffix == ".csv" else b""
    return mark + text.getvalue().encode("utf-8", "backslashreplace")
