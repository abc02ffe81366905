"""Blocks of rows that follow each other, held out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.errors import DataError
from kosent.training.label_splits import hold_out_sets
from kosent.training.split_blocks import choose_blocks
from kosent.training.splits import hold_out


def siblings_apart(held: np.ndarray, rows: int, family: int) -> float:
    """Return the share of held-out rows of which a row of the same family is learned."""
    learned = np.setdiff1d(np.arange(rows), held)
    return float(np.isin(held // family, learned // family).mean())


def test_families_of_ten_mostly_stay_whole() -> None:
    numbers = np.repeat([0, 1, 2], 4000).astype(np.int32)
    blocks, rows = (hold_out(numbers, 0.1, 0, which)[1] for which in ("blocks", "random"))
    assert siblings_apart(rows, len(numbers), 10) > 0.99
    assert siblings_apart(blocks, len(numbers), 10) < 0.01


@given(
    st.lists(st.integers(0, 3), min_size=4, max_size=300),
    st.floats(0.05, 0.5),
    st.integers(0, 9),
)
def test_each_class_gives_about_its_share(numbers: list[int], fraction: float, seed: int) -> None:
    found = choose_blocks(np.array(numbers, np.int32), fraction, seed)
    assert found.tolist() == sorted(set(found.tolist()))
    for number in set(numbers):
        rows = numbers.count(number)
        held = sum(numbers[row] == number for row in found)
        assert held >= 1
        # A block may be longer than what is wanted of a small class, or the last take the rest.
        assert abs(held - rows * fraction) <= 2 * max(1, rows * fraction / 4)


def test_the_rows_of_a_class_count_wherever_they_stand() -> None:
    mixed = np.tile([0, 1], 400).astype(np.int32)
    held = choose_blocks(mixed, 0.1, 3)
    own = held[mixed[held] == 0] // 2  # places within the class
    assert (np.diff(own) == 1).sum() >= len(own) - 4


def test_the_seed_decides() -> None:
    numbers = np.zeros(1000, np.int32)
    first, again, other = (choose_blocks(numbers, 0.1, seed).tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other


@pytest.mark.parametrize("copies", [None, [0, 0, 2, 3, 3, 5, 6, 7, 8, 9] * 4])
def test_no_class_is_held_out_as_a_whole(copies: list[int] | None) -> None:
    numbers = np.array(([0] * 9 + [1]) * 4, np.int32)
    if copies is not None:
        copies = [place + 10 * (row // 10) for row, place in enumerate(copies)]
    train, held = hold_out(numbers, 0.4, 0, "blocks", copies)
    assert set(numbers[train].tolist()) == {0, 1}
    assert sorted([*train, *held]) == list(range(40))
    if copies is not None:
        assert not set(np.array(copies)[train]) & set(np.array(copies)[held])


def test_one_class_cannot_be_split() -> None:
    with pytest.raises(DataError, match="too few"):
        hold_out(np.zeros(10, np.int32), 0.2, 0, "blocks")


def test_texts_of_several_labels_too() -> None:
    marks = np.random.default_rng(0).random((2000, 3)) < 0.3
    train, held = hold_out_sets(marks, 0.1, 0, "blocks")
    assert sorted([*train, *held]) == list(range(2000))
    assert siblings_apart(held, 2000, 10) < 0.2
    assert 150 <= len(held) <= 250
