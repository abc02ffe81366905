"""The hash table of pairs."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kosent.text.tokenizers.sentencepiece.steps import NOWHERE, Steps

PAIRS = st.tuples(st.integers(0, 300), st.integers(0, 0x10FFFF) | st.integers(0, 50))


@given(known=st.dictionaries(PAIRS, st.integers(0, 10**6)), asked=st.lists(PAIRS))
def test_it_finds_what_a_dictionary_finds(
    known: dict[tuple[int, int], int], asked: list[tuple[int, int]]
) -> None:
    firsts, seconds = np.array([*known], np.int64).reshape(-1, 2).T
    steps = Steps(firsts, seconds, np.array([*known.values()], np.int64))
    both = [*known, *asked]
    firsts, seconds = np.array(both, np.int64).reshape(-1, 2).T
    assert steps(firsts, seconds).tolist() == [known.get(pair, NOWHERE) for pair in both]


def test_a_full_one() -> None:
    firsts, seconds = (grid.ravel() for grid in np.mgrid[0:300, 0:300])
    results = np.random.default_rng(1).permutation(len(firsts))
    steps = Steps(firsts, seconds, results)
    assert np.array_equal(steps(firsts, seconds), results)
    assert (steps(firsts, seconds + 300) == NOWHERE).all()
