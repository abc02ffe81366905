"""What happens at the beginning or end of steps and epochs besides Keras' own callbacks."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from kosent.support.progress import Listener
from kosent.training import checkpoints
from kosent.training.checkpoints import Checkpoint
from kosent.training.history import Record, write_history
from kosent.training.tables import DeferredRows

CHECKPOINTS = "checkpoints"  # folder below the run folder

# What Keras' callbacks remember between epochs; the classes offer no way to ask for it.
_COUNTERS = ("wait", "best", "best_epoch", "stopped_epoch", "cooldown_counter")


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


class Progress(keras.callbacks.Callback):
    """Tells the listener about batches and epochs, and keeps the record of each epoch."""

    def __init__(self, listener: Listener, epochs: int, batches: int) -> None:
        super().__init__()
        self.listener = listener
        self.epochs = epochs
        self.batches = batches
        self.history: list[Record] = []
        self._start = 0.0

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Start the clock."""
        self._start = time.perf_counter()
        self.listener.stage(f"epoch {epoch + 1}/{self.epochs}", self.batches)

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Count a batch."""
        self.listener.advance(1)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Record the figures of the epoch."""
        record: Record = {"epoch": epoch + 1}
        record |= {name: float(value) for name, value in (logs or {}).items()}
        record["seconds"] = round(time.perf_counter() - self._start, 3)
        self.history.append(record)
        self.listener.epoch(record)


class CatchUp(keras.callbacks.Callback):
    """Brings all rows of the embedding tables up to date when an epoch's batches are done.

    It must be the first callback: the others read the weights and change the learning rate.
    """

    def __init__(self, tables: list[DeferredRows]) -> None:
        super().__init__()
        self.tables = tables

    def on_test_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Catch up before the validation split is scored."""
        for table in self.tables:
            table.catch_up_all()


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


class Checkpoints(keras.callbacks.Callback):
    """Writes a checkpoint after each epoch, and brings one back when training begins.

    It must be the last callback: Keras' callbacks reset themselves in ``on_train_begin``, and
    have counted the epoch only after their own ``on_epoch_end``.
    """

    def __init__(
        self,
        folder: Path,
        resumed: Checkpoint | None,
        stopping: keras.callbacks.EarlyStopping,
        rate: keras.callbacks.ReduceLROnPlateau | RateOfStep,
        progress: Progress,
    ) -> None:
        super().__init__()
        self.folder = folder
        self.resumed = resumed
        self.stopping = stopping
        self.counted = {"stopping": stopping, "reduction": rate}
        self.progress = progress

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Restore model, optimiser and callbacks from the checkpoint, if there is one."""
        if self.resumed is None:
            return
        checkpoints.assign(self._state(), self.resumed.model)
        checkpoints.assign(self._optimizer(), self.resumed.optimizer)
        for name, callback in self.counted.items():
            for counter, value in self.resumed.callbacks[name].items():
                setattr(callback, counter, value)
        self.stopping.best_weights = [self.resumed.best[w.path] for w in self.model.weights]
        self.progress.history = list(self.resumed.history)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Write the checkpoint and the history."""
        best = self.stopping.best_weights or self.model.get_weights()
        paths = [weight.path for weight in self.model.weights]
        checkpoints.save(
            self.folder / CHECKPOINTS,
            Checkpoint(
                epoch=epoch + 1,
                model=checkpoints.arrays(self._state()),
                optimizer=checkpoints.arrays(self._optimizer()),
                best=dict(zip(paths, best, strict=True)),
                callbacks={name: _counters(callback) for name, callback in self.counted.items()},
                history=self.progress.history,
            ),
        )
        write_history(self.folder, self.progress.history)

    def _state(self) -> dict[str, Any]:
        """Return weights and random generators: all variables but those of the metrics.

        Keras numbers random generators through the whole process, so that their paths depend on
        what was built before; only their order is the network's own.
        """
        others = {id(v) for v in [*self.model.weights, *self.model.metrics_variables]}
        generators = [v for v in self.model.variables if id(v) not in others]
        weights = checkpoints.by_path(self.model.weights)
        return weights | {f"random/{i:04d}": v for i, v in enumerate(generators)}

    def _optimizer(self) -> dict[str, Any]:
        return {f"{i:04d}": v for i, v in enumerate(self.model.optimizer.variables)}


def _counters(callback: keras.callbacks.Callback) -> dict[str, float]:
    return {name: float(getattr(callback, name)) for name in _COUNTERS if hasattr(callback, name)}
