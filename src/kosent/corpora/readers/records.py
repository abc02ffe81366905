"""What every format is read to: rows, each with its place in the file and what is wrong there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from kosent.language import Message

BLANK = "blank line"
BROKEN = "broken row"
WRONG_COUNT = "wrong column count"
NOT_A_STRING = "text is not a string"
EMPTY = "empty text"

Notice = Callable[[Message], None]


# A row: where it begins (the physical line, from 1; of Parquet and spreadsheets the row), its
# cells, one a column, and why it is none, a key of kosent.corpora.notices.REASONS, or "". A plain
# tuple, since there are millions of them: one with names takes five times as long to make.
Record = tuple[int, Sequence[object], str]


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose columns are known and whose rows are still to be read.

    Attributes:
        name: Name of the file, for messages.
        columns: Names as they stand in the file; numbers from 1 where it names none.
        records: Gives the rows once; cells of columns other than those named may be missing.
        sample: The first rows of a file that does not name its columns, empty of others.
        is_lines: Whether a row is a whole line of text, without columns.
        is_sheet: Whether a text of digits is a number: spreadsheets make it one unasked.
        about: How it was read, Korean and English.
        encoding: Gives the name of its encoding, of what was read so far; ``""`` where the format
            has its own.
        ready: Tells whether a row can be had without waiting for whoever writes the file.
    """

    name: str
    columns: tuple[str, ...]
    records: Callable[[Sequence[int]], Iterator[Record]]
    sample: list[list[str]] = field(default_factory=list)
    is_lines: bool = False
    is_sheet: bool = False
    about: tuple[tuple[str, str], ...] = ()
    encoding: Callable[[], str] = str
    ready: Callable[[], bool] = lambda: True
