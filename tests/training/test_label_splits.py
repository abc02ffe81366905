from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.corpora.base import Audit, Split
from kosent.errors import DataError, UsageError
from kosent.training.label_splits import held_out_sets, hold_out_sets, split_sets
from kosent.training.splits import Part


def marks(rows: int, seed: int = 0) -> np.ndarray:
    shares = np.array([0.01, 0.05, 0.3, 0.5])
    return np.random.default_rng(seed).random((rows, 4)) < shares


def test_every_label_in_proportion_and_texts_without_one() -> None:
    table = marks(2000)
    train, held = hold_out_sets(table, 0.2, seed=3)
    assert np.array_equal(np.sort(np.concatenate([train, held])), np.arange(2000))
    np.testing.assert_allclose(table[held].sum(0) / table.sum(0), 0.2, atol=0.06)
    without = ~table.any(axis=1)
    assert abs(without[held].sum() / without.sum() - 0.2) < 0.02


def test_the_seed_decides() -> None:
    table = marks(200)
    first, again, other = (hold_out_sets(table, 0.2, seed)[1] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@given(st.integers(30, 80), st.integers(0, 5))
def test_no_label_is_held_out_as_a_whole_and_copies_stay_together(rows: int, seed: int) -> None:
    table = marks(rows, seed)
    table[0, 0] = True  # a label of few texts
    copies = np.random.default_rng(seed).integers(0, rows // 2, rows)
    first = [int(np.flatnonzero(copies == each)[0]) for each in copies]
    train, held = hold_out_sets(table, 0.2, seed, copies=first)
    assert len(held)
    assert not table[held].any(axis=0)[~table[train].any(axis=0)].any()
    assert not {first[row] for row in train} & {first[row] for row in held}


def test_the_last_texts() -> None:
    table = marks(100)
    table[0] = True
    _, held = hold_out_sets(table, 0.1, 0, "last")
    assert held.tolist() == list(range(90, 100))
    table[:, 1] = False
    table[95, 1] = True
    with pytest.raises(DataError, match="labels are missing"):
        hold_out_sets(table, 0.1, 0, "last")


def test_what_is_refused() -> None:
    with pytest.raises(DataError, match="too few texts: 3"):
        hold_out_sets(marks(3), 0.1, 0)
    with pytest.raises(UsageError, match="validation_fraction"):
        hold_out_sets(marks(9), 1.5, 0)
    with pytest.raises(UsageError, match="first"):
        hold_out_sets(marks(9), 0.1, 0, "first")


def test_the_split_can_be_cut_off_again() -> None:
    table = marks(60)
    texts = [f"글 {row // 2}" for row in range(60)]  # each twice
    settings = {"seed": 4, "validation_fraction": 0.2, "validation": "random"}
    part = Part(texts, np.zeros(60, np.int32), table.astype(np.float32))
    train, held = split_sets(settings, part)
    assert not set(train.texts) & set(held.texts)
    assert held.targets is not None
    names = np.array(["가", "나", "다", "라"])
    sets = [tuple(names[row].tolist()) for row in table]
    rows = Split(texts, [""] * 60, Audit(60, 60), None, sets)
    again, labels = held_out_sets(rows, names, settings)
    assert again == held.texts
    assert labels == [names[row > 0].tolist() for row in held.targets]
