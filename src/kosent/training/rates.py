"""How the learning rate falls: at a plateau, or at every step by a rule known beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from kosent.training.settings import TrainingSettings

WARM_UP = 200  # steps at most
_LEAST = 0.01  # of the highest rate: the last steps of a long run still do something


def linear_rates(highest: float, steps: int) -> npt.NDArray[np.float64]:
    """Return a learning rate that rises for a short while and then falls linearly.

    It rises over the first ``WARM_UP`` steps, or the first tenth of all if those are fewer, for
    Adam's second moments know little at first; and it falls all the while by the share of the
    steps that are done, down to a hundredth.

    Args:
        highest: Learning rate that it rises towards.
        steps: Steps of the whole run.

    Returns:
        float64 ``(steps,)``: the rate of each step.
    """
    step = np.arange(steps)
    rise = np.minimum((step + 1) / max(1, min(WARM_UP, steps // 10)), 1)
    return np.asarray(highest * rise * np.maximum(1 - step / steps, _LEAST))


class RateOfStep(keras.callbacks.Callback):
    """Sets the learning rate of each step, by its number alone, so that a resumed run has it too.

    Args:
        rates: Learning rate of each step of the run ``(steps,)``.
        batches: Steps an epoch.
    """

    def __init__(self, rates: npt.NDArray[np.float64], batches: int) -> None:
        super().__init__()
        self.rates = rates
        self.batches = batches
        self._first = 0

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Count the steps before the epoch."""
        self._first = epoch * self.batches

    def on_train_batch_begin(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Set the rate of a step."""
        self.model.optimizer.learning_rate = float(self.rates[self._first + batch])

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Put the rate of the epoch's last step among its figures, as Keras' reduction does."""
        if logs is not None:
            logs["learning_rate"] = float(self.rates[self._first + self.batches - 1])


def plateau_reduction(settings: TrainingSettings) -> Any:
    """Return the callback that lowers the rate at a plateau of the validation loss."""
    return keras.callbacks.ReduceLROnPlateau(
        monitor="val_loss",
        factor=settings.reduce_factor,
        patience=settings.reduce_patience,
        min_delta=0.0,
    )
