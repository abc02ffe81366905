"""The loss of several labels a text in Keras: a yes or no of each, with weights and smoothing."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from kosent.training.binary import LabelWeights


class BinaryLoss(keras.losses.Loss):
    """The binary cross-entropy, a mean over the labels of a text.

    Args:
        weights: What a text counts for each label; the same for all where ``None``.
        smoothing: ``x`` of the targets ``1 - x / 2`` and ``x / 2``, from 0 to under 1.
    """

    def __init__(self, weights: LabelWeights | None = None, smoothing: float = 0.0) -> None:
        super().__init__(name="binary_loss")
        self._weights = weights
        self._smoothing = smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of probabilities ``y_pred`` ``(B, labels)``: ``(B,)``."""
        truth = ops.cast(y_true, y_pred.dtype)
        soft = truth * (1 - self._smoothing) + self._smoothing / 2
        losses = ops.binary_crossentropy(soft, y_pred)  # (B, labels)
        if self._weights is not None:
            having, lacking = (ops.cast(each, y_pred.dtype) for each in self._weights)
            losses = losses * ops.where(truth > 0.5, having, lacking)
        return ops.mean(losses, axis=-1)
