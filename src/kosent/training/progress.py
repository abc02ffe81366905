"""What a listener hears while a network is trained."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import keras

from kosent.support.progress import Listener
from kosent.training.history import Record


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
