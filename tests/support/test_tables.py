"""Rows for spreadsheets: safe, and read back as they were."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.support.tables import delimited, guarded

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    assert guarded(f"{start}1+1") == f"'{start}1+1"
    assert guarded(f"a{start}") == f"a{start}"


@pytest.mark.parametrize("cell", ["", "글", " =1", "'=1", 0.5, -1, None, True])
def test_other_cells_stay(cell: object) -> None:
    assert guarded(cell) is cell


@given(st.lists(st.tuples(CELLS, CELLS)))
def test_rows_are_read_back(rows: list[tuple[str, str]]) -> None:
    for suffix, delimiter, encoding in ((".csv", ",", "utf-8-sig"), (".tsv", "\t", "utf-8")):
        content = delimited(("가", "b"), rows, suffix).decode(encoding)
        found = list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter))
        assert found == [["가", "b"], *([str(guarded(cell)) for cell in row] for row in rows)]


def test_half_a_character_is_an_escape() -> None:
    assert delimited(("a",), [("\ud83d",)], ".tsv") == b"a\r\n\\ud83d\r\n"
