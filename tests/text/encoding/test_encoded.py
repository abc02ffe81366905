"""Rows of ids without padding, against the plain way with lists."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.text.encoding.encoded import EncodedTexts

ROWS = st.lists(st.lists(st.integers(1, 50), max_size=7), max_size=9)


def rows_of(encoded: EncodedTexts) -> list[list[int]]:
    """Give the rows back as lists."""
    bounds = encoded.offsets.tolist()
    return [encoded.ids[start:end].tolist() for start, end in pairwise(bounds)]


@given(ROWS, st.integers(0, 9))
def test_pad(rows: list[list[int]], length: int) -> None:
    padded = EncodedTexts.from_rows(rows).pad(length=length)
    assert padded.dtype == np.int32
    assert padded.shape == (len(rows), length)
    assert padded.tolist() == [row[:length] + [0] * (length - len(row)) for row in rows]


@given(ROWS)
def test_pad_to_the_longest(rows: list[list[int]]) -> None:
    padded = EncodedTexts.from_rows(rows).pad()
    assert padded.shape == (len(rows), max(map(len, rows), default=0))


@given(ROWS, st.lists(st.integers(0, 100)))
def test_rows_in_any_order(rows: list[list[int]], picks: list[int]) -> None:
    numbers = np.array([pick % len(rows) for pick in picks] if rows else [], np.int64)
    chosen = [rows[number] for number in numbers]
    encoded = EncodedTexts.from_rows(rows)
    assert rows_of(encoded.take(numbers)) == chosen
    assert encoded.take(numbers).ids.dtype == np.int32
    longest = max(map(len, chosen), default=0)
    assert encoded.pad(numbers).tolist() == [row + [0] * (longest - len(row)) for row in chosen]


@given(ROWS, st.integers(1, 9))
def test_trimmed_keeps_the_beginning(rows: list[list[int]], length: int) -> None:
    assert rows_of(EncodedTexts.from_rows(rows).trimmed(length)) == [row[:length] for row in rows]


def test_sizes() -> None:
    encoded = EncodedTexts.from_rows([[5, 1], [], [7]])
    assert len(encoded) == 3
    assert encoded.lengths.tolist() == [2, 0, 1]
    assert encoded.ids.dtype == np.int32
    assert encoded.offsets.dtype == np.int64


def test_unknown_share() -> None:
    assert EncodedTexts.from_rows([[1, 4], [5, 6]]).unknown_share() == pytest.approx(0.25)
    assert EncodedTexts.from_rows([]).unknown_share() == 0


@given(ROWS, ROWS)
def test_one_after_the_other(rows: list[list[int]], others: list[list[int]]) -> None:
    joined = EncodedTexts.from_rows(rows).followed_by(EncodedTexts.from_rows(others))
    assert rows_of(joined) == rows + others
    assert (joined.ids.dtype, joined.offsets.dtype) == (np.int32, np.int64)
