"""Rows as the content of a file that people open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from kosent.support.spreadsheet import guarded

_DELIMITERS = {".csv": ",", ".tsv": "\t"}


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
    writer.writerows([_cell(value) for value in row] for row in rows)
    mark = b"\xef\xbb\xbf" if suffix == ".csv" else b""
    return mark + text.getvalue().encode("utf-8", "backslashreplace")


def _cell(value: object) -> object:
    # Numbers stay as they are: -1 is a formula only where it is text.
    return guarded(value) if isinstance(value, str) else value
