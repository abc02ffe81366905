"""The labels of a user's file whose texts may have several: in one cell, or in a column each.

A cell holds a list, as JSON and Parquet can, the text of a list, as pandas writes it to CSV, or
labels with a mark between them. A column of a label holds 1 where a text has it and 0, or nothing,
where it does not. A text without a label is one like any other.
"""

from __future__ import annotations

import ast
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kosent.corpora.base import Audit, Dropped, Split, set_name
from kosent.corpora.readers.columns import Columns
from kosent.corpora.readers.marks import Marks, is_yes
from kosent.corpora.readers.records import EMPTY, Notice
from kosent.corpora.readers.rows import Rows
from kosent.errors import UsageError
from kosent.language import Message
from kosent.support.labels import label_of, spelling

MARKS = ("|", ";", ",")  # that are looked for where none is named

Labels = tuple[str, ...]
Cell = str | Labels  # labels with a mark between them, or each by itself


@dataclass(frozen=True, slots=True)
class Several:
    """How the labels are written.

    Attributes:
        separator: What stands between the labels of a cell; found in the file when ``None``.
        columns: Columns of zeros and ones, one a label, instead of one column for all.
    """

    separator: str | None = None
    columns: tuple[str, ...] = ()

    def check(self, label_column: str | None) -> None:
        """Refuse what does not go together.

        Raises:
            UsageError: If it does not.
        """
        if self.separator == "":
            raise UsageError(
                "--label-separator에는 라벨 사이의 글자를 주세요 (예: ',')",
                "--label-separator takes what stands between the labels, such as ','",
            )
        if self.columns and (self.separator is not None or label_column is not None):
            raise UsageError(
                "--label-columns는 --label-separator, --label-column과 함께 쓰지 않습니다",
                "--label-columns goes with neither --label-separator nor --label-column",
            )
        if len(self.columns) == 1 or len(set(self.columns)) < len(self.columns):
            raise UsageError(
                f"--label-columns에는 서로 다른 열을 둘 이상 주세요: {', '.join(self.columns)}",
                f"--label-columns takes two or more different columns: {', '.join(self.columns)}",
            )


class SetReader:
    """Reads the files of a corpus; what separates labels is found in the first, and holds for all.

    Args:
        several: How the labels are written.
        notice: Told in one line what separates them.
    """

    def __init__(self, several: Several, notice: Notice) -> None:
        self.several = several
        self._notice = notice
        self._separator = several.separator
        self._is_found = several.separator is not None

    def read(self, rows: Rows, source: str, *, parted: bool = False) -> tuple[Split, Split]:
        """Collect the rows that have a text, with their labels, and account for the others.

        Args:
            rows: The rows of a file; where labels have columns of their own, with all cells.
            source: Its name.
            parted: Whether rows that an audit marks as of the test split are given apart.

        Returns:
            The rows, and those apart from them.
        """
        train, test = _Part(), _Part()
        marks = Marks(rows.columns, source)
        read = self._reader(rows, source, marks)
        for row in rows.rows:
            cell = None if row.fault else read(row.cells)
            reason = row.fault or _fault(row.text, cell) or marks.reason(row.line, row.cells)
            part = test if parted and not row.fault and marks.is_test(row.cells) else train
            if reason or cell is None:
                part.dropped.append(Dropped(row.line, reason, source))
            else:
                part.texts.append(marks.original(row.text))
                part.cells.append(cell)
                part.lines.append(row.line)
        self._find([*train.cells, *test.cells], source)
        return train.split(self._apart), test.split(self._apart)

    def _reader(
        self, rows: Rows, source: str, marks: Marks
    ) -> Callable[[Sequence[object]], Cell | None]:
        """Return what reads the labels of a row, ``None`` where they are none."""
        if not self.several.columns:
            index = rows.label or 0
            return lambda cells: _cell(cells[index], marks)
        known = Columns(rows.columns, source)
        places = [known.index(name) for name in self.several.columns]
        names = [spelling(rows.columns[place]) for place in places]
        return lambda cells: _marked(names, [cells[place] for place in places])

    def _find(self, cells: Sequence[Cell], source: str) -> None:
        if self._is_found or self.several.columns:
            return
        self._is_found = True
        joined = [cell for cell in cells if isinstance(cell, str)]
        self._separator = separator_of(joined)
        if self._separator or (joined and not any(isinstance(cell, tuple) for cell in cells)):
            self._notice(_told(source, self._separator, joined))

    def _apart(self, cell: Cell) -> Labels:
        """Return the labels of a cell, each once and in order."""
        if isinstance(cell, str):
            cell = tuple(cell.split(self._separator)) if self._separator else (cell,)
        spelled = (_spelled(label) for label in cell)
        return tuple(sorted({label for label in spelled if label}))


_spelled = lru_cache(100_000)(spelling)


class _Part:
    """The rows of a split, as they are collected."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.cells: list[Cell] = []
        self.lines: list[int] = []
        self.dropped: list[Dropped] = []

    def split(self, apart: Callable[[Cell], Labels]) -> Split:
        audit = Audit(len(self.texts) + len(self.dropped), len(self.texts), tuple(self.dropped))
        sets = [apart(cell) for cell in self.cells]
        return Split(self.texts, list(map(set_name, sets)), audit, self.lines, sets)


def separator_of(cells: Sequence[str]) -> str | None:
    """Find what separates the labels of cells: of ``MARKS`` the one that leaves the fewest labels.

    Args:
        cells: Labels with a mark between them, or one alone.

    Returns:
        The mark; ``None`` where no cell has any.
    """
    counts = Counter(cells)
    labels = {
        mark: len({_spelled(label) for cell in counts for label in cell.split(mark)})
        for mark in MARKS
        if any(mark in cell for cell in counts)
    }
    return min(labels, key=lambda mark: labels[mark], default=None)


def _cell(value: object, marks: Marks) -> Cell | None:
    if hasattr(value, "tolist"):  # an array, as pandas gives a list of Parquet
        value = value.tolist()
    if isinstance(value, str):
        text = marks.original(value)
        listed = _listed(text)
        return text if listed is None else _labels(listed)
    if isinstance(value, list | tuple | set | frozenset):
        return _labels(value)
    label = label_of(value)
    return None if label is None else (label,)


def _labels(values: Iterable[object]) -> Labels | None:
    labels = [label_of(value) for value in values]
    return None if None in labels else tuple(label for label in labels if label)


def _listed(text: str) -> list[Any] | None:
    """Return a list that stands there as text, of JSON or of Python; ``None`` where none does."""
    if not (text.startswith("[") and text.endswith("]")):
        return None
    for parse in (json.loads, ast.literal_eval):
        try:
            found = parse(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        return found if isinstance(found, list) else None
    return None


def _marked(names: Sequence[str], cells: Sequence[object]) -> Labels | None:
    marked = [_is_marked(cell) for cell in cells]
    if None in marked:
        return None
    return tuple(name for name, has in zip(names, marked, strict=True) if has)


def _is_marked(cell: object) -> bool | None:
    """Tell whether a cell marks a label; ``None`` where it says neither yes nor no."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)) or cell == "":
        return False
    return is_yes(cell)


def _fault(text: str, cell: Cell | None) -> str:
    if not text.strip():
        return EMPTY
    if cell is None or any("\ud800" <= letter <= "\udfff" for letter in "".join(cell)):
        return "broken label"
    return ""


def _told(source: str, separator: str | None, cells: Sequence[str]) -> Message:
    if separator is None:
        return Message(
            f"'{source}': 라벨 사이의 기호({' '.join(MARKS)})가 없어, 글마다 라벨이 하나이거나 "
            "없습니다. 다른 기호는 --label-separator로 지정하세요",
            f"'{source}': no mark between labels ({' '.join(MARKS)}), so that a text has one or "
            "none; name another mark with --label-separator",
        )
    several = sum(separator in cell for cell in cells)
    return Message(
        f"'{source}': 라벨 사이의 기호 '{separator}' (라벨이 여럿인 글 {several:,}개). "
        "아니면 --label-separator로 지정하세요",
        f"'{source}': '{separator}' stands between labels ({several:,} texts have several); if "
        "that is wrong, name another mark with --label-separator",
    )
