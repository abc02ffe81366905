"""When training ends: at a plateau of validation, or where a loss is lost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from kosent.errors import UsageError
from kosent.language import Message
from kosent.support.progress import Listener
from kosent.training import checkpoints
from kosent.training.settings import TrainingSettings


class DivergedError(Exception):
    """A figure is infinite or NaN: raised out of ``model.fit``, and caught where that is called.

    Args:
        epoch: Number of the epoch, from 1.
        name: What it is of.
        value: The figure.
    """

    def __init__(self, epoch: int, name: str, value: float) -> None:
        super().__init__(f"{name} became {value} in epoch {epoch}")
        self.korean = f"{epoch}번째 에포크에서 {name} 값이 {value}이(가) 되었습니다"


class Guard(keras.callbacks.Callback):
    """Ends training at a loss that is infinite or NaN.

    It must stand before Keras' callbacks, which would take such weights for the best: the
    validation accuracy of a network that is all NaN is the share of the first class.
    """

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Leave out the other batches of an epoch that is lost."""
        if not math.isfinite(float((logs or {})["loss"])):
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Leave ``model.fit`` before the epoch counts for anything.

        Raises:
            DivergedError: If a figure or a weight is infinite or NaN.
        """
        for name, value in (logs or {}).items():
            if not math.isfinite(value):
                raise DivergedError(epoch + 1, name, value)
        # The loss knows nothing of a word whose row went wrong when it was last read.
        if not all(np.isfinite(weight).all() for weight in self.model.get_weights()):
            raise DivergedError(epoch + 1, "weights", math.nan)


def keep_the_best(
    model: keras.Model,
    best: list[npt.NDArray[Any]] | None,
    end: DivergedError,
    listener: Listener,
) -> None:
    """Go back to the weights of the best epoch, all of which are finite.

    Args:
        model: The network, whose weights are lost.
        best: Its best weights; ``None`` where no epoch has ended.
        end: What ended training.
        listener: Receives the notice.

    Raises:
        UsageError: If there is none.
    """
    if best is None:
        raise UsageError(
            f"{end.korean}. learning_rate를 낮추세요", f"{end}; lower the learning_rate"
        ) from end
    model.set_weights(best)
    listener.notice(
        Message(
            f"{end.korean}. 학습을 멈추고 그 앞의 가장 좋은 가중치를 남깁니다. "
            "learning_rate를 낮추세요",
            f"{end}: training stops with the best weights before it; lower the learning_rate",
        )
    )


def early_stopping(settings: TrainingSettings) -> Any:
    """Return the callback that ends training after ``patience`` epochs without a better figure."""
    return keras.callbacks.EarlyStopping(
        monitor=f"val_{settings.monitor}",
        mode="max" if settings.monitor == "accuracy" else "min",
        patience=settings.patience,
        restore_best_weights=True,
    )


def has_ended(resumed: checkpoints.Checkpoint, settings: TrainingSettings) -> bool:
    """Tell whether training had ended when the run was killed."""
    waited = resumed.callbacks["stopping"]["wait"] >= settings.patience
    return resumed.epoch >= settings.epochs or waited
