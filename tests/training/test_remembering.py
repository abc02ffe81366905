"""The loss of learning without forgetting."""

from __future__ import annotations

import numpy as np
import pytest

from kosent.training.remembering import TEMPERATURE, Memory


def test_the_loss_is_the_labels_and_what_was_known() -> None:
    import keras

    from kosent.training.remembering import Remembering

    rng = np.random.default_rng(0)
    probabilities, old = (rng.dirichlet(np.ones(size), 6).astype(np.float32) for size in (4, 2))
    targets = np.eye(4, dtype=np.float32)[rng.integers(0, 4, 6)]
    weights = rng.uniform(0.5, 2, 6).astype(np.float32)
    memory = Memory(old, [3, 1], 0.7)
    inputs = keras.Input((4,))
    model = Remembering(keras.Model(inputs, keras.layers.Softmax()(inputs)), 0.0, memory)
    y = memory.beside(targets)
    assert y.shape == (6, 6)
    soft = old**0.5 / (old**0.5).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(y[:, 4:], soft, rtol=1e-5)
    now = probabilities[:, [3, 1]] ** (1 / TEMPERATURE)
    now /= now.sum(axis=1, keepdims=True)
    kept = -(soft * np.log(now)).sum(axis=1)
    own = -(targets * np.log(probabilities)).sum(axis=1)
    for weight in (None, weights):
        each = np.ones(6) if weight is None else weight
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
