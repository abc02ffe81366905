"""Predictions of a file of texts: a row out for every row in, in order.

Formats that grow by whole rows hold them, killed at any moment, and at most one torn one at their
end, which ``resume`` cuts off before it goes on with the next row. The others are there once they
are whole. Which format it is tells the ending (``kosent.prediction.writers``).
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

from kosent.corpora.readers.rows import Row, Rows
from kosent.errors import DataError, UsageError
from kosent.prediction.layout import Answered, Answers, Layout
from kosent.prediction.lines import JsonLines, Lines
from kosent.prediction.predictor import Predicted, Predictor
from kosent.prediction.resuming import left_of, whole_rows
from kosent.prediction.thresholds import check_answers
from kosent.prediction.whole import Put
from kosent.prediction.writers import LINES, WHOLE, check_target, keeps_columns
from kosent.support.files import aside, disk_errors, lock
from kosent.support.progress import Listener, Silent
from kosent.text.bursts import bursts
from kosent.text.stream import CHUNK

Part = tuple[list[Row], Predicted]


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


def predict_rows(classifier: Predictor, source: Rows) -> Iterator[Part]:
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


def predict_lines(
    classifier: Predictor, source: Rows, min_confidence: float | None = None
) -> Iterator[tuple[bytes, Predicted]]:
    """Give the lines that :func:`predict_file` writes to ``.jsonl``, some thousand at a time.

    Args:
        classifier: A fitted classifier.
        source: The rows.
        min_confidence: As in :func:`predict_file`.

    Yields:
        Whole lines, and what the good rows among them got.

    Raises:
        UsageError: If ``min_confidence`` is no probability.
        DataError: If no row of the source can be read; each has its line with the reason.
    """
    lines = JsonLines(source.columns, _answers(classifier, min_confidence))
    number = 1
    for rows, found in predict_rows(classifier, source):
        yield lines.block(number, _answered(rows, found)), found
        number += len(rows)


def predict_file(
    classifier: Predictor,
    source: Rows,
    target: Path,
    *,
    resume: bool = False,
    min_confidence: float | None = None,
    listener: Listener | None = None,
) -> Summary:
    """Write a row for every row, in the format of the target's ending.

    ``.jsonl``, ``.ndjson`` and a name without an ending get JSON lines: ``row``, ``text``,
    ``label``, ``probabilities``; or ``row``, ``error`` and ``line``, the physical line of the file.
    ``.csv``, ``.tsv``, ``.parquet`` and ``.xlsx`` keep the input's columns in order and add
    ``label``, ``confidence``, one column a class, and ``error``. Where a text may have several
    labels, ``labels`` stands instead of ``label`` and ``confidence``: a list, and in a cell the
    labels with a mark between them that none of them has.

    Args:
        classifier: A fitted classifier.
        source: The rows; for formats that keep columns opened with ``every_column``.
        target: The file to write.
        resume: Go on after the rows that are there; with the ``min_confidence`` of then.
        min_confidence: From 0 to 1: a text whose most probable label is less probable gets none
            for ``label`` (JSON ``null``, an empty cell); all get ``top`` and ``confidence``.
        listener: Receives progress events, in bytes of the source.

    Raises:
        UsageError: If ``target`` exists and ``resume`` is not asked for, its ending is not known
            or cannot be resumed, another process writes it, ``min_confidence`` is no probability,
            or columns are missing.
        DataError: If the rows that are there are not those of this source and this model, or no
            row of the source can be read (formats that grow have each with its reason all the
            same, the others are not written), or the format cannot hold the rows.
        RuntimeSetupError: If the disk refuses, or a package is missing.
    """
    answers = _answers(classifier, min_confidence)
    check_target(target, resume=resume)
    if keeps_columns(target) and not source.every_column:
        raise UsageError(
            f"{target.suffix}에는 모든 열이 필요합니다. open_rows(..., every_column=True)로 여세요",
            f"{target.suffix} takes all columns; open them by open_rows(..., every_column=True)",
        )
    listener = listener or Silent()
    job = _Job(classifier, source, target, resume, answers)
    with _growing(job) if target.suffix.lower() in LINES else _at_once(job) as writer:
        done = writer.rows
        listener.stage("predict", source.size)
        at = 0
        remaining = replace(source, rows=chain(writer.again, source.rows))
        for rows, found in predict_rows(classifier, remaining):
            writer.write(rows, found)
            now = source.position()
            listener.advance(now - at)
            at = now
    return Summary(writer.rows, writer.errors, done, writer.blank, writer.cut)


class _Job(NamedTuple):
    classifier: Predictor
    source: Rows
    target: Path
    resume: bool
    answers: Answers


class _Writer(ABC):
    """Writes rows and counts them.

    ``again`` are the rows there that are read once more, so that the lists which the network gets
    are those of a run without an interruption: in others the last digit of one row in 2,000 is
    another one (packaged model, 60,000 rows).
    """

    def __init__(self, path: Path, rows: int, again: Sequence[Row] = ()) -> None:
        self.path = path
        self.rows = rows
        self.again = again
        self.errors = self.blank = self.cut = 0
        self._skipped = 0

    def write(self, rows: list[Row], found: Predicted) -> None:
        if skip := min(len(rows), len(self.again) - self._skipped):
            self._skipped += skip
            rows, found = left_of(rows, found, skip)
        self.put(_answered(rows, found))
        self.rows += len(rows)
        self.errors += sum(bool(row.fault) for row in rows)
        self.blank += len(found.blank)
        self.cut += len(found.cut)

    @abstractmethod
    def put(self, rows: list[Answered]) -> None:
        """Write some rows, all of them or none."""


class _Growing(_Writer):
    """Appends whole rows; what an interruption left of a block is taken back."""

    def __init__(
        self, file: BinaryIO, path: Path, lines: Lines, rows: int, again: Sequence[Row]
    ) -> None:
        super().__init__(path, rows, again)
        self.file = file
        self.lines = lines

    def put(self, rows: list[Answered]) -> None:
        self.append(self.lines.block(self.rows + 1, rows))

    def append(self, block: bytes) -> None:
        with disk_errors(self.path):
            start = self.file.seek(0, os.SEEK_END)
            try:
                left = memoryview(block)
                while left:
                    left = left[self.file.write(left) :]
            except BaseException:
                self.file.truncate(start)
                raise


class _AtOnce(_Writer):
    """Writes to a file that is not in its place yet."""

    def __init__(self, path: Path, layout: Layout, put: Put) -> None:
        super().__init__(path, 0)
        self._layout = layout
        self._put = put

    def put(self, rows: list[Answered]) -> None:
        with disk_errors(self.path):
            self._put(list(map(self._layout.cells, rows)))


@contextmanager
def _growing(job: _Job) -> Iterator[_Writer]:
    target = job.target
    lines = LINES[target.suffix.lower()](job.source.columns, job.answers)
    with _opened(target, job.resume) as file:
        with disk_errors(target):
            there = whole_rows(file, lines.is_quoted)
        done = max(0, there.rows - bool(lines.head))
        begins_alike = lines.begin.startswith(there.begin[: len(lines.begin)])
        before = _rows_of(job.source, done)
        if not begins_alike or not _fits(job, lines, there.last, before, done):
            raise _other_answers(target)
        again = before[-(done % CHUNK) :] if done % CHUNK else []
        writer = _Growing(file, target, lines, done, again)
        with disk_errors(target):
            file.truncate(there.end)
        if there.end == 0:
            writer.append(lines.head)
        yield writer
        with disk_errors(target):
            os.fsync(file.fileno())


@contextmanager
def _at_once(job: _Job) -> Iterator[_Writer]:
    layout = Layout(job.source.columns, job.answers)
    begin = WHOLE[job.target.suffix.lower()]
    with ExitStack() as steps:
        with disk_errors(job.target):
            path = steps.enter_context(aside(job.target, overwrite=False))
            path.touch()  # what cannot be written is refused before everything is predicted
            put = steps.enter_context(begin(path, layout.names))
        yield _AtOnce(job.target, layout, put)
        with disk_errors(job.target):
            steps.pop_all().close()


def _answered(rows: list[Row], found: Predicted) -> list[Answered]:
    """Give each row its probabilities, or none where it has a fault."""
    given = enumerate(found.probabilities.tolist())
    blank = set(found.blank)
    answered = []
    for row in rows:
        number, probabilities = (-1, None) if row.fault else next(given)
        answered.append(Answered(row, probabilities, number in blank))
    return answered


def _opened(target: Path, resume: bool) -> BinaryIO:
    """Open the output for this process alone; the lock ends with the process."""
    with disk_errors(target):
        file = target.open("r+b" if resume and target.exists() else "x+b", buffering=0)
        if not lock(file.fileno()):
            file.close()
            raise UsageError(
                f"다른 프로세스가 '{target}'에 쓰고 있습니다. 기다리거나 다른 이름을 쓰세요",
                f"another process writes '{target}'; wait for its end, or choose another name",
            )
    return file


def _rows_of(source: Rows, done: int) -> Sequence[Row]:
    """Read the rows that are done; return those of the last list of them, or all that there are."""
    begin = max(0, done - 1) // CHUNK * CHUNK
    for _ in islice(source.rows, begin):
        pass
    return list(islice(source.rows, done - begin))


def _fits(job: _Job, lines: Lines, last: bytes, before: Sequence[Row], done: int) -> bool:
    """Hold the last of the rows that are done against its line."""
    if done == 0:
        return True
    if len(before) != (done - 1) % CHUNK + 1:  # the source has fewer
        return False
    row = before[-1]
    found = job.classifier.predict_all([] if row.fault else [row.text])
    try:
        return lines.fits(last, done, *_answered([row], found))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False


def _other_answers(path: Path) -> DataError:
    return DataError(
        f"'{path}'의 마지막 줄이 이 입력과 모델, 설정의 결과가 아닙니다. 다른 이름을 쓰세요",
        f"the last line of '{path}' is not what this input and model give with these options; "
        "choose another name",
    )


def _answers(classifier: Predictor, min_confidence: float | None) -> Answers:
    check_answers(min_confidence, classifier.thresholds_ is not None)
    labels = [str(label) for label in classifier.classes_.tolist()]
    return Answers(labels, min_confidence, classifier.thresholds_)
