"""How much each training text counts."""

import numpy as np
import pytest

from kosent.training.class_weights import row_weights


def test_balanced_weights_give_each_class_the_same_share() -> None:
    labels = np.array([0, 0, 0, 1, 2, 2], np.int32)
    weights = row_weights(labels, "balanced")
    assert weights is not None
    assert weights.dtype == np.float32
    shares = [weights[labels == number].sum() for number in range(3)]
    assert shares == pytest.approx([2, 2, 2])


def test_weights_of_single_classes() -> None:
    weights = row_weights(np.array([0, 1, 1], np.int32), {0: 2.0, 1: 0.5})
    assert weights is not None
    assert weights.tolist() == [2, 0.5, 0.5]


def test_no_weights() -> None:
    assert row_weights(np.array([0, 1], np.int32), None) is None
