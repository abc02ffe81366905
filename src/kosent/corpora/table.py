"""The rows of a user's own file, before anyone knows which column is which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kosent.corpora.base import Dropped
from kosent.support.language import Message


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one file that could be read as rows.

    Attributes:
        columns: Names of the columns as they stand in the file.
        lines: Physical line (row for Parquet) of each row, from 1.
        column: Gives the cells of a column by its index, one for each of ``lines``.
        dropped: Rows that could not be read as rows.
        notices: Remarks for the user.
    """

    columns: list[str]
    lines: list[int]
    column: Callable[[int], list[object]]
    dropped: list[Dropped]
    notices: tuple[Message, ...] = ()
