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

from kosent.corpora.readers.rows import Row, Rows
from kosent.errors import DataError, UsageError
from kosent.prediction.answers import answer, check_min_confidence, to_line
from kosent.prediction.predictor import Predicted, Predictor
from kosent.support.files import disk_errors, lock
from kosent.support.progress import Listener, Silent
from kosent.text.stream import bursts

_CLOSE = 1e-4
_BLOCK = 1024**2

Answers = tuple[list[Row], Predicted]


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written.

    Attributes:
        rows: Rows of the input, and so lines of the output.
        errors: Rows that were no text, those of this call only.
        resumed: Rows that were there already.
        blank: Texts of this call of which cleaning left nothing: they got no label.
        cut: Texts of this call that were longer than the classifier reads.
    """

    rows: int
    errors: int
    resumed: int
    blank: int = 0
    cut: int = 0


def predict_rows(classifier: Predictor, source: Rows) -> Iterator[Answers]:
    """Predict a stream of rows, some thousand at a time, in constant memory.

    Where the next row is not there yet, as on a pipe whose writer takes its time, those that are
    get their answers first: the classifier looks some lists ahead, so its stream ends there and
    another one begins with the next row.

    Args:
        classifier: A fitted classifier.
        source: The rows.

    Yields:
        Rows, and what the ``n`` good ones among them get.
    """
    waiting: deque[list[Row]] = deque()

    def parts(burst: Iterator[list[Row]]) -> Iterator[list[str]]:
        for chunk in burst:
            waiting.append(chunk)
            yield [row.text for row in chunk if not row.fault]

    for burst in bursts(source.rows, source.ready):
        for found in classifier.predict_noted(parts(burst)):
            yield waiting.popleft(), found


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
    ``row``, ``error`` and ``line``, the physical line of the file.

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
        DataError: If the lines that are there are not those of this source and this model, or no
            row of the source can be read; each has its line with the reason all the same.
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
        for rows, found in predict_rows(classifier, source):
            writer.write(rows, found)
            now = source.position()
            listener.advance(now - at)
            at = now
        with disk_errors(target):
            os.fsync(file.fileno())
    return Summary(writer.rows, writer.errors, done, writer.blank, writer.cut)


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
        self.errors = self.blank = self.cut = 0

    def write(self, rows: list[Row], found: Predicted) -> None:
        block, errors = self._block(rows, found)
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
        self.blank += len(found.blank)
        self.cut += len(found.cut)

    def _block(self, rows: list[Row], found: Predicted) -> tuple[bytes, int]:
        answers = enumerate(found.probabilities.tolist())
        blank = set(found.blank)
        lines = []
        errors = 0
        for number, row in enumerate(rows, start=self.rows + 1):
            if row.fault:
                errors += 1
                lines.append(to_line({"row": number, "error": row.fault, "line": row.line}))
            else:
                place, shares = next(answers)
                given = answer(
                    row.text, self.labels, shares, self.min_confidence, blank=place in blank
                )
                lines.append(to_line({"row": number} | given))
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
    if row is None:
        return False
    if row.fault:
        return bool(line["error"] == row.fault)
    if line["text"] != row.text:
        return False
    (probabilities,), blank, _ = classifier.predict_all([row.text])
    given = probabilities.tolist()
    found = answer(row.text, _labels(classifier), given, min_confidence, blank=bool(blank))
    if line.keys() != {"row", *found} or not _answered_alike(line, min_confidence):
        return False
    here, there = found["probabilities"], line["probabilities"]
    return here.keys() == there.keys() and all(abs(here[k] - there[k]) < _CLOSE for k in here)


def _answered_alike(line: dict[str, Any], min_confidence: float | None) -> bool:
    """Tell whether a line is one that this threshold gives."""
    if (
        min_confidence is None
        or "reason" in line
        or abs(line["confidence"] - min_confidence) < _CLOSE
    ):
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
