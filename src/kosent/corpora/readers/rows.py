"""The rows of a user's file, one after another: the one door for training and for prediction."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from kosent.corpora.notices import REASONS
from kosent.corpora.readers.columns import Choice, Columns
from kosent.corpora.readers.formats import read_table
from kosent.corpora.readers.marks import Marks
from kosent.corpora.readers.opening import STDIN, opened
from kosent.corpora.readers.records import BLANK, EMPTY, NOT_A_STRING, Notice, Table
from kosent.corpora.readers.sheets import shown
from kosent.errors import DataError
from kosent.language import Message

__all__ = ["STDIN", "Row", "Rows", "no_usable_row", "open_rows", "rows_of", "rows_of_texts"]


class Row(NamedTuple):
    """A row of a file.

    Attributes:
        line: Where it begins: the physical line, from 1; of Parquet and spreadsheets the row.
        text: Its text, exactly as it stands there; ``""`` where there is a fault.
        fault: Why it cannot be used, a key of ``kosent.corpora.notices.REASONS``; else ``""``.
        cells: One value a column; fewer, or others, where there is a fault.
    """

    line: int
    text: str
    fault: str
    cells: Sequence[object]


_row = partial(tuple.__new__, Row)  # in a third of the time of Row(...)


@dataclass(frozen=True, slots=True)
class Rows:
    """An open file of texts.

    Attributes:
        rows: Its rows, in order, good and bad; blank lines at its end are none.
        columns: Names of the columns; numbers from 1 where the file names none.
        text: Index of the text column.
        label: Index of the label column, ``None`` where none was looked for or found.
        size: Bytes of the file as it lies there; ``None`` of a pipe.
        position: Gives the bytes read so far.
        ready: Tells whether the next row can be had without waiting for whoever writes the file.
        every_column: Whether cells of columns that are neither text nor label are there for sure.
    """

    rows: Iterator[Row]
    columns: tuple[str, ...]
    text: int
    label: int | None
    size: int | None
    position: Callable[[], int]
    ready: Callable[[], bool]
    every_column: bool = True


@contextmanager
def open_rows(
    source: str | Path,
    text_column: str | None = None,
    label_column: str | None = None,
    *,
    labels: Literal["none", "perhaps", "needed"] = "none",
    every_column: bool = False,
    like: tuple[str, str | None] | None = None,
    notice: Notice = lambda _: None,
) -> Iterator[Rows]:
    """Open a file of texts, with or without labels.

    Args:
        source: A file of a format of ``kosent.corpora.readers.formats``, packed or not, or ``"-"``,
            which is stdin.
        text_column: The column of the texts; found by its name when ``None``.
        label_column: The same for the labels.
        labels: Whether a label column is looked for, and a file without one refused.
        every_column: Read columns that are neither text nor label too, where that costs something.
        like: Text and label column of the file that this one goes with; each is taken where none
            is known by its name.
        notice: Told in one line how the file is read, and later what was odd in it.

    Yields:
        The rows. Where not one of them can be used, the last step raises a ``DataError``.

    Raises:
        DataError: If the file cannot be read, or it is not sure which columns are meant.
        UsageError: If there is no column of that name.
        RuntimeSetupError: If a package is not installed that the format takes.
    """
    named = [name for name in (text_column, label_column) if name is not None]
    with opened(source) as stream:
        table = read_table(stream, named, notice)
        rows = rows_of(
            table,
            text_column,
            label_column,
            labels=labels,
            every_column=every_column,
            like=like,
            notice=notice,
        )
        yield replace(rows, size=stream.size, position=stream.position)


def rows_of(
    table: Table,
    text_column: str | None,
    label_column: str | None,
    *,
    labels: Literal["none", "perhaps", "needed"],
    every_column: bool = False,
    like: tuple[str, str | None] | None = None,
    notice: Notice,
) -> Rows:
    """Return the rows of a table; see :func:`open_rows`."""
    columns = Columns(table.columns, table.name, table.sample)
    if like is not None and not table.sample:
        text_column = columns.named_like(like[0], text_column, "text")
        label_column = columns.named_like(like[1], label_column, "label")
    labelled = labels == "needed" or (labels == "perhaps" and columns.has_label(label_column))
    if table.is_lines and labelled:
        raise _no_labels(table.name)
    choice = columns.choose(text_column, label_column, labelled=labelled)
    notice(_told(table, choice))
    asked = {choice.text} | ({choice.label} if choice.label is not None else set())
    asked |= Marks(table.columns, table.name).indices if labelled else set()
    needed = range(len(table.columns)) if every_column else sorted(asked)
    rows = _rows(table, choice.text, needed, notice)
    columns_of = table.columns, choice.text, choice.label
    return Rows(rows, *columns_of, None, int, table.ready, every_column)


def rows_of_texts(texts: Sequence[str]) -> Rows:
    """Return texts that stand in no file as if they stood in one, a line each."""
    rows = (_row((number, text, "", (text,))) for number, text in enumerate(texts, start=1))
    return Rows(rows, ("text",), 0, None, None, int, lambda: True)


def _rows(table: Table, index: int, needed: Sequence[int], notice: Notice) -> Iterator[Row]:
    first_encoding = table.encoding()
    blank: list[Row] = []
    counts: Counter[str] = Counter()
    is_useful = False
    for line, cells, fault in table.records(needed):
        text = "" if fault else cells[index]
        if not isinstance(text, str):
            text, fault = _other_text(text, table.is_sheet)
        row = _row((line, text, fault, cells))
        if fault == BLANK:
            blank.append(row)
            continue
        if blank:
            counts[BLANK] += len(blank)
            yield from blank
            blank.clear()
        if fault:
            counts[fault] += 1
        else:
            is_useful = True
        yield row
    if table.encoding() != first_encoding:
        notice(_other_encoding(table.name, table.encoding()))
    if counts and not is_useful:
        raise no_usable_row(table.name, counts)


def _other_text(value: object, is_sheet: bool) -> tuple[str, str]:
    """Return the text of a value that is no string, or its fault."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "", EMPTY
    if is_sheet and isinstance(value, int | float) and not isinstance(value, bool):
        return shown(value), ""
    return "", NOT_A_STRING


def no_usable_row(name: str, counts: Mapping[str, int]) -> DataError:
    """Build the error for a file of which nothing can be used.

    Args:
        name: The file.
        counts: Its rows, by what is wrong with them.
    """
    total = sum(counts.values())
    korean = ", ".join(f"{REASONS[reason]} {count:,}" for reason, count in counts.items())
    english = ", ".join(f"{reason} {count}" for reason, count in counts.items())
    return DataError(
        f"'{name}'에 쓸 수 있는 줄이 없습니다 (읽은 줄: {total}; {korean or '-'})",
        f"no usable row in '{name}' (rows read: {total}; {english or '-'})",
    )


def _no_labels(name: str) -> DataError:
    return DataError(
        f"'{name}'은(는) 한 줄에 글 하나여서 라벨이 없습니다. 글과 라벨을 탭으로 나누고 첫 줄에 "
        "열 이름(text, label)을 쓰거나 CSV로 저장하세요",
        f"'{name}' has one text a line, and so no labels; put tabs between text and label and "
        "names (text, label) into its first line, or save it as CSV",
    )


def _told(table: Table, choice: Choice) -> Message:
    """Say how a file is read: its columns, separator and encoding."""
    korean, english = [], []
    if not table.is_lines:
        roles = [("글", "text", choice.text), ("라벨", "label", choice.label)]
        for ko, en, index in roles:
            if index is not None:
                name = repr(table.columns[index])[:60]
                passed = "".join(f", {other!r}" for other in choice.others.get(en, []))
                korean.append(f"{ko} 열 {name}" + (f" (다른 후보{passed})" if passed else ""))
                english.append(f"{en} column {name}" + (f" (others{passed})" if passed else ""))
    encoding = [table.encoding()] if table.encoding() else []
    korean += [ko for ko, _ in table.about] + encoding
    english += [en for _, en in table.about] + encoding
    name = f"'{table.name}': "
    return Message(name + ", ".join(korean), name + ", ".join(english))


def _other_encoding(name: str, encoding: str) -> Message:
    return Message(
        f"'{name}'은(는) 뒷부분부터 {encoding}로 읽었습니다",
        f"'{name}' was read as {encoding} from its first other letter on",
    )
