"""The loss of learning without forgetting."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import expit, logit

from kosent.training.remembering import TEMPERATURE, Memory

RANDOM = np.random.default_rng(0)
ROWS, CLASSES, OLD = 6, 4, [3, 1]


def among_labels() -> tuple[np.ndarray, ...]:
    """Return probabilities, targets, what was known, softened too, and the losses of both."""
    probabilities, old = (
        RANDOM.dirichlet(np.ones(size), ROWS).astype(np.float32) for size in (CLASSES, len(OLD))
    )
    targets = np.eye(CLASSES, dtype=np.float32)[RANDOM.integers(0, CLASSES, ROWS)]
    soft, now = (each ** (1 / TEMPERATURE) for each in (old, probabilities[:, OLD]))
    soft, now = (each / each.sum(axis=1, keepdims=True) for each in (soft, now))
    own, kept = -(targets * np.log(probabilities)).sum(axis=1), -(soft * np.log(now)).sum(axis=1)
    return probabilities, targets, old, soft, own, kept


def of_each_label() -> tuple[np.ndarray, ...]:
    """Return the same where a text may have several labels."""
    probabilities, old = (
        RANDOM.uniform(0.01, 0.99, (ROWS, size)).astype(np.float32) for size in (CLASSES, len(OLD))
    )
    targets = (RANDOM.random((ROWS, CLASSES)) < 0.4).astype(np.float32)
    soft, now = (expit(logit(each) / TEMPERATURE) for each in (old, probabilities[:, OLD]))
    own, kept = (
        -(truth * np.log(each) + (1 - truth) * np.log(1 - each)).sum(axis=1) / CLASSES
        for truth, each in ((targets, probabilities), (soft, now))
    )
    return probabilities, targets, old, soft, own, kept


@pytest.mark.parametrize("kind", [among_labels, of_each_label])
def test_the_loss_is_the_labels_and_what_was_known(
    kind: Callable[[], tuple[np.ndarray, ...]],
) -> None:
    import keras

    from kosent.training.binary_loss import BinaryLoss
    from kosent.training.remembering import Remembering

    several = kind is of_each_label
    probabilities, targets, old, soft, own, kept = kind()
    weights = RANDOM.uniform(0.5, 2, ROWS).astype(np.float32)
    memory = Memory(old, OLD, 0.7, multilabel=several)
    inputs = keras.Input((CLASSES,))
    network = keras.Model(inputs, keras.layers.Softmax()(inputs))
    model = Remembering(network, 0.0, memory, BinaryLoss() if several else None)
    y = memory.beside(targets)
    assert y.shape == (ROWS, CLASSES + len(OLD))
    np.testing.assert_allclose(y[:, CLASSES:], soft, rtol=1e-5)
    for weight in (None, weights):
        each = np.ones(ROWS) if weight is None else weight
        expected = (each * own).mean() + 0.7 * TEMPERATURE**2 * (each * kept).mean()
        found = model.compute_loss(None, y, probabilities, weight, training=True)
        assert float(found) == pytest.approx(expected, rel=1e-4)


def test_where_nothing_has_changed_the_gradient_is_that_of_the_labels_alone() -> None:
    """Among the old labels the network says what it said: their loss is at its least."""
    old = np.array([[0.2, 0.8]], np.float32)
    soft = Memory(old, [0, 1], 1.0).beside(np.zeros((1, 3), np.float32))[:, 3:]
    shares = np.linspace(0.05, 0.95, 19)
    softened = np.stack([shares, 1 - shares], axis=1) ** (1 / TEMPERATURE)
    softened /= softened.sum(axis=1, keepdims=True)
    losses = -(soft * np.log(softened)).sum(axis=1)
    assert shares[losses.argmin()] == pytest.approx(0.2)
