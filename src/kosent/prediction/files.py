"""Predictions of a file of texts as JSON lines: whole lines, one for each row, in order.

Killed at any moment, the file holds whole lines and at most one torn one at its end, which
``resume`` cuts off before it goes on with the next row.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from kosent.corpora.readers.texts import BadRow, Rows
from kosent.errors import DataError, UsageError
from kosent.prediction.answers import answer, check_min_confidence, to_line
from kosent.prediction.predictor import Predictor
from kosent.support.files import disk_errors, lock
from kosent.support.progress import Listener, Silent
from kosent.text.stream import chunks

_CLOSE = 1e-4
_BLOCK = 1024**2

Row = str | BadRow
Answers = tuple[list[Row], npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written.

    Attributes:
        rows: Rows of the input, and so lines of the output.
        errors: Rows that were no text, those of this call only.
        resumed: Rows that were there already.
    """

    rows: int
    errors: int
    resumed: int


def predict_rows(classifier: Predictor, rows: Iterator[Row]) -> Iterator[Answers]:
    """Predict a stream of rows, some thousand at a time, in constant memory.

    Args:
        classifier: A fitted classifier.
        rows: Texts and bad rows.

    Yields:
        Rows, and the probabilities ``(n, classes)`` of the ``n`` texts among them.
    """
    waiting: deque[list[Row]] = deque()

    def parts() -> Iterator[list[str]]:
        for chunk in chunks(rows):
            waiting.append(chunk)
            yield [row for row in chunk if isinstance(row, str)]

    for probabilities in classifier.predict_parts(parts()):
        yield waiting.popleft(), probabilities


def predict_file(
    classifier: Predictor,
    source: Rows,
    target: Path,
    *,
    resume: bool = False,
    min_confidence: float | None = None,
    listener: Listener | None = None,
) -> Summary:
    """Write a JSON line for every row: ``row``, ``text``, ``label``, ``probabilities``; or
    ``row`` and ``error``.

    Args:
        classifier: A fitted classifier.
        source: The rows.
        target: The file to write.
        resume: Go on after the lines that are there; with the ``min_confidence`` of then.
        min_confidence: From 0 to 1: a text whose most probable label is less probable gets ``null``
            for ``label``; all get ``top`` and ``confidence``.
        listener: Receives progress events, in bytes of the source.

    Raises:
        UsageError: If ``target`` exists and ``resume`` is not asked for, another process writes it,
            or ``min_confidence`` is no probability.
        DataError: If the lines that are there are not those of this source and this model.
        RuntimeSetupError: If the disk refuses.
    """  # noqa: D205
    if min_confidence is not None:
        check_min_confidence(min_confidence)
    listener = listener or Silent()
    file = _opened(target, resume)
    with file:
        with disk_errors(target):
            done = _whole_lines(file)
        if done:
            _check_last(classifier, file, source.rows, done, target, min_confidence)
        listener.stage("predict", source.size)
        writer = _Writer(file, target, _labels(classifier), done, min_confidence)
        at = 0
        for rows, probabilities in predict_rows(classifier, source.rows):
            writer.write(rows, probabilities)
            now = source.position()
            listener.advance(now - at)
            at = now
        with disk_errors(target):
            os.fsync(file.fileno())
    return Summary(writer.rows, writer.errors, done)


def _opened(target: Path, resume: bool) -> BinaryIO:
    """Open the output for this process alone; the lock ends with the process."""
    with disk_errors(target):
        if target.exists() and not resume:
            raise UsageError(
                f"'{target}'이(가) 이미 있습니다. 이어 쓰려면 --resume, 아니면 다른 이름을 쓰세요",
                f"'{target}' exists already; go on with --resume, or choose another name",
            )
        file = target.open("r+b" if target.exists() else "x+b", buffering=0)
        if not lock(file.fileno()):
            file.close()
            raise UsageError(
                f"다른 프로세스가 '{target}'에 쓰고 있습니다. 기다리거나 다른 이름을 쓰세요",
                f"another process writes '{target}'; wait for its end, or choose another name",
            )
    return file


class _Writer:
    """Appends whole lines; what an interruption left of a block is taken back."""

    def __init__(
        self,
        file: BinaryIO,
        path: Path,
        labels: list[str],
        rows: int,
        min_confidence: float | None,
    ) -> None:
        self.file = file
        self.path = path
        self.labels = labels
        self.min_confidence = min_confidence
        self.rows = rows
        self.errors = 0

    def write(self, rows: list[Row], probabilities: npt.NDArray[np.float32]) -> None:
        block, errors = self._block(rows, probabilities)
        with disk_errors(self.path):
            start = self.file.seek(0, os.SEEK_END)
            try:
                left = memoryview(block)
                while left:
                    left = left[self.file.write(left) :]
            except BaseException:
                self.file.truncate(start)
                raise
        self.rows += len(rows)
        self.errors += errors

    def _block(self, rows: list[Row], probabilities: npt.NDArray[np.float32]) -> tuple[bytes, int]:
        answers = iter(probabilities.tolist())
        lines = []
        errors = 0
        for number, row in enumerate(rows, start=self.rows + 1):
            if isinstance(row, BadRow):
                errors += 1
                lines.append(to_line({"row": number, "error": row.reason}))
            else:
                found = answer(row, self.labels, next(answers), self.min_confidence)
                lines.append(to_line({"row": number} | found))
        return b"".join(lines), errors


def _whole_lines(file: BinaryIO) -> int:
    """Count the whole lines and cut off a torn one."""
    count = end = at = 0
    while block := file.read(_BLOCK):
        found = block.count(b"\n")
        if found:
            count += found
            end = at + block.rindex(b"\n") + 1
        at += len(block)
    file.truncate(end)
    return count


def _check_last(
    classifier: Predictor,
    file: BinaryIO,
    rows: Iterator[Row],
    done: int,
    path: Path,
    min_confidence: float | None,
) -> None:
    """Skip the rows that are done, and hold the last of them against its line."""
    *_, last = deque(islice(rows, done), maxlen=1) or [None]
    try:
        line = json.loads(_last_line(file))
        fits = line["row"] == done and _agrees(classifier, line, last, min_confidence)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        fits = False
    if not fits:
        raise DataError(
            f"'{path}'의 마지막 줄이 이 입력과 모델, 설정의 결과가 아닙니다. 다른 이름을 쓰세요",
            f"the last line of '{path}' is not what this input and model give with these options; "
            "choose another name",
        )


def _agrees(
    classifier: Predictor,
    line: dict[str, Any],
    row: Row | None,
    min_confidence: float | None,
) -> bool:
    if isinstance(row, BadRow):
        return bool(line["error"] == row.reason)
    if row is None or line["text"] != row:
        return False
    probabilities = classifier.predict_proba([row])[0].tolist()
    found = answer(row, _labels(classifier), probabilities, min_confidence)
    if line.keys() != {"row", *found} or not _answered_alike(line, min_confidence):
        return False
    here, there = found["probabilities"], line["probabilities"]
    return here.keys() == there.keys() and all(abs(here[k] - there[k]) < _CLOSE for k in here)


def _answered_alike(line: dict[str, Any], min_confidence: float | None) -> bool:
    """Tell whether a line is one that this threshold gives."""
    if min_confidence is None or abs(line["confidence"] - min_confidence) < _CLOSE:
        return True
    return bool((line["label"] is not None) == (line["confidence"] >= min_confidence))


def _labels(classifier: Predictor) -> list[str]:
    return [str(label) for label in classifier.classes_.tolist()]


def _last_line(file: BinaryIO) -> bytes:
    size = file.seek(0, os.SEEK_END)
    length = 4096
    while True:
        file.seek(max(0, size - length))
        tail = file.read()
        if tail.count(b"\n") > 1 or length >= size:
            return tail[:-1].rpartition(b"\n")[2]
        length *= 4
