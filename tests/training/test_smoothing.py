from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

PROBABILITIES = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.3, 0.4, 0.3]], np.float32)
LABELS = np.array([0, 1, 1], np.int32)
WEIGHTS = np.array([1.0, 0.5, 3.0], np.float32)


def cross_entropy(targets: np.ndarray) -> np.ndarray:
    return -(targets * np.log(PROBABILITIES)).sum(axis=1)


@pytest.fixture(scope="module")
def smoothed(network: Callable[..., Any]) -> Any:
    from kosent.training.smoothing import Smoothed

    model = Smoothed(network(), 0.3)
    model.compile(loss="sparse_categorical_crossentropy")
    model.evaluate(np.array([[2]]), np.array([0]), verbose=0)  # builds Keras' loss
    return model


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["alike", "weighted"])
@pytest.mark.usefixtures("without_tracing")
def test_targets_are_smoothed_too(smoothed: Any, weights: np.ndarray | None) -> None:
    import keras

    targets = np.array([[0.5, 0.5, 0.0], [0.0, 0.2, 0.8], [1.0, 0.0, 0.0]], np.float32)
    given = None if weights is None else keras.ops.convert_to_tensor(weights)
    found = smoothed.compute_loss(None, targets, keras.ops.convert_to_tensor(PROBABILITIES), given)
    expected = cross_entropy(0.7 * targets + 0.1) * (1 if weights is None else weights)
    assert float(found) == pytest.approx(expected.mean(), rel=1e-5)


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["alike", "weighted"])
@pytest.mark.usefixtures("without_tracing")
def test_training_has_smooth_targets_and_validation_plain_ones(
    smoothed: Any, weights: np.ndarray | None
) -> None:
    import keras

    def loss(training: bool) -> float:
        given = None if weights is None else keras.ops.convert_to_tensor(weights)
        labels = keras.ops.convert_to_tensor(LABELS)
        found = keras.ops.convert_to_tensor(PROBABILITIES)
        return float(smoothed.compute_loss(None, labels, found, given, training=training))

    scale = 1 if weights is None else weights
    sure = np.eye(3)[LABELS]
    # 0.3 is dealt to three classes alike
    unsure = np.where(sure, 0.8, 0.1)
    assert loss(training=True) == pytest.approx((cross_entropy(unsure) * scale).mean(), rel=1e-5)
    assert loss(training=False) == pytest.approx((cross_entropy(sure) * scale).mean(), rel=1e-5)


def test_it_is_the_network_itself(smoothed: Any, network: Callable[..., Any]) -> None:
    from kosent.training.smoothing import Smoothed

    plain = network()
    wrapped = Smoothed(plain, 0.1)
    assert [id(weight) for weight in wrapped.weights] == [id(weight) for weight in plain.weights]
    assert [w.path for w in smoothed.weights] == [w.path for w in plain.weights]
