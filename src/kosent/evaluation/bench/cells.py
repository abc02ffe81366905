"""Cells of a bench: what one system, on one corpus, with one seed and so many rows, has given.

::

    OUT/
      finance-1a2b3c4d/        a corpus and its split, by the beginning of its fingerprint
        task.json              labels, the truth of the test split, which texts are marked
        svm-all-0.json         a cell: figures, and the label and probability of every test text
        svm-300-1.json
      table.md  bench.json  rows.png

A cell is written whole when it is done, and holds the predictions, so that systems can be compared
later, text by text, without training anything again.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.support.files import write_file
from kosent.support.signed import to_json

FORMAT = 1
TASK = "task.json"
_STEPS = 65535  # of a probability
Ids = npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Key:
    """Which cell it is.

    Attributes:
        system: Name of the system.
        rows: Rows of the training split that it learned from, ``None`` for all.
        seed: Seed of the system and of the choice of the rows.
        fingerprint: SHA-256 of the task's texts and labels.
        settings: What else decides the figures, ready for JSON.
        version: The package that trained it.
    """

    system: str
    rows: int | None
    seed: int
    fingerprint: str
    settings: Mapping[str, Any]
    version: str

    @property
    def file(self) -> str:
        """The name of the cell's file."""
        return f"{slug(self.system)}-{self.rows or 'all'}-{self.seed}.json"


@dataclass(frozen=True, slots=True)
class Result:
    """What a cell has given.

    Attributes:
        train_rows: Rows learned from.
        accuracy: On the test split.
        macro_f1: Likewise.
        train_seconds: From texts to a saved model that is loaded and ready. Reading the corpus and
            importing packages are not included.
        texts_per_second: Test texts, from raw text to label, after a first hundred.
        size: Bytes of the saved model; without the weights to train on with.
        labels: Class numbers of the predictions, packed.
        confidences: Their probabilities, packed; ``None`` where there are none.
        code: SHA-256 of kosent's code; no part of what decides whether a cell is kept.
    """

    train_rows: int
    accuracy: float
    macro_f1: float
    train_seconds: float
    texts_per_second: float
    size: int
    labels: str
    confidences: str | None
    code: str

    @property
    def predicted(self) -> Ids:
        """The class numbers of the predictions, ``(n,)``."""
        return unpacked(self.labels)

    @property
    def sure(self) -> npt.NDArray[np.float32] | None:
        """The probabilities of the predicted labels, ``(n,)``, to a 65,535th."""
        if self.confidences is None:
            return None
        return unpacked(self.confidences).astype(np.float32) / np.float32(_STEPS)


def folder_of(out: Path, corpus: str, fingerprint: str) -> Path:
    """Return the folder of a task."""
    return out / f"{slug(corpus)}-{fingerprint[:8]}"


def slug(name: str) -> str:
    """Return a name as a part of a file's name."""
    return re.sub(r"[^\w.]+", "-", Path(name).stem if "/" in name else name).strip("-")


def read_cell(folder: Path, key: Key) -> Result | None:
    """Return a cell that is done; ``None`` where it is not, or of other texts or settings."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        written = json.loads((folder / key.file).read_bytes())
        if written["format"] == FORMAT and written["key"] == json.loads(to_json(asdict(key))):
            result = Result(**written["result"])
            result.predicted  # noqa: B018 -- raises where it is damaged
            return result
    return None


def write_cell(folder: Path, key: Key, result: Result) -> None:
    """Write a cell.

    Raises:
        RuntimeSetupError: If the disk refuses.
    """
    document = {"format": FORMAT, "key": asdict(key), "result": asdict(result)}
    write_file(folder / key.file, to_json(document))


def packed(numbers: npt.NDArray[Any]) -> str:
    """Return whole numbers below 65,536 as text: zlib and base 64."""
    data = numbers.astype("<u2").tobytes()
    return base64.b64encode(zlib.compress(data, 9)).decode("ascii")


def packed_shares(shares: npt.NDArray[Any]) -> str:
    """Return probabilities as text, each to a 65,535th."""
    return packed(np.rint(np.clip(shares, 0, 1) * _STEPS))


def unpacked(text: str) -> Ids:
    """Return what :func:`packed` was given.

    Raises:
        ValueError: If it is damaged.
    """
    try:
        data = zlib.decompress(base64.b64decode(text, validate=True))
    except zlib.error as error:
        raise ValueError(str(error)) from error
    return np.frombuffer(data, "<u2").astype(np.uint16)
