"""The whole state of a training run at the end of an epoch, on disk and back.

Keras' ``BackupAndRestore`` is not crash-safe and forgets the state of dropout, of early
stopping and of the learning-rate reduction, so that a resumed run is another run. Here all of
it is kept: weights, best weights, optimiser, the states of the random generators inside the
layers, and the counters of the callbacks. With the order of batches derived from (seed, epoch)
a resumed run equals the uninterrupted one bit for bit on the same machine.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import safetensors.numpy

from kosent.errors import DataError
from kosent.support.files import write_folder
from kosent.support.signed import from_signed_json, sha256, to_signed_json
from kosent.training.history import Record, write_history
from kosent.training.progress import Progress
from kosent.training.rates import RateOfStep

Arrays = dict[str, npt.NDArray[Any]]

CHECKPOINTS = "checkpoints"  # folder below the run folder

# What Keras' callbacks remember between epochs; the classes offer no way to ask for it.
_COUNTERS = ("wait", "best", "best_epoch", "stopped_epoch", "cooldown_counter")

_STATE = "state.json"
_CHECKSUM = "state_sha256"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """State at the end of an epoch.

    Attributes:
        epoch: Epochs done.
        model: Weights by path and random generators by position.
        optimizer: Optimiser variables by position.
        best: The best weights so far by path.
        callbacks: Counters of each callback by its name.
        history: One record an epoch.
    """

    epoch: int
    model: Arrays
    optimizer: Arrays
    best: Arrays
    callbacks: dict[str, dict[str, float]]
    history: list[Record]


def save(folder: Path, checkpoint: Checkpoint) -> None:
    """Write ``folder/epoch-NNNN`` whole, then remove the older ones.

    Raises:
        RuntimeSetupError: If the disk refuses.
    """
    files = {
        "model.safetensors": safetensors.numpy.save(checkpoint.model),
        "optimizer.safetensors": safetensors.numpy.save(checkpoint.optimizer),
        "best.safetensors": safetensors.numpy.save(checkpoint.best),
    }
    state = {
        "epoch": checkpoint.epoch,
        "callbacks": checkpoint.callbacks,
        "history": checkpoint.history,
        "files": {name: sha256(data) for name, data in files.items()},
    }
    target = folder / f"epoch-{checkpoint.epoch:04d}"
    write_folder(target, {**files, _STATE: to_signed_json(state, _CHECKSUM)})
    for other in _folders(folder):
        if other != target:
            shutil.rmtree(other)


def load_latest(folder: Path) -> Checkpoint | None:
    """Read the newest checkpoint below ``folder``.

    Returns:
        The checkpoint, or ``None`` when no epoch was finished.

    Raises:
        DataError: If the files are damaged.
    """
    folders = _folders(folder)
    if not folders:
        return None
    newest = folders[-1]
    try:
        return _read(newest)
    except (OSError, ValueError, KeyError, TypeError, safetensors.SafetensorError) as error:
        raise DataError(
            f"체크포인트를 읽을 수 없습니다: '{newest}' ({error}). 지우면 처음부터 학습합니다",
            f"cannot read checkpoint '{newest}' ({error}); delete it to train from the start",
        ) from error


def clear(folder: Path) -> None:
    """Remove the checkpoints below ``folder``, so that no later run goes on from them."""
    for old in _folders(folder):
        shutil.rmtree(old)


def _read(folder: Path) -> Checkpoint:
    state = from_signed_json((folder / _STATE).read_bytes(), _CHECKSUM)
    parts: dict[str, Arrays] = {}
    for name, checksum in state["files"].items():
        data = (folder / name).read_bytes()
        if sha256(data) != checksum:
            raise ValueError(f"{name}: checksum")
        parts[Path(name).stem] = safetensors.numpy.load(data)
    return Checkpoint(
        epoch=state["epoch"], callbacks=state["callbacks"], history=state["history"], **parts
    )


def _folders(folder: Path) -> list[Path]:
    return sorted(folder.glob("epoch-[0-9]*")) if folder.is_dir() else []


def arrays(variables: Mapping[str, Any]) -> Arrays:
    """Copy Keras variables to NumPy arrays under the same names."""
    return {name: np.asarray(variable.numpy()) for name, variable in variables.items()}


def assign(variables: Mapping[str, Any], values: Mapping[str, npt.NDArray[Any]]) -> None:
    """Set Keras variables from arrays.

    Raises:
        DataError: If names or shapes differ, as after a change of the network.
    """
    if variables.keys() != values.keys():
        wrong = sorted(variables.keys() ^ values.keys())[:3]
        raise _mismatch(f"names {wrong}")
    for name, variable in variables.items():
        if tuple(variable.shape) != values[name].shape:
            raise _mismatch(f"{name}: {values[name].shape}, expected {tuple(variable.shape)}")
        variable.assign(values[name])


def _mismatch(detail: str) -> DataError:
    return DataError(
        f"저장된 가중치가 이 신경망과 맞지 않습니다 ({detail})",
        f"the saved weights do not fit this network ({detail})",
    )


def by_path(variables: Iterable[Any]) -> dict[str, Any]:
    """Index variables by their path, which the networks' explicit layer names keep stable."""
    return {variable.path: variable for variable in variables}


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
        assign(self._state(), self.resumed.model)
        assign(self._optimizer(), self.resumed.optimizer)
        for name, callback in self.counted.items():
            for counter, value in self.resumed.callbacks[name].items():
                setattr(callback, counter, value)
        self.stopping.best_weights = [self.resumed.best[w.path] for w in self.model.weights]
        self.progress.history = list(self.resumed.history)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Write the checkpoint and the history."""
        best = self.stopping.best_weights or self.model.get_weights()
        paths = [weight.path for weight in self.model.weights]
        save(
            self.folder / CHECKPOINTS,
            Checkpoint(
                epoch=epoch + 1,
                model=arrays(self._state()),
                optimizer=arrays(self._optimizer()),
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
        weights = by_path(self.model.weights)
        return weights | {f"random/{i:04d}": v for i, v in enumerate(generators)}

    def _optimizer(self) -> dict[str, Any]:
        return {f"{i:04d}": v for i, v in enumerate(self.model.optimizer.variables)}


def _counters(callback: keras.callbacks.Callback) -> dict[str, float]:
    return {name: float(getattr(callback, name)) for name in _COUNTERS if hasattr(callback, name)}
