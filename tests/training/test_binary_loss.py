from __future__ import annotations

import numpy as np
import pytest

from kosent.training.binary import LabelWeights

pytestmark = pytest.mark.slow
TRUTH = np.array([[1, 0], [0, 0]], np.float32)
GIVEN = np.array([[0.8, 0.1], [0.4, 0.3]], np.float32)


def test_the_loss_is_the_weighted_and_smoothed_cross_entropy() -> None:
    from kosent.training.binary_loss import BinaryLoss

    def expected(truth: np.ndarray, weights: np.ndarray) -> np.ndarray:
        losses = -(truth * np.log(GIVEN) + (1 - truth) * np.log(1 - GIVEN))
        return (losses * weights).mean(axis=1)

    plain = np.asarray(BinaryLoss().call(TRUTH, GIVEN))
    np.testing.assert_allclose(plain, expected(TRUTH, np.ones((2, 2))), rtol=1e-5)
    smoothed = np.asarray(BinaryLoss(smoothing=0.2).call(TRUTH, GIVEN))
    soft = TRUTH * 0.8 + 0.1
    np.testing.assert_allclose(smoothed, expected(soft, np.ones((2, 2))), rtol=1e-5)
    weights = LabelWeights(np.array([3.0, 1.0]), np.array([1.0, 0.5]))
    weighted = np.asarray(BinaryLoss(weights).call(TRUTH, GIVEN))
    np.testing.assert_allclose(weighted, expected(TRUTH, weights.of(TRUTH)), rtol=1e-5)
