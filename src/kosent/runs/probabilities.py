"""A file of probabilities that any teacher gave: a text and a column for each label.

So a model that kosent cannot load, a large one on a GPU, can teach. Rows find the training texts by
their text; what is not in the corpus is learned as text without a label. Every row is accounted
for: ``read = taught + new + dropped``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.corpora import Corpus
from kosent.corpora.copies import text_key
from kosent.corpora.notices import dropped_by_reason
from kosent.corpora.readers.columns import Columns
from kosent.corpora.readers.rows import Row, open_rows
from kosent.errors import DataError
from kosent.language import Message
from kosent.support.classes import class_numbers
from kosent.support.paths import user_path
from kosent.support.progress import Listener
from kosent.training.examples import one_hot

# How far the sum of a row may lie from 1: probabilities in half precision, or with three digits.
TOLERANCE = 1e-3

_TEST, _LIMIT, _REPEATED = "in the test split", "over limit", "repeated text"

Targets = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Probabilities:
    """What was read of a file.

    Attributes:
        name: Name of the file.
        taught: Probabilities of the corpus' training texts, by ``text_key``; ``(classes,)`` each.
        new: Texts that are not in the corpus, each once.
        of_new: Their probabilities, ``(new, classes)``.
        dropped: Rows that were left out, by reason.
    """

    name: str
    taught: dict[str, Targets]
    new: list[str]
    of_new: Targets
    dropped: Counter[str]

    @property
    def read(self) -> int:
        """Number of rows in the file."""
        return len(self.taught) + len(self.new) + self.dropped.total()

    def mixed(self, texts: Sequence[str], labels: Targets, share: float) -> tuple[Targets, int]:
        """Mix the teacher's probabilities and the labels.

        Args:
            texts: The training texts, ``n``.
            labels: Their labels as probabilities, ``(n, classes)``.
            share: The teacher's part, from 0 to 1.

        Returns:
            What is learned, ``(n, classes)``, and of how many texts the file says nothing: of
            those it is the label alone.
        """
        targets = labels.copy()
        missing = 0
        for row, text in enumerate(texts):
            said = self.taught.get(text_key(text))
            if said is None:
                missing += 1
            else:
                targets[row] = share * said + (1 - share) * labels[row]
        return targets, missing

    def facts(self) -> dict[str, Any]:
        """Return the account for the model's card and the report."""
        return {
            "name": self.name,
            "read": self.read,
            "taught": len(self.taught),
            "new": len(self.new),
            "dropped": dict(self.dropped.most_common()),
        }


def taught_by_file(
    path: str, share: float, corpus: Corpus, whole: Corpus, listener: Listener
) -> tuple[Targets | None, tuple[list[str], Targets] | None, dict[str, Any]]:
    """Return what a student learns of a file.

    Args:
        path: As for :func:`read_probabilities`.
        share: The teacher's part in the training texts, from 0 to 1.
        corpus: What the student learns from.
        whole: The same without a limit of rows.
        listener: Receives progress events, the account, and how many training texts the file lacks.

    Returns:
        Probabilities for the training texts ``(n, classes)``; texts without labels and their
        probabilities; and what the student's bundle says about it.

    Raises:
        DataError: As :func:`read_probabilities`, or if nothing is taught.
        UsageError: If a label has no column.
    """
    labels = sorted(set(corpus.train.labels))
    found = read_probabilities(path, labels, corpus, whole, listener)
    if not found.new and not (found.taught and share > 0):
        raise _of_no_use(found)
    listener.notice(_told(found))
    facts = {"model": found.name, "share": share, "file": found.facts()}
    extra = (found.new, found.of_new) if found.new else None
    if share == 0 or not found.taught:
        return None, extra, facts
    sure = one_hot(class_numbers(corpus.train.labels, np.asarray(labels)), len(labels))
    targets, missing = found.mixed(corpus.train.texts, sure, share)
    if missing:
        listener.notice(_missing(found.name, missing))
    facts["file"] = found.facts() | {"without": missing}
    return targets, extra, facts


def read_probabilities(
    path: str, labels: Sequence[str], corpus: Corpus, whole: Corpus, listener: Listener
) -> Probabilities:
    """Read a file.

    Args:
        path: A file of a format of ``kosent.corpora.readers.formats`` with columns.
        labels: The corpus' labels, which are the names of the columns.
        corpus: What the student learns from.
        whole: The same without a limit of rows.
        listener: Receives progress events, and how the file is read.

    Raises:
        DataError: If the file cannot be read, or a row holds no probabilities.
        UsageError: If a label has no column.
    """
    reading = _Reading(_roles(corpus, whole), user_path(path).name)
    with open_rows(path, every_column=True, notice=listener.notice) as rows:
        columns = Columns(rows.columns, reading.name)
        places = [columns.index(label) for label in labels]
        listener.stage("texts", rows.size)
        at = 0
        for row in rows.rows:
            reading.add(row, labels, places)
            now = rows.position()
            listener.advance(now - at)
            at = now
    return reading.found(len(labels))


def _roles(corpus: Corpus, whole: Corpus) -> dict[str, str]:
    """Say of each text of the corpus why its row is dropped; ``""`` where it teaches."""
    roles = dict.fromkeys(map(text_key, whole.test.texts), _TEST) if whole.test else {}
    roles |= dict.fromkeys(map(text_key, whole.train.texts), _LIMIT)
    return roles | dict.fromkeys(map(text_key, corpus.train.texts), "")


class _Reading:
    """Sorts the rows of a file by what they are good for."""

    def __init__(self, roles: dict[str, str], name: str) -> None:
        self.name = name
        self._roles = roles
        self._taught: dict[str, Targets] = {}
        self._new: dict[str, tuple[str, Targets]] = {}
        self._dropped: Counter[str] = Counter()

    def add(self, row: Row, labels: Sequence[str], places: Sequence[int]) -> None:
        """Take a row.

        Raises:
            DataError: If it holds no probabilities.
        """
        key = text_key(row.text)
        reason = row.fault or (self._roles.get(key, "") if key else "empty text")
        if not row.fault:  # also of rows that are dropped: a wrong file is not read any further
            said = self._probabilities(row, labels, places)
        if not reason and (key in self._taught or key in self._new):
            reason = _REPEATED
        if reason:
            self._dropped[reason] += 1
        elif key in self._roles:
            self._taught[key] = said
        else:
            self._new[key] = row.text, said

    def found(self, classes: int) -> Probabilities:
        """Return what was read so far."""
        of_new = np.array([said for _, said in self._new.values()], np.float32)
        return Probabilities(
            self.name,
            self._taught,
            [text for text, _ in self._new.values()],
            of_new.reshape(-1, classes),
            self._dropped,
        )

    def _probabilities(self, row: Row, labels: Sequence[str], places: Sequence[int]) -> Targets:
        values = np.empty(len(labels))
        for number, (label, place) in enumerate(zip(labels, places, strict=True)):
            value = row.cells[place]
            try:
                values[number] = float(value)  # type: ignore[arg-type]  # what it cannot be
            except (TypeError, ValueError):
                values[number] = np.nan
            if not 0 <= values[number] <= 1:
                raise self._no_probability(row.line, label, value)
        total = float(values.sum())
        if abs(total - 1) > TOLERANCE:
            raise DataError(
                f"'{self.name}' {row.line}번째 줄: 확률의 합이 1이 아니라 {total:.4g}입니다. "
                "라벨마다 열이 하나씩 있고 한 줄의 합이 1이어야 합니다",
                f"'{self.name}', row {row.line}: the probabilities add up to {total:.4g}, not 1; "
                "there must be a column for each label, and rows that add up to 1",
            )
        return (values / total).astype(np.float32)

    def _no_probability(self, line: int, label: str, value: object) -> DataError:
        shown = repr(value)[:40]
        return DataError(
            f"'{self.name}' {line}번째 줄: 라벨 '{label}'의 값이 확률(0에서 1까지의 수)이 아닙니다"
            f": {shown}. 로짓이면 소프트맥스를 거쳐 저장하세요",
            f"'{self.name}', row {line}: the value of the label '{label}' is no probability, a "
            f"number from 0 to 1: {shown}; put logits through a softmax first",
        )


def _of_no_use(found: Probabilities) -> DataError:
    dropped = dropped_by_reason(found.dropped)
    return DataError(
        f"'{found.name}'에 배울 수 있는 줄이 없습니다 (읽은 줄 {found.read:,}; {dropped.korean})",
        f"no row of '{found.name}' is of use (rows read: {found.read:,}; {dropped.english})",
    )


def _missing(name: str, count: int) -> Message:
    return Message(
        f"'{name}'에 없는 학습 글 {count:,}개는 라벨만 배웁니다",
        f"{count:,} training texts are not in '{name}': of those the label alone is learned",
    )


def _told(found: Probabilities) -> Message:
    read, taught, new, name = found.read, len(found.taught), len(found.new), found.name
    dropped = dropped_by_reason(found.dropped)
    return Message(
        f"'{name}': 읽은 줄 {read:,} = 학습 글의 확률 {taught:,} + 라벨 없이 배우는 새 글 {new:,} "
        f"+ 뺀 줄 {found.dropped.total():,}" + (f" ({dropped.korean})" if found.dropped else ""),
        f"'{name}': rows read {read:,} = probabilities of training texts {taught:,} + new texts, "
        f"learned without labels, {new:,} + left out {found.dropped.total():,}"
        + (f" ({dropped.english})" if found.dropped else ""),
    )
