"""A user's own corpus: one file, or a folder of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from kosent.corpora.base import Audit, Corpus, Dropped, Split, assemble, joined
from kosent.corpora.notices import is_test, not_used
from kosent.corpora.readers import class_folders
from kosent.corpora.readers.columns import fold
from kosent.corpora.readers.folder import Folder, stem_of, within
from kosent.corpora.readers.label_sets import SetReader, Several
from kosent.corpora.readers.marks import Marks
from kosent.corpora.readers.records import EMPTY, Notice
from kosent.corpora.readers.rows import Row, Rows, no_usable_row, open_rows
from kosent.corpora.readers.text_language import language_of
from kosent.language import Message
from kosent.support.labels import label_of, spelling


def read_path(
    path: Path,
    text_column: str | None = None,
    label_column: str | None = None,
    several: Several | None = None,
) -> Corpus:
    """Read a file, or a folder of ``train.*`` and perhaps ``test.*`` and ``dev.*``.

    A split may be in several files, ``train-00000-of-00002.parquet`` and so on, and all may lie in
    a folder ``data``. A folder without such files may hold one for each label instead
    (``kosent.corpora.readers.class_folders``). A test file without labels, as contests give it, is
    no test split. Where there is none, a ``dev`` or ``valid`` file takes its place; beside one it
    is not used. Both are said, and what else lies there too.

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
    if path.is_dir() and class_folders.are_in(path):
        class_folders.refuse_columns(text_column, label_column, several)
        return class_folders.read(path, path.resolve().name)
    notices: list[Message] = []
    sets = SetReader(several, notices.append) if several is not None else None
    reading = _Reading(text_column, label_column, notices.append, sets)
    if not path.is_dir():
        train, marked = reading.train([path])
        return assemble(stem_of(path), language_of(train.texts), train, marked or None, notices)
    folder = Folder.of(within(path))
    train, marked = reading.train(folder.train)
    test = reading.test(folder, notices.append) or marked or None
    if marked and test is not marked:
        notices.append(_unused_marked(folder.train[0].name, len(marked)))
    return assemble(path.resolve().name, language_of(train.texts), train, test, notices)


def _unused_marked(source: str, rows: int) -> Message:
    return Message(
        f"'{source}': 시험 자료 파일이 따로 있어, test로 표시된 {rows:,}줄은 쓰지 않습니다",
        f"'{source}': {rows:,} rows marked as test are not used, since there is a test file",
    )


@dataclass(slots=True)
class _Reading:
    """How the files of a corpus are read."""

    text_column: str | None
    label_column: str | None
    notice: Notice
    sets: SetReader | None = None
    like: tuple[str, str | None] | None = None  # columns of train, once that was read

    def train(self, paths: Sequence[Path]) -> tuple[Split, Split]:
        """Read files that must have labels; give the rows marked as of the test split apart."""
        trains, tests = [], []
        for path in paths:
            with self._open(path, "needed") as rows:
                label = None if rows.label is None else rows.columns[rows.label]
                self.like = rows.columns[rows.text], label
                train, test = self._usable(rows, path.name, parted=True)
            trains.append(train)
            tests.append(test)
        train, test = joined(trains), joined(tests)
        if not train:
            raise no_usable_row(paths[0].name, train.audit.by_reason())
        return train, test

    def test(self, folder: Folder, notice: Notice) -> Split | None:
        """Read the test split of a folder, or what takes its place; say what is not used."""
        unused = list(folder.others)
        test = self._labelled(folder.test) if folder.test else None
        if test is not None:
            unused = [file.name for file in folder.dev] + unused
        elif folder.dev:
            test = self._labelled(folder.dev)
            if test is not None:
                notice(is_test(folder.dev[0].name))
        if unused:
            notice(not_used(unused))
        return test

    def _labelled(self, paths: Sequence[Path]) -> Split | None:
        """Read files, or say of the first one without labels that it has none."""
        splits = []
        for path in paths:
            with self._open(path, "perhaps") as rows:
                split = None if self._unlabelled(rows) else self._usable(rows, path.name)[0]
            if split is not None and not split and "no label" not in split.audit.by_reason():
                raise no_usable_row(path.name, split.audit.by_reason())
            if split is None or not split.label_counts():  # a text may have none, but not all
                self.notice(
                    Message(
                        f"'{path.name}'에는 라벨이 없어 채점에 쓰지 않습니다",
                        f"'{path.name}' has no labels and is not scored",
                    )
                )
                return None
            splits.append(split)
        return joined(splits)

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
