"""The hash of n-grams, which is part of the bundle format."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kosent.architectures.hashing import M, P, hashed_rows
from kosent.text.encoding.encoded import EncodedTexts

ROWS = st.lists(st.lists(st.integers(1, 2**31 - 2), min_size=1, max_size=9), max_size=6)


def by_hand(rows: list[list[int]], shortest: int, longest: int, buckets: int) -> list[list[int]]:
    found = []
    for text, row in enumerate(rows):
        for size in range(shortest, longest + 1):
            for start in range(len(row) - size + 1):
                value = 1
                for number in row[start : start + size]:
                    value = (value * P + number) % M
                found.append([text, value % buckets])
    return sorted(found)


@given(ROWS, st.integers(1, 4), st.integers(0, 3), st.sampled_from([1, 7, 2**20]))
def test_every_window_of_every_text(
    rows: list[list[int]], shortest: int, more: int, buckets: int
) -> None:
    encoded = EncodedTexts.from_rows(rows)
    found = hashed_rows(encoded.ids, encoded.lengths, shortest, shortest + more, buckets)
    pairs = np.stack(found, axis=1).tolist()
    assert sorted(pairs) == by_hand(rows, shortest, shortest + more, buckets)


def test_the_hash_never_changes() -> None:
    encoded = EncodedTexts.from_rows([[2, 3, 4], [5]])
    texts, rows = hashed_rows(encoded.ids, encoded.lengths, 1, 3, 2**20)
    assert texts.tolist() == [0, 0, 0, 1, 0, 0, 0]
    assert rows.tolist() == [413295, 413296, 413297, 413298, 774696, 139415, 1025283]


def test_it_spreads() -> None:
    """Neighbouring ids do not share rows more often than chance has it."""
    pairs = [[first, second] for first in range(2, 202) for second in range(2, 202)]
    encoded = EncodedTexts.from_rows(pairs)
    _, rows = hashed_rows(encoded.ids, encoded.lengths, 2, 2, 2**16)
    expected = 2**16 * (1 - np.exp(-len(pairs) / 2**16))
    assert len(np.unique(rows)) > 0.98 * expected
