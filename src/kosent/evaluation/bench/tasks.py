"""What all systems learn from and are scored on: a corpus, split the same way every time.

A corpus without a test split gets one: a fifth of the texts, drawn by a seed, the classes in
proportion, copies of a text on one side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent import corpora
from kosent.corpora.base import Audit, Corpus, Split
from kosent.corpora.copies import first_copies, text_key
from kosent.errors import UsageError
from kosent.support.checks import check_count
from kosent.support.progress import Listener
from kosent.training.splits import RULE, hold_out

HELD_OUT = 0.2  # of a corpus without a test split
FEWEST = 2  # rows of each class in a part of the training split

# By name, for --corpus: those that a default is judged by, with labels of all kinds.
LISTS: Mapping[str, tuple[str, ...]] = {
    "everybody": (
        *("3i4k", "chatbot", "korean-hate-speech", "finance", "kobest-sentineg", "sib200-ko"),
        *("stylekqc", "stylekqc-act", "kodoli", "kodoli-abuse", "kodoli-sentiment", "nsmc"),
    )
}


def _in_train(corpus: Corpus, test: Split) -> list[bool]:
    learned = {text_key(text) for text in corpus.train.texts}
    return [text_key(text) in learned for text in test.texts]


# Test texts that a system may know the answer to; figures without them are given beside. A row
# tells of each test text whether it is one: texts that a pretrained model learned from would be
# another row.
MARKS: dict[str, Callable[[Corpus, Split], list[bool]]] = {"in train": _in_train}


@dataclass(frozen=True, slots=True)
class Question:
    """How a task is made; what a child process is told of it.

    Attributes:
        corpus: Name of a corpus, or path of a user's own.
        limit: Use at most this many rows of each split, classes in proportion.
        split_seed: Seed of the test split that a corpus without one gets, and of the limit.
        text_column: Text column of a user's own file; found by its name when ``None``.
        label_column: Label column, likewise.
    """

    corpus: str
    limit: int | None = None
    split_seed: int = 0
    text_column: str | None = None
    label_column: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A corpus with a test split.

    Attributes:
        name: Name of the corpus.
        corpus: Its texts.
        test: Its test split.
        made: How the test split was made; empty where it is the corpus' own.
        fingerprint: SHA-256 of all texts and labels of both splits.
        families: The number of the family of each test text ``(n,)``, where texts that follow each
            other say the same; ``None`` where each stands for itself.
    """

    name: str
    corpus: Corpus
    test: Split
    made: dict[str, Any]
    fingerprint: str
    families: npt.NDArray[np.int64] | None = None

    @property
    def names(self) -> list[str]:
        """All labels, in the order of their numbers."""
        return sorted({*self.corpus.train.labels, *self.test.labels})

    @property
    def truth(self) -> npt.NDArray[np.int32]:
        """The class number of each test text, ``(n,)``."""
        return numbered(self.test.labels, self.names)

    def train(self, rows: int | None, seed: int) -> Split:
        """Return a part of the training split; all of it with ``None``.

        Raises:
            UsageError: If there are too few rows for every class.
        """
        whole = self.corpus.train
        if rows is None:
            return whole
        chosen = sorted(nested(whole.labels, seed)[:rows])
        audit = Audit(len(whole), rows, (), len(whole) - rows)
        return Split([whole.texts[i] for i in chosen], [whole.labels[i] for i in chosen], audit)


def prepare(question: Question, listener: Listener, *, download: bool = True) -> Task:
    """Read a corpus, cut it to its limit and give it a test split where it has none.

    Raises:
        UsageError: If the corpus is not known.
        DataError: If it cannot be used.
        DownloadError: If it has to be downloaded and cannot.
    """
    loaded = corpora.load(
        question.corpus,
        listener,
        text_column=question.text_column,
        label_column=question.label_column,
        download=download,
    )
    loaded.check_trainable()
    made: dict[str, Any] = {}
    if loaded.test is None:
        loaded = _split(loaded, question.split_seed)
        made = {"held_out": HELD_OUT, "seed": question.split_seed, "rule": RULE}
    loaded = loaded.limited(question.limit, question.split_seed)
    loaded.check_trainable()
    test = loaded.split("test")
    families = _families(question.corpus, test)
    return Task(loaded.name, loaded, test, made, loaded.fingerprint, families)


def _families(name: str, test: Split) -> npt.NDArray[np.int64] | None:
    """Return the family of each test text, by the line it stands in below the header."""
    spec = corpora.CORPORA.get(name)
    if spec is None or spec.family == 1 or test.lines is None:
        return None
    return (np.asarray(test.lines, np.int64) - 2) // spec.family


def check_rows(task: Task, rows: int) -> None:
    """Refuse a part of the training split that has not two rows of each class.

    Raises:
        UsageError: If it is one.
    """
    check_count("rows", rows)
    classes = len(task.corpus.label_names)
    if rows < FEWEST * classes:
        raise UsageError(
            f"'{task.name}': {rows}줄로는 라벨 {classes}개에 {FEWEST}줄씩 줄 수 없습니다",
            f"'{task.name}': {rows} rows are not {FEWEST} of each of its {classes} labels",
        )


def nested(labels: Sequence[str], seed: int) -> list[int]:
    """Return an order of the rows any beginning of which is a sample of them.

    Its classes are in proportion, but for two rows of each, which come first; a shorter beginning
    is part of a longer one.

    Args:
        labels: The label of each row.
        seed: The same seed gives the same order.
    """
    generator = np.random.default_rng(seed)
    column = np.asarray(labels)
    keys = np.zeros(len(labels))
    for name in sorted(set(labels)):
        rows = generator.permutation(np.flatnonzero(column == name))
        keys[rows] = (np.arange(len(rows)) + 0.5) / len(rows)
        keys[rows[:FEWEST]] -= 1
    order: list[int] = np.lexsort((generator.permutation(len(labels)), keys)).tolist()
    return order


def numbered(labels: Sequence[str], names: Sequence[str]) -> npt.NDArray[np.int32]:
    """Return the place of each label among the names, ``(n,)``."""
    place = {name: number for number, name in enumerate(names)}
    return np.array([place[label] for label in labels], np.int32)


def _split(corpus: Corpus, seed: int) -> Corpus:
    rows = corpus.train
    numbers = numbered(rows.labels, corpus.label_names)
    sides = hold_out(numbers, HELD_OUT, seed, copies=first_copies(rows.texts))
    train, test = (_taken(rows, side.tolist()) for side in sides)
    return replace(corpus, train=train, test=test)


def _taken(rows: Split, chosen: list[int]) -> Split:
    audit = Audit(len(chosen), len(chosen))
    lines = None if rows.lines is None else [rows.lines[i] for i in chosen]
    return Split([rows.texts[i] for i in chosen], [rows.labels[i] for i in chosen], audit, lines)
