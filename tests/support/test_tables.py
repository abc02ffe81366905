"""Rows for spreadsheets: safe, and read back as they were."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from kosent.support.spreadsheet import guarded
from kosent.support.tables import delimited

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def test_text_is_guarded_and_numbers_are_not() -> None:
    row = ("=1+1", "-1", "글", -1, 0.5, None)
    assert (
        delimited(tuple("abcdef"), [row], ".tsv").splitlines()[1]
        == "'=1+1\t'-1\t글\t-1\t0.5\t".encode()
    )


@given(st.lists(st.tuples(CELLS, CELLS)))
def test_rows_are_read_back(rows: list[tuple[str, str]]) -> None:
    for suffix, delimiter, encoding in ((".csv", ",", "utf-8-sig"), (".tsv", "\t", "utf-8")):
        content = delimited(("가", "b"), rows, suffix).decode(encoding)
        found = list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter))
        assert found == [["가", "b"], *([guarded(cell) for cell in row] for row in rows)]


def test_half_a_character_is_an_escape() -> None:
    assert delimited(("a",), [("\ud83d",)], ".tsv") == b"a\r\n\\ud83d\r\n"
