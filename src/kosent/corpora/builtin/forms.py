"""Official files row by row, and the splits that are made of them.

A row is a line, or an object of a JSON list. Cells may be quoted as in CSV, but no official file
has a cell of several lines, so that a quote which never closes costs its own row and no other.
"""

from __future__ import annotations

import csv
import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from kosent.corpora.base import Audit, Corpus, Dropped, Split, assemble, set_name
from kosent.corpora.encoding import decode, read_bytes, split_lines
from kosent.corpora.spec import CorpusSpec
from kosent.errors import DataError
from kosent.language import Message

TEST_SHARE = 0.2  # of a corpus that is published without a split
_SEED = "kosent split 1\n"

Labelling = Callable[[Sequence[str]], tuple[str, str]]  # cells of a row to label and fault
SetLabelling = Callable[[Sequence[str]], tuple[Sequence[str], str]]  # to labels and fault


class Row(NamedTuple):
    """A row as it was read; a tuple, since 200,000 frozen objects take 0.08 s more.

    Attributes:
        line: Line of the file, or number of the object, from 1.
        source: Name of the file.
        text: Its text, exactly as read.
        label: Its label in words.
        fault: A key of ``REASONS`` where it cannot be used, else empty.
        labels: All its labels, of a form that gives several.
    """

    line: int
    source: str
    text: str = ""
    label: str = ""
    fault: str = ""
    labels: tuple[str, ...] | None = None


class Form(Protocol):
    """How a publisher writes a file."""

    def rows(self, text: str, source: str) -> Iterator[Row]:
        """Give every row of a decoded file, the unusable ones too."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, one row a line.

    Attributes:
        columns: Names of its columns, in order.
        text: The column of the text.
        label: Tells the label from the cells of a row, see ``word`` and ``only``.
        header: Whether the first line holds the names of the columns.
        separator: What stands between the cells.
        quoted: Whether cells may be quoted as in CSV; else a quote is a letter.
        labels: Tells all labels of a text from the cells of a row, and is used instead of ``label``
            where it is given; a text may have none.
    """

    columns: tuple[str, ...]
    text: str
    label: Labelling
    header: bool = True
    separator: str = "\t"
    quoted: bool = False
    labels: SetLabelling | None = None

    def rows(self, text: str, source: str) -> Iterator[Row]:
        """Give every row of a decoded file.

        Raises:
            DataError: If the first line is not the header.
        """
        lines = split_lines(text)
        if self.header:
            self._check(lines[0] if lines else "", source)
        for number, line in enumerate(lines[self.header :], start=1 + self.header):
            yield self._row(number, source, line)

    def _check(self, first: str, source: str) -> None:
        expected = self.separator.join(self.columns)
        if first != expected:
            raise DataError(
                f"'{source}'의 첫 줄이 공식 형식과 다릅니다. "
                f"있어야 할 줄: {expected!r}, 받은 줄: {first[:80]!r}",
                f"the first line of '{source}' is not that of the official format. "
                f"Expected: {expected!r}. Received: {first[:80]!r}",
            )

    def _row(self, number: int, source: str, line: str) -> Row:
        if not line:
            return Row(number, source, fault="blank line")
        try:
            cells = self._cells(line)
        except csv.Error:
            return Row(number, source, fault="broken row")
        if len(cells) != len(self.columns):
            return Row(number, source, fault="wrong column count")
        text = cells[self.columns.index(self.text)]
        if self.labels is not None:
            found, fault = self.labels(cells)
            labels = tuple(sorted(set(found)))
            fault = fault if text.strip() else "empty text"
            return Row(number, source, text, set_name(labels), fault, labels)
        label, fault = self.label(cells)
        return Row(number, source, text, label, fault if text.strip() else "empty text")

    def _cells(self, line: str) -> list[str]:
        if not self.quoted:
            return line.split(self.separator)
        return next(csv.reader([line], delimiter=self.separator, strict=True))


@dataclass(frozen=True, slots=True)
class Objects:
    """A JSON list of objects.

    Attributes:
        text: Key of the text.
        label: Key of the label.
        words: The label in words, by what the file says.
    """

    text: str
    label: str
    words: Mapping[str, str]

    def rows(self, text: str, source: str) -> Iterator[Row]:
        """Give every object of a decoded file.

        Raises:
            DataError: If it is no JSON list.
        """
        try:
            objects = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _no_list(source, str(error)) from error
        if not isinstance(objects, list):
            raise _no_list(source, type(objects).__name__)
        for number, each in enumerate(objects, start=1):
            yield self._row(number, source, each)

    def _row(self, number: int, source: str, each: Any) -> Row:
        if not isinstance(each, dict) or not {self.text, self.label} <= each.keys():
            return Row(number, source, fault="broken row")
        text, said = each[self.text], each[self.label]
        if not isinstance(text, str):
            return Row(number, source, fault="text is not a string")
        label = self.words.get(said, "") if isinstance(said, str) else ""
        fault = "" if label else "unknown label"
        return Row(number, source, text, label, fault if text.strip() else "empty text")


def _no_list(source: str, reason: str) -> DataError:
    return DataError(
        f"'{source}'은(는) JSON 목록이 아닙니다 ({reason}). 지우고 다시 받으세요",
        f"'{source}' is no JSON list ({reason}); delete it and fetch it again",
    )


def word(column: int, words: Mapping[str, str]) -> Labelling:
    """Build what reads the label from one column.

    Args:
        column: Its number, from 0.
        words: The label in words, by what the file says.
    """

    def label(cells: Sequence[str]) -> tuple[str, str]:
        found = words.get(cells[column], "")
        return found, "" if found else "unknown label"

    return label


def only(labels: Sequence[str]) -> tuple[str, str]:
    """Return the label of a text that may have several, and why it cannot be used.

    Where one label a text is learned: which of several was meant most is not in the file, so that
    such a row is dropped and counted.
    """
    if len(labels) == 1:
        return labels[0], ""
    return "", "several labels" if labels else "no label"


def gathered(rows: Iterable[Row], source: str) -> Split:
    """Make a split of rows; those that cannot be used are in its audit.

    Raises:
        DataError: If no row is usable.
    """
    texts: list[str] = []
    labels: list[str] = []
    lines: list[int] = []
    sets: list[tuple[str, ...]] = []
    dropped: list[Dropped] = []
    for row in rows:
        if row.fault:
            dropped.append(Dropped(row.line, row.fault, row.source))
        else:
            texts.append(row.text)
            labels.append(row.label)
            lines.append(row.line)
            sets += [] if row.labels is None else [row.labels]
    if not texts:
        raise DataError(
            f"'{source}'에 쓸 수 있는 줄이 없습니다 (읽은 줄: {len(dropped)})",
            f"no usable row in '{source}' (rows read: {len(dropped)})",
        )
    audit = Audit(len(texts) + len(dropped), len(texts), tuple(dropped))
    return Split(texts, labels, audit, lines, sets or None)


def in_test(text: str) -> bool:
    """Tell whether a text of a corpus without a published split belongs to the test split.

    A hash of the text itself decides, so that neither the order of the rows nor a corrected row
    elsewhere moves it, and copies stay together, whatever their white space and Unicode form.
    """
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    digest = hashlib.sha256((_SEED + plain).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") < TEST_SHARE * 2**64


def published(train: Form, test: Form | None = None) -> Callable[[CorpusSpec, Path], Corpus]:
    """Build the reader of a corpus of two files: train, then test.

    Args:
        train: Form of the first file.
        test: Form of the second one; by default the same.
    """

    def read(spec: CorpusSpec, folder: Path) -> Corpus:
        train_file, test_file = (file.place(folder) for file in spec.files)
        return read_pair(spec, (train_file, train), (test_file, test or train))

    return read


def read_pair(spec: CorpusSpec, train: tuple[Path, Form], test: tuple[Path, Form]) -> Corpus:
    """Read two files, each with its form, to the splits of a corpus."""
    splits: list[Split] = []
    notices: list[Message] = []
    for path, form in (train, test):
        rows, remarks = _rows(path, form)
        splits.append(gathered(rows, path.name))
        notices.extend(remarks)
    return assemble(spec.name, spec.language, splits[0], splits[1], notices)


def divided(form: Form) -> Callable[[CorpusSpec, Path], Corpus]:
    """Build the reader of a corpus that is published in one file, without a split."""

    def read(spec: CorpusSpec, folder: Path) -> Corpus:
        path = spec.files[0].place(folder)
        rows, notices = _rows(path, form)
        sides: dict[bool, list[Row]] = {False: [], True: []}
        for row in rows:
            sides[in_test(row.text)].append(row)
        train, test = (gathered(side, path.name) for side in sides.values())
        return assemble(spec.name, spec.language, train, test, notices)

    return read


def _rows(path: Path, form: Form) -> tuple[Iterator[Row], tuple[Message, ...]]:
    """Open a file: its rows, and remarks on its encoding."""
    text, remarks = decode(read_bytes(path), path.name)
    return form.rows(text, path.name), remarks
