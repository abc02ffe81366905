r"""Cells between separators: lenient as pandas and spreadsheets are, and every line accounted for.

A quote opens a cell only where the cell begins. Text after the closing quote belongs to the cell
(``"최고"라고`` is ``최고라고``). A quote that never closes is a letter, so that it costs nothing
else: the lines after it are read as if nothing had happened. Where two such quotes would make one
cell of lines that are rows by themselves, they are rows, and it is said.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from kosent.corpora.readers.decoding import Line
from kosent.corpora.readers.records import BLANK, BROKEN, WRONG_COUNT, Record

_LONGEST_CELL = 1000  # lines; a quote that does not close by then is a letter
_TOLD = 5  # places
_MANY_LINES = 20  # a cell of more is said
_FEW_LINES = 5  # more that look like rows are, where nothing else tells


@dataclass(frozen=True, slots=True)
class Dialect:
    """The way in which a file is written.

    Attributes:
        separator: What stands between cells.
        quoted: Whether a ``"`` that begins a cell opens a quote; else it is a letter.
        is_trusted: Whether a program wrote the quotes, as a line of names that are all quoted
            shows: then what they enclose is one cell, however it looks.
    """

    separator: str
    quoted: bool
    is_trusted: bool = False


Fits = Callable[[Sequence[str]], bool]


@cache
def _pattern(separator: str) -> re.Pattern[str]:
    mark = re.escape(separator)
    return re.compile(rf'(?:"((?:[^"]++|"")*+)"([^{mark}]*)|([^{mark}]*))({mark}|\Z)')


def split(text: str, separator: str) -> tuple[list[str], int | None, bool]:
    """Cut a line, or several joined, into cells.

    Args:
        text: Without its line end.
        separator: One character.

    Returns:
        The cells; the first of them that opens a quote which does not close, ``None`` where none
        does; whether a cell before it goes on after its closing quote.
    """
    found = _pattern(separator).findall(text)
    if len(found) > 1 and not found[-2][3]:
        found.pop()  # the empty match at the end
    cells = [plain or quoted.replace('""', '"') + tail for quoted, tail, plain, _ in found]
    opens = (at for at, (_, _, plain, _) in enumerate(found) if plain[:1] == '"')
    opened = next(opens, None)  # what follows is in this cell, and not yet cut right
    return cells, opened, any(tail for _, tail, _, _ in found[:opened])


class _OpenError(Exception):
    """A quote is open at the end of a line."""


class _Feed:
    """Gives the csv module one line at a time."""

    line: str | None = None

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line, self.line = self.line, None
        if line is None:
            raise _OpenError
        return line


@dataclass(slots=True)
class Places:
    """Where something odd was found: the first few places, and how many there are in all.

    Attributes:
        first: First and last line of each.
        count: All of them.
    """

    first: list[tuple[int, int]] = field(default_factory=list)
    count: int = 0

    def add(self, first: int, last: int) -> None:
        """Note one more."""
        self.count += 1
        if self.count <= _TOLD:
            self.first.append((first, last))


class Rows:
    """The rows of a delimited file.

    Args:
        lines: Its lines, the header not among them.
        dialect: How they are cut.
        width: Number of columns.
        fits: Tells whether cells look like a row of this file, where that can be told.

    Attributes:
        letters: Lines with an opening quote that was taken as a letter.
        parted: Lines that would have been one cell, and were read as rows.
        long: Lines of cells of many lines, or that may be rows.
    """

    def __init__(
        self, lines: Iterable[Line], dialect: Dialect, width: int, fits: Fits | None = None
    ) -> None:
        self._lines = iter(lines)
        self._again: deque[Line] = deque()
        self._separator = dialect.separator
        self._quoted = dialect.quoted
        self._is_trusted = dialect.is_trusted
        self._width = width
        self._fits = fits
        self._feed = _Feed()
        self._reader = csv.reader(self._feed, delimiter=dialect.separator)
        self.letters, self.parted, self.long = Places(), Places(), Places()

    def __iter__(self) -> Iterator[Record]:
        separator, width = self._separator, self._width
        for line in self._lines:
            number, text, fault = line
            if fault or '"' in text:
                cells = None if fault else self._cut(text)
            else:
                cells = text.removesuffix("\r").split(separator)
            if cells is None:
                yield self._record(line)
                while self._again:
                    yield self._record(self._again.popleft())
            elif len(cells) == width and (width > 1 or cells[0].strip()):
                yield number, cells, ""
            else:
                yield self._uneven(number, cells)

    def _cut(self, text: str) -> list[str] | None:
        """Cut a line with quotes in it, if it is a row by itself.

        The csv module reads as ``split`` does, in a third of the time. Of a quote that does not
        close it asks for the next line, which ends it here.
        """
        if not self._quoted:
            return None
        self._feed.line = text.removesuffix("\r")
        try:
            return next(self._reader)
        except (_OpenError, csv.Error):  # or a bare return, or more than its limit of 128 KiB
            return None

    def _record(self, line: Line) -> Record:
        number, text, fault = line
        text = text.removesuffix("\r")
        if fault:
            return number, (text,), fault
        if not self._quoted:
            cells = text.split(self._separator)
            if len(cells) == self._width or '"' not in text:
                return self._uneven(number, cells)
        cells, opened, goes_on = split(text, self._separator)
        if opened is not None:
            return self._spanning(line) or self._letters(number, text)
        if self._quoted or (len(cells) == self._width and not goes_on):
            return self._uneven(number, cells)
        return self._uneven(number, text.split(self._separator))

    def _letters(self, number: int, text: str) -> Record:
        """Take a quote that does not close as a letter."""
        cells = text.split(self._separator)
        if self._quoted:
            self.letters.add(number, number)
        if len(cells) != self._width:
            return number, cells, BROKEN if self._quoted else WRONG_COUNT
        return number, cells, ""

    def _spanning(self, first: Line) -> Record | None:
        """Read a row of several lines; without success the lines are put back."""
        taken = [first]
        cells = self._closed(taken)
        if cells is None or self._are_rows(taken):
            self._again.extendleft(reversed(taken[1:]))
            return None
        if len(taken) > _MANY_LINES:
            self.long.add(first.number, taken[-1].number)
        fault = next((line.fault for line in taken if line.fault), "")
        return first.number, cells, fault

    def _closed(self, taken: list[Line]) -> list[str] | None:
        """Take lines until all quotes are closed; return the cells where that makes a row."""
        for line in self._next_lines():
            taken.append(line)
            if '"' not in line.text:
                continue
            text = "\n".join(each.text for each in taken).removesuffix("\r")
            cells, opened, goes_on = split(text, self._separator)
            if opened is None:
                return cells if len(cells) == self._width and not goes_on else None
            if goes_on or opened >= self._width:
                return None
        return None

    def _next_lines(self) -> Iterator[Line]:
        for _ in range(_LONGEST_CELL):
            line = self._again.popleft() if self._again else next(self._lines, None)
            if line is None:
                return
            yield line

    def _are_rows(self, taken: Sequence[Line]) -> bool:
        """Tell whether lines that could be one row are rows by themselves."""
        rows = [self._alone(line.text.removesuffix("\r")) for line in taken]
        if self._is_trusted or self._width < 2 or any(len(row) != self._width for row in rows):
            return False
        parted = len(taken) > _FEW_LINES if self._fits is None else all(map(self._fits, rows))
        (self.parted if parted else self.long).add(taken[0].number, taken[-1].number)
        return parted

    def _alone(self, text: str) -> list[str]:
        cells, opened, _ = split(text, self._separator)
        return cells if opened is None else text.split(self._separator)

    def _uneven(self, number: int, cells: list[str]) -> Record:
        """Hold the number of cells against that of the columns; empty ones too many do no harm."""
        width = self._width
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        if (len(cells) == 1 or len(cells) != width) and not any(map(str.strip, cells)):
            return number, cells, BLANK
        return number, cells, "" if len(cells) == width else WRONG_COUNT


def patterns(rows: Sequence[Sequence[str]]) -> Fits | None:
    """Learn what the rows of a file look like from its first ones.

    Args:
        rows: Whole rows, header not included.

    Returns:
        Tells of cells whether they are like them in every column that holds numbers only, or few
        different values; ``None`` where no column does.
    """
    if len(rows) < 4:  # too few to have learned anything
        return None
    tests: list[tuple[int, frozenset[str] | None]] = []
    for index, column in enumerate(zip(*rows, strict=True)):
        values = frozenset(column)
        if len(values) <= max(2, len(rows) // 4):
            tests.append((index, values))
        elif all(value.isdecimal() for value in values):
            tests.append((index, None))
    if not tests:
        return None

    def fits(cells: Sequence[str]) -> bool:
        return all(
            cells[index].isdecimal() if values is None else cells[index] in values
            for index, values in tests
        )

    return fits


def rows_of(lines: Iterable[Line], dialect: Dialect, width: int) -> list[list[str]]:
    """Return the whole rows among some lines, for whoever looks at a file before reading it.

    Quotes are believed here, since it is from these rows that others learn what a row looks like.
    """
    records = Rows(lines, dialect, width, lambda _: False)
    return [[str(cell) for cell in cells] for _, cells, fault in records if not fault]
