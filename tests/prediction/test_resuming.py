from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.corpora.readers.rows import Row
from kosent.prediction import resuming
from kosent.prediction.predictor import Predicted
from kosent.prediction.resuming import WholeRows, left_of, whole_rows


@pytest.mark.parametrize(
    ("data", "is_quoted", "rows", "last", "end"),
    [
        (b"", True, 0, b"", 0),
        (b"torn", True, 0, b"", 0),
        (b"a\n", True, 1, b"a\n", 2),
        (b"a\nbc\nd", True, 2, b"bc\n", 5),
        (b'a\n"b\nc"\nd', True, 2, b'"b\nc"\n', 8),
        (b'a\n"b\nc"\nd', False, 3, b'c"\n', 8),
        (b'a\n"b\nc', True, 1, b"a\n", 2),
        (b'"a""\n""b"\n"c\n', True, 1, b'"a""\n""b"\n', 10),
        (b"\n\n", True, 2, b"\n", 2),
    ],
)
@pytest.mark.parametrize("block", [1, 2, 1024])
def test_whole_rows(
    data: bytes,
    is_quoted: bool,
    rows: int,
    last: bytes,
    end: int,
    block: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where a block ends in the middle of anything."""
    monkeypatch.setattr(resuming, "_BLOCK", block)
    found = whole_rows(io.BytesIO(data), is_quoted)
    assert found == WholeRows(rows, data[:block], last, end)


@given(st.lists(st.text('ab"\n'), min_size=1), st.integers(0, 99))
def test_a_torn_row_is_none(cells: list[str], cut: int) -> None:
    rows = ['"{}"\r\n'.format(cell.replace('"', '""')).encode() for cell in cells]
    whole = b"".join(rows)
    torn = rows[-1][: cut % len(rows[-1])]
    found = whole_rows(io.BytesIO(whole + torn), True)
    assert (found.rows, found.last, found.end) == (len(rows), rows[-1], len(whole))


def test_what_is_left_of_a_list() -> None:
    rows = [Row(n, "", "broken row" if n in (1, 3) else "", ()) for n in range(6)]
    found = Predicted(np.arange(8, dtype=np.float32).reshape(4, 2), [0, 1, 3], [2])
    left, rest = left_of(rows, found, 4)  # texts 0 and 1 of 4, and two broken rows
    assert left == rows[4:]
    assert rest.probabilities.tolist() == [[4, 5], [6, 7]]
    assert rest[1:] == ([1], [0])
    every, none = left_of(rows, found, 6)
    assert (every, none.probabilities.shape, none[1:]) == ([], (0, 2), ([], []))
