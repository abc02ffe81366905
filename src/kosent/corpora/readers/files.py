"""A user's own corpus: one file, or a folder of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from kosent.corpora.base import Audit, Corpus, Dropped, Language, Split, assemble
from kosent.corpora.encoding import unreadable
from kosent.corpora.readers.columns import fold
from kosent.corpora.readers.formats import SUFFIXES
from kosent.corpora.readers.label_sets import SetReader, Several
from kosent.corpora.readers.marks import Marks
from kosent.corpora.readers.opening import suffix_of
from kosent.corpora.readers.records import EMPTY, Notice
from kosent.corpora.readers.rows import Row, Rows, no_usable_row, open_rows
from kosent.errors import DataError
from kosent.language import Message
from kosent.support.labels import label_of, spelling

_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_ROLES = {
    "train": {"train", "training"},
    "test": {"test", "testing"},
    "dev": {"dev", "devel", "valid", "validation", "val", "eval"},
}


def read_path(
    path: Path,
    text_column: str | None = None,
    label_column: str | None = None,
    several: Several | None = None,
) -> Corpus:
    """Read a file, or a folder of ``train.*`` and perhaps ``test.*`` and ``dev.*``.

    A test file without labels, as contests give it, is no test split. Where there is none, a
    ``dev`` or ``valid`` file takes its place; beside one it is not used. Both are said, and what
    else lies there too.

    Args:
        path: A file of a format of ``kosent.corpora.readers.formats``, packed or not, or a folder.
        text_column: Name of the column with the text; ``None`` goes by common names.
        label_column: The same for the label.
        several: How the labels are written, where a text may have several or none.

    Returns:
        The corpus; its labels are spelled as ``kosent.support.labels`` says.

    Raises:
        DataError: If nothing usable is found; the message names what was.
        UsageError: If a column named by the user is not in the file.
    """
    notices: list[Message] = []
    sets = SetReader(several, notices.append) if several is not None else None
    reading = _Reading(text_column, label_column, notices.append, sets)
    if not path.is_dir():
        train, marked = reading.train(path)
        return assemble(_stem(path), language_of(train.texts), train, marked or None, notices)
    folder = _Folder.of(path)
    train, marked = reading.train(folder.train)
    test = reading.test(folder, notices.append) or marked or None
    if marked and test is not marked:
        notices.append(_unused_marked(folder.train.name, len(marked)))
    return assemble(path.resolve().name, language_of(train.texts), train, test, notices)


def _unused_marked(source: str, rows: int) -> Message:
    return Message(
        f"'{source}': 시험 자료 파일이 따로 있어, test로 표시된 {rows:,}줄은 쓰지 않습니다",
        f"'{source}': {rows:,} rows marked as test are not used, since there is a test file",
    )


@dataclass(frozen=True, slots=True)
class _Folder:
    """The files of a folder, by what they are for."""

    train: Path
    test: Path | None
    dev: Path | None
    others: list[str]

    @classmethod
    def of(cls, folder: Path) -> _Folder:
        """Tell one train file and at most one test file.

        Raises:
            DataError: If that cannot be told.
        """
        files = _files(folder)
        train, test, dev = (_named(files, role) for role in _ROLES)
        if len(train) != 1 or len(test) > 1:
            found = ", ".join(file.name for file in files[:20]) or "-"
            kinds = " ".join(SUFFIXES)
            raise DataError(
                f"'{folder}'에서 train 파일 하나와 (있으면) test 파일 하나를 가려낼 수 없습니다 "
                f"(형식: {kinds}). 찾은 파일: {found}",
                f"cannot tell one train file and at most one test file in '{folder}' "
                f"(formats: {kinds}). Found: {found}",
            )
        used = [*train, *test, *(dev if len(dev) == 1 else [])]
        others = [file.name for file in files if file not in used]
        return cls(train[0], next(iter(test), None), dev[0] if len(dev) == 1 else None, others)


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(
            entry
            for entry in folder.iterdir()
            if entry.is_file() and suffix_of(entry) in SUFFIXES and entry.name[0] != "."
        )
    except OSError as error:
        raise unreadable(folder, error) from error


def _named(files: list[Path], role: str) -> list[Path]:
    """Files named exactly so, else those with that word and none of another role."""
    exact = [file for file in files if _stem(file).lower() in _ROLES[role]]
    others = set().union(*(words for name, words in _ROLES.items() if name != role))
    words = {file: set(re.split(r"[^a-z]+", _stem(file).lower())) for file in files}
    return exact or [
        file for file in files if words[file] & _ROLES[role] and not words[file] & others
    ]


def _stem(path: Path) -> str:
    """Return the name of a file without the endings of its format and its packing."""
    suffix = suffix_of(path)
    name = path.name if path.suffix.lower() == suffix else path.stem
    return name[: -len(suffix)] if suffix else name


@dataclass(slots=True)
class _Reading:
    """How the files of a corpus are read."""

    text_column: str | None
    label_column: str | None
    notice: Notice
    sets: SetReader | None = None
    like: tuple[str, str | None] | None = None  # columns of train, once that was read

    def train(self, path: Path) -> tuple[Split, Split]:
        """Read a file that must have labels; give the rows marked as of the test split apart."""
        with self._open(path, "needed") as rows:
            label = None if rows.label is None else rows.columns[rows.label]
            self.like = rows.columns[rows.text], label
            train, test = self._usable(rows, path.name, parted=True)
        if not train:
            raise no_usable_row(path.name, train.audit.by_reason())
        return train, test

    def test(self, folder: _Folder, notice: Notice) -> Split | None:
        """Read the test split of a folder, or what takes its place; say what is not used."""
        unused = list(folder.others)
        test = self._labelled(folder.test) if folder.test else None
        if test is not None and folder.dev is not None:
            unused.insert(0, folder.dev.name)
        elif folder.dev is not None:
            test = self._labelled(folder.dev)
            if test is not None:
                notice(
                    Message(
                        f"'{folder.dev.name}'을(를) 시험 자료로 씁니다",
                        f"'{folder.dev.name}' is the test split",
                    )
                )
        if unused:
            listed = ", ".join(unused[:10]) + (", …" if len(unused) > 10 else "")
            notice(
                Message(
                    f"쓰지 않는 파일: {listed} (검증 자료는 학습 자료에서 떼어 냅니다)",
                    f"files that are not used: {listed} (validation rows are held out of train)",
                )
            )
        return test

    def _labelled(self, path: Path) -> Split | None:
        """Read a file, or say that it has no labels."""
        with self._open(path, "perhaps") as rows:
            split = None if self._unlabelled(rows) else self._usable(rows, path.name)[0]
        if split is not None and not split and "no label" not in split.audit.by_reason():
            raise no_usable_row(path.name, split.audit.by_reason())
        if split is not None and not split.label_counts():
            split = None  # a text may have no label, but not all of them
        if not split:
            self.notice(
                Message(
                    f"'{path.name}'에는 라벨이 없어 채점에 쓰지 않습니다",
                    f"'{path.name}' has no labels and is not scored",
                )
            )
        return split or None

    @contextmanager
    def _open(self, path: Path, labels: Literal["perhaps", "needed"]) -> Iterator[Rows]:
        """Open a file; one whose labels have columns of their own has no label column."""
        apart = self.sets is not None and bool(self.sets.several.columns)
        with open_rows(
            path,
            self.text_column,
            self.label_column,
            labels="none" if apart else labels,
            every_column=apart,
            like=self.like,
            notice=self.notice,
        ) as rows:
            yield rows

    def _unlabelled(self, rows: Rows) -> bool:
        """Tell whether a file has no column of labels."""
        if self.sets is not None and self.sets.several.columns:
            return not {fold(name) for name in self.sets.several.columns} & set(
                map(fold, rows.columns)
            )
        return rows.label is None

    def _usable(self, rows: Rows, source: str, *, parted: bool = False) -> tuple[Split, Split]:
        read = usable if self.sets is None else self.sets.read
        return read(rows, source, parted=parted)


class _Part:
    """The rows of a split, as they are collected."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.labels: list[str] = []
        self.lines: list[int] = []
        self.dropped: list[Dropped] = []

    def split(self) -> Split:
        audit = Audit(len(self.texts) + len(self.dropped), len(self.texts), tuple(self.dropped))
        return Split(self.texts, self.labels, audit, self.lines)


def usable(rows: Rows, source: str, *, parted: bool = False) -> tuple[Split, Split]:
    """Collect the rows that have a text and a label, and account for the others.

    Args:
        rows: The rows of a file.
        source: Its name.
        parted: Whether rows that an audit marks as of the test split are given apart.

    Returns:
        The rows, and those apart from them.
    """
    train, test = _Part(), _Part()
    spelled = lru_cache(100_000)(spelling)
    index = rows.label or 0
    marks = Marks(rows.columns, source)
    for row in rows.rows:
        value = None if row.fault else row.cells[index]
        label = spelled(marks.original(value)) if isinstance(value, str) else label_of(value)
        reason = row.fault or _fault(row, label) or marks.reason(row.line, row.cells)
        part = test if parted and not row.fault and marks.is_test(row.cells) else train
        if reason:
            part.dropped.append(Dropped(row.line, reason, source))
        else:
            part.texts.append(marks.original(row.text))
            part.labels.append(str(label))
            part.lines.append(row.line)
    return train.split(), test.split()


def _fault(row: Row, label: str | None) -> str:
    if not row.text.strip():
        return EMPTY
    if label is None or any("\ud800" <= letter <= "\udfff" for letter in label):
        return "broken label"
    return "" if label else "no label"


def language_of(texts: Sequence[str], most: int = 1000) -> Language:
    """Korean where at least a tenth of the letters of the first texts are Hangul."""
    sample = "".join(text[:1000] for text in texts[:most])
    letters = sum(letter.isalpha() for letter in sample)
    return "ko" if len(_HANGUL.findall(sample)) * 10 >= max(letters, 1) else "en"
