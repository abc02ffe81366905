from __future__ import annotations

from typing import Any

import numpy as np
import pytest

ROWS, SIZE, RATE = 40, 8, 0.01


class Reference:
    """Adam in NumPy, float64, every row at every step."""

    def __init__(self, table: np.ndarray) -> None:
        self.table = table.astype(np.float64)
        self.m, self.v = np.zeros_like(self.table), np.zeros_like(self.table)
        self.steps = 0

    def step(self, ids: np.ndarray, values: np.ndarray, rate: float = RATE) -> None:
        gradient = np.zeros_like(self.table)
        np.add.at(gradient, ids, values)
        self.steps += 1
        self.m = 0.9 * self.m + 0.1 * gradient
        self.v = 0.999 * self.v + 0.001 * gradient**2
        rate *= np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
        self.table -= rate * self.m / (np.sqrt(self.v) + 1e-7)


class Deferred:
    """A table whose rows wait."""

    def __init__(self, table: np.ndarray, rates: np.ndarray | None = None) -> None:
        import keras

        from kosent.training.optimizers import Adam

        self.table = keras.Variable(table)
        self.adam = Adam(RATE)
        self.adam.build([self.table])
        self.rows = self.adam.defer(self.table, rates)

    def read(self, ids: np.ndarray) -> np.ndarray:
        self.rows.catch_up(ids.astype(np.int32))
        return np.asarray(self.table.numpy())[ids]

    def step(self, ids: np.ndarray, values: np.ndarray) -> None:
        import tensorflow as tf

        gradient = tf.IndexedSlices(tf.constant(values), tf.constant(ids, tf.int32), (ROWS, SIZE))
        self.adam.apply([gradient], [self.table])


@pytest.mark.parametrize("scale", [1.0, 1e-6, 1e-8], ids=["large", "small", "about epsilon"])
def test_rows_are_adams_when_they_are_read(scale: float) -> None:
    rng = np.random.default_rng(0)
    start = rng.normal(size=(ROWS, SIZE)).astype(np.float32)
    ours, expected = Deferred(start), Reference(start)
    longest = 0
    waited = np.zeros(ROWS, int)
    for _ in range(250):
        ids = np.minimum(rng.zipf(1.3, rng.integers(1, 6)) - 1, ROWS - 1)  # repeated, too
        values = (rng.normal(size=(len(ids), SIZE)) * scale).astype(np.float32)
        np.testing.assert_allclose(ours.read(ids), expected.table[ids], atol=3e-6)
        ours.step(ids, values)
        expected.step(ids, values)
        longest = max(longest, *waited[ids])
        waited += 1
        waited[ids] = 0
    assert longest > 100  # some rows were gone for long
    assert np.abs(np.asarray(ours.table.numpy()) - expected.table).max() > 1e-4  # others wait
    ours.rows.catch_up_all()
    np.testing.assert_allclose(np.asarray(ours.table.numpy()), expected.table, atol=3e-6)


def worst_difference(rates: np.ndarray, known: bool = True) -> float:
    """Train with a rate of its own for each step.

    Args:
        rates: Learning rate of each step.
        known: Tell them to the rows that wait.

    Returns:
        How far a row was from where it should be, as a share of how far any had gone.
    """
    rng = np.random.default_rng(1)
    start = np.zeros((ROWS, SIZE), np.float32)
    ours, expected = Deferred(start, rates if known else None), Reference(start)
    worst = 0.0
    for rate in rates:
        ids = np.minimum(rng.zipf(1.3, 3) - 1, ROWS - 1)
        values = rng.normal(size=(len(ids), SIZE)).astype(np.float32)
        worst = max(worst, np.abs(ours.read(ids) - expected.table[ids]).max())
        ours.adam.learning_rate = float(rate)
        ours.step(ids, values)
        expected.step(ids, values, float(rate))
    ours.rows.catch_up_all()
    worst = max(worst, np.abs(np.asarray(ours.table.numpy()) - expected.table).max())
    return float(worst / np.abs(expected.table).max())


@pytest.mark.parametrize("highest", [RATE, 1e-13], ids=["usual", "tiny"])
def test_rows_are_adams_when_the_rate_changes_at_every_step(highest: float) -> None:
    from kosent.training.rates import linear_rates

    assert worst_difference(linear_rates(highest, 150)) < 1e-5


def test_a_rate_that_goes_up_and_down_is_followed_only_where_it_is_known() -> None:
    rates = np.random.default_rng(2).uniform(1e-5, RATE, 120)
    assert worst_difference(rates) < 1e-5
    assert worst_difference(rates, known=False) > 0.01


def test_catching_up_twice_changes_nothing_more() -> None:
    ours = Deferred(np.ones((ROWS, SIZE), np.float32))
    for row in range(5):
        ours.step(np.array([row]), np.ones((1, SIZE), np.float32))
    ours.rows.catch_up_all()
    once = np.asarray(ours.table.numpy())
    ours.rows.catch_up_all()
    assert np.array_equal(once, np.asarray(ours.table.numpy()))


def fitted(
    folder: Any, epochs: int, resume: bool = False, defer: bool = True, **options: Any
) -> Any:
    from kosent.architectures import lstm
    from kosent.text.encoding.encoder import TextEncoder
    from kosent.training import fit as training
    from kosent.training.settings import TrainingSettings

    encoder = TextEncoder("whitespace", vocabulary_size=50)
    texts = [f"가{n % 7} 나{n % 5} 다{n % 11}" for n in range(120)]
    labels = np.array([n % 2 for n in range(120)], np.int32)
    examples = training.Examples(encoder.fit_encode(texts), labels)
    with training.seeded(0), pytest.MonkeyPatch.context() as patch:
        if not defer:
            patch.setattr(training, "pays", lambda: False)
        model = lstm(len(encoder.vocabulary), 2, embedding_size=6, units=4)
        settings = TrainingSettings(epochs=epochs, batch_size=16, patience=9, seed=0, **options)
        training.fit(model, examples, examples, settings, folder=folder, resume=resume)
    return model


@pytest.mark.parametrize("schedule", ["plateau", "linear"])
def test_training_gives_the_weights_that_it_gives_without_waiting(
    schedule: str, request: pytest.FixtureRequest
) -> None:
    if schedule == "linear":
        request.getfixturevalue("without_tracing")
    options = {"schedule": schedule, "learning_rate": 0.01}
    waiting, dense = fitted(None, 3, **options), fitted(None, 3, defer=False, **options)
    for ours, theirs in zip(waiting.get_weights(), dense.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


@pytest.mark.usefixtures("without_tracing")
def test_a_resumed_run_is_the_uninterrupted_one(tmp_path: Any) -> None:
    whole = fitted(tmp_path / "whole", 3)
    fitted(tmp_path / "parts", 2)
    resumed = fitted(tmp_path / "parts", 3, resume=True)
    for ours, theirs in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
