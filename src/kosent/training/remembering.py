"""Learning without forgetting (Li and Hoiem 2016): new texts, and what was known before.

The texts that taught the old labels are gone. What the old model says of the new texts stands in
for them: among the old labels, the network is to go on giving them the same probabilities; where a
text may have several labels, each of them the same one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from kosent.metrics.scores import logits, sigmoid
from kosent.training.smoothing import Smoothed

# As in the paper: what is second and third to the old model counts more than by its probabilities.
TEMPERATURE = 2.0


@dataclass(frozen=True, slots=True)
class Memory:
    """What an old model says of the training texts.

    Attributes:
        probabilities: float32 ``(n, old)``.
        columns: The number of each old label among the network's classes ``(old,)``.
        weight: What keeping to it counts beside the labels; over 0.
        multilabel: Whether each probability is a yes or no of its own.
    """

    probabilities: npt.NDArray[np.float32]
    columns: Sequence[int]
    weight: float
    multilabel: bool = False

    def beside(self, targets: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return what is learned ``(n, classes)`` with what is remembered after it."""
        if self.multilabel:
            softer = sigmoid(logits(self.probabilities) / TEMPERATURE).astype(np.float32)
        else:
            softer = self.probabilities ** (1 / TEMPERATURE)
            softer /= softer.sum(axis=1, keepdims=True)
        return np.concatenate([targets, softer], axis=1)


class Remembering(Smoothed):
    """A network with its own weights that learns from targets, and keeps to what it knew.

    Args:
        network: The network; layers and weights are shared with it.
        smoothing: As in ``Smoothed``, 0 for none.
        memory: What it knew.
        loss: As in ``Smoothed``.
    """

    def __init__(
        self,
        network: keras.Model,
        smoothing: float,
        memory: Memory,
        loss: keras.losses.Loss | None = None,
    ) -> None:
        super().__init__(network, smoothing, loss)
        self._columns = list(memory.columns)
        self._weight = memory.weight
        self._kept = _of_each_label if memory.multilabel else _among_labels

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return the loss of probabilities ``y_pred`` ``(B, C)``.

        ``y`` are targets ``(B, C)``, in training with the old model's probabilities after them.
        """
        if not training:
            return super().compute_loss(x, y, y_pred, sample_weight, training)
        classes = y_pred.shape[-1]
        labels, old = y[:, :classes], y[:, classes:]  # (B, C), (B, old)
        loss = super().compute_loss(x, labels, y_pred, sample_weight, training)
        now = ops.take(y_pred, self._columns, axis=1)  # (B, old)
        losses = self._kept(old, now, classes)  # (B,)
        if sample_weight is not None:
            losses = losses * ops.reshape(ops.cast(sample_weight, losses.dtype), (-1,))
        kept = ops.mean(losses)
        # Gradients of softened scores are smaller by the square of it (Hinton et al. 2015).
        return loss + self._weight * TEMPERATURE**2 * kept

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the figures, which are of the targets alone."""
        return super().compute_metrics(x, y[:, : y_pred.shape[-1]], y_pred, sample_weight)


def _among_labels(old: Any, now: Any, classes: int) -> Any:
    """Return the cross-entropy of softened probabilities ``(B, old)``: ``(B,)``."""
    del classes
    scores = ops.log(now + keras.config.epsilon())
    return -ops.sum(old * ops.log_softmax(scores / TEMPERATURE, axis=1), axis=1)


def _of_each_label(old: Any, now: Any, classes: int) -> Any:
    """Return the binary cross-entropies of softened probabilities, a part of the labels' mean.

    ``BinaryLoss`` is a mean over all labels: a label is kept to by ``weight`` times what its marks
    count, however many are new.
    """
    tiny = keras.config.epsilon()
    scores = ops.log(now + tiny) - ops.log(1 - now + tiny)
    losses = ops.binary_crossentropy(old, scores / TEMPERATURE, from_logits=True)  # (B, old)
    return ops.sum(losses, axis=1) / classes
