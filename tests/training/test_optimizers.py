from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from kosent.training.settings import OPTIMIZERS

ROWS, SIZE = 6, 3
RATE = 0.05


@dataclass
class Reference:
    """Adam in NumPy, float64.

    With ``sparse`` a row moves only when it is in the batch, and its first moment is left out.
    """

    table: np.ndarray
    sparse: bool = False
    steps: int = 0
    m: np.ndarray = field(init=False)
    v: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.table = self.table.astype(np.float64)
        self.m, self.v = np.zeros_like(self.table), np.zeros_like(self.table)

    def step(self, indices: list[int], values: np.ndarray) -> None:
        gradient = np.zeros_like(self.table)
        np.add.at(gradient, indices, values)
        moved = sorted(set(indices)) if self.sparse else list(range(ROWS))
        self.steps += 1
        if not self.sparse:
            self.m[moved] += (gradient[moved] - self.m[moved]) * (1 - 0.9)
        self.v[moved] += (gradient[moved] ** 2 - self.v[moved]) * (1 - 0.999)
        rate = RATE * np.sqrt(1 - 0.999**self.steps)
        first = gradient if self.sparse else self.m / (1 - 0.9**self.steps)
        self.table[moved] -= rate * first[moved] / (np.sqrt(self.v[moved]) + 1e-7)


class Table:
    """A variable and the optimiser that moves it by sparse gradients."""

    def __init__(self, name: str, start: np.ndarray) -> None:
        import keras

        from kosent.training.optimizers import make_optimizer

        self.variable = keras.Variable(start)
        self.optimizer = make_optimizer(name, RATE)
        self.optimizer.build([self.variable])

    def step(self, indices: list[int], values: np.ndarray) -> None:
        import tensorflow as tf

        slices = tf.IndexedSlices(
            tf.constant(values, tf.float32), tf.constant(indices, tf.int32), (ROWS, SIZE)
        )
        self.optimizer.apply([slices], [self.variable])

    def arrays(self) -> list[np.ndarray]:
        """Return value, first and second moment."""
        moments = [v for v in self.optimizer.variables if tuple(v.shape) == (ROWS, SIZE)]
        return [to_numpy(v) for v in (self.variable, *moments)]


def to_numpy(variable: Any) -> np.ndarray:
    return np.array(variable.numpy())


@pytest.fixture
def start() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(ROWS, SIZE)).astype(np.float32)


def steps(batches: list[list[int]]) -> Iterator[tuple[list[int], np.ndarray]]:
    rng = np.random.default_rng(1)
    for indices in batches:
        yield indices, rng.normal(size=(len(indices), SIZE))


EVERY_ROW = [[3, 0, 5, 1, 4, 2], [0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0]]
REPEATED = [[2, 2, 2, 0, 5, 1, 3, 4], [0, 0, 1, 2, 3, 4, 5, 5], [1, 2, 3, 4, 5, 0, 1, 1]]
SOME_ROWS = [[2, 4], [4], [5, 2, 5, 5, 2], [1, 3], [2, 4, 3, 2]]  # never row 0


@pytest.mark.parametrize("sparse", [False, True], ids=["adam", "sparse_adam"])
@pytest.mark.parametrize("batches", [EVERY_ROW, REPEATED], ids=["once", "repeated"])
def test_the_parts_of_a_repeated_row_are_summed_before_they_are_squared(
    sparse: bool, batches: list[list[int]], start: np.ndarray
) -> None:
    table = Table("sparse_adam" if sparse else "adam", start)
    expected = Reference(start, sparse=sparse)
    for indices, values in steps(batches):
        table.step(indices, values)
        expected.step(indices, values)
    for found, wanted in zip(table.arrays(), (expected.table, expected.m, expected.v), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=1e-6)


def test_adam_moves_rows_that_are_not_in_the_batch(start: np.ndarray) -> None:
    table, expected = Table("adam", start), Reference(start)
    for indices, values in steps(SOME_ROWS):
        table.step(indices, values)
        expected.step(indices, values)
    np.testing.assert_allclose(table.arrays()[0], expected.table, rtol=2e-5, atol=1e-6)


def test_sparse_adam_moves_only_rows_of_the_batch(start: np.ndarray) -> None:
    table, expected = Table("sparse_adam", start), Reference(start, sparse=True)
    for indices, values in steps(SOME_ROWS):
        before = table.arrays()
        table.step(indices, values)
        expected.step(indices, values)
        others = sorted(set(range(ROWS)) - set(indices))
        for old, new, moves in zip(before, table.arrays(), (True, False, True), strict=True):
            assert np.array_equal(old[others], new[others])
            assert np.array_equal(old[indices], new[indices]) is not moves
    np.testing.assert_allclose(table.arrays()[0], expected.table, rtol=2e-5, atol=1e-6)
    assert np.array_equal(table.arrays()[0][0], start[0])


def test_adam_is_keras_adam_on_dense_gradients(start: np.ndarray) -> None:
    import keras

    ours = Table("adam", start)
    variable = keras.Variable(start)
    theirs = keras.optimizers.Adam(RATE)
    for _, values in steps([[0] * ROWS] * 4):
        gradient = keras.ops.convert_to_tensor(values.astype(np.float32))
        ours.optimizer.apply([gradient], [ours.variable])
        theirs.apply([gradient], [variable])
    np.testing.assert_allclose(to_numpy(ours.variable), to_numpy(variable), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_name_gives_an_optimizer_that_follows_its_learning_rate(
    name: str, start: np.ndarray
) -> None:
    table = Table(name, start)
    assert float(table.optimizer.learning_rate) == pytest.approx(RATE)
    table.step([0, 1], np.ones((2, SIZE)))
    assert (to_numpy(table.variable)[:2] < start[:2]).all()  # downhill
    table.optimizer.learning_rate = 0.0
    before = to_numpy(table.variable)
    table.step([0, 1], np.ones((2, SIZE)))
    assert np.array_equal(to_numpy(table.variable), before)
