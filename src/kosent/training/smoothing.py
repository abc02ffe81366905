"""Label smoothing (Szegedy et al. 2016) in training alone."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


class Smoothed(keras.Model):
    """A network with its own weights that learns from labels, or targets, that are less sure.

    In training the true one of ``C`` classes has the target ``1 - x + x / C`` and each other one
    ``x / C``; targets are mixed with ``1 / C`` alike. The loss of the validation split stays the
    plain cross-entropy, so that runs with and without smoothing compare.

    Args:
        network: The network; layers and weights are shared with it.
        smoothing: ``x``, over 0 and under 1.
        loss: What learns targets; by default the cross-entropy, smoothed so.
    """

    def __init__(
        self, network: keras.Model, smoothing: float, loss: keras.losses.Loss | None = None
    ) -> None:
        super().__init__(network.input, network.output)
        self._smoothed = loss or keras.losses.CategoricalCrossentropy(label_smoothing=smoothing)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return the loss of probabilities ``y_pred`` ``(B, C)``.

        ``y`` are class numbers ``(B,)`` or targets ``(B, C)``; other arguments are Keras' own.
        """
        if not training:
            return super().compute_loss(x, y, y_pred, sample_weight, training)
        classes = y_pred.shape[-1]
        soft = len(y.shape) == 2 and y.shape[-1] == classes
        targets = y if soft else ops.one_hot(ops.reshape(y, (-1,)), classes)  # (B, C)
        return self._smoothed(targets, y_pred, sample_weight=sample_weight)
