from __future__ import annotations

import csv
import io
import re

from hypothesis import given
from hypothesis import strategies as st

from kosent.corpora.readers.delimited import split
from kosent.corpora.readers.rows import Row
from kosent.prediction.layout import Answered, Answers
from kosent.prediction.lines import JsonLines, Lines, comma_separated, tab_separated
from kosent.support.spreadsheet import unguarded

ANSWERS = Answers(["a", "b"], None)
CELLS = st.text(alphabet="'\"=+-@\t\r\n,; 가1.e") | st.text(
    st.characters(exclude_categories=["Cs"])
)


def writers() -> list[Lines]:
    return [make(["글", "수"], ANSWERS) for make in (comma_separated, tab_separated, JsonLines)]


@given(CELLS, CELLS, st.booleans())
def test_a_line_is_known_again(text: str, other: str, is_bad: bool) -> None:
    row = Row(7, "" if is_bad else text, "broken row" if is_bad else "", (text, other))
    answered = Answered(row, None if is_bad else [0.3, 0.7], False)
    for lines in writers():
        line = lines.block(3, [answered])
        assert lines.fits(line, 3, answered)
        near = answered._replace(probabilities=None if is_bad else [0.30004, 0.69996])
        assert lines.fits(line, 3, near)
        if not is_bad:
            assert not lines.fits(line, 3, answered._replace(probabilities=[0.31, 0.69]))


@given(CELLS, CELLS)
def test_cells_come_back_and_none_is_a_formula(text: str, other: str) -> None:
    answered = Answered(Row(1, text, "", (text, other)), [0.3, 0.7], False)
    for lines, mark in zip(writers(), ",\t", strict=False):
        line = lines.block(1, [answered]).decode()
        (row,) = csv.reader(io.StringIO(line, newline=""), delimiter=mark)
        assert split(line.removesuffix("\r\n"), mark)[0] == row
        assert row[2:] == ["b", "0.7", "0.3", "0.7", ""]
        for cell, given_cell in zip(row, (text, other), strict=False):
            assert unguarded(cell) == given_cell
            is_number = re.fullmatch(r"-[0-9.]+(e[+-]?[0-9]+)?", cell, re.IGNORECASE)
            assert cell[:1] not in tuple("=+-@\t\r") or is_number
