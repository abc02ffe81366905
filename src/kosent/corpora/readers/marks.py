"""What an audit writes beside a row: whether to learn from it, and which split it is of.

A file with a column ``keep`` has marks. That of ``kosent audit`` has ``split`` and ``findings``
too: its rows are of either split, and its cells are guarded against spreadsheets.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from kosent.errors import DataError
from kosent.support.spreadsheet import unguarded

NOT_KEPT = "not kept"
KEEP, SPLIT, FINDINGS = "keep", "split", "findings"

_YES = {"", "1", "1.0", "true", "t", "yes", "y", "o", "예", "네", "ㅇ"}  # nothing said is a yes
_NO = {"0", "0.0", "false", "f", "no", "n", "x", "아니오", "아니요", "아뇨", "ㄴ"}


class Marks:
    """The columns of a file that say what becomes of its rows.

    Args:
        columns: Names of all columns.
        source: Name of the file, for messages.

    Attributes:
        indices: Where the columns stand; empty where the file has no marks.
        has_splits: Whether the rows of both splits stand in the file.
    """

    def __init__(self, columns: Sequence[str], source: str) -> None:
        names = [_word(name) for name in columns]
        known = (KEEP, SPLIT, FINDINGS) if KEEP in names else ()
        self._places = {name: names.index(name) for name in known if name in names}
        self._source = source
        self.indices = frozenset(self._places.values())
        self.has_splits = SPLIT in self._places and self._is_audited

    @property
    def _is_audited(self) -> bool:
        return FINDINGS in self._places

    def reason(self, line: int, cells: Sequence[object]) -> str:
        """Return why a row is left out; ``""`` where it is not.

        Args:
            line: Its line, for messages.
            cells: One value a column.

        Raises:
            DataError: If its mark is neither yes nor no.
        """
        place = self._places.get(KEEP)
        return "" if place is None or self._is_kept(line, cells[place]) else NOT_KEPT

    def is_test(self, cells: Sequence[object]) -> bool:
        """Tell whether a row is of the test split."""
        return self.has_splits and _word(cells[self._places[SPLIT]]) == "test"

    def original(self, cell: str) -> str:
        """Return a text or label as it was before the audit guarded it against spreadsheets."""
        return unguarded(cell) if self._is_audited else cell

    def _is_kept(self, line: int, value: object) -> bool:
        kept = is_yes(value)
        if kept is None:
            raise DataError(
                f"'{self._source}' {line}번 줄의 keep 값을 알 수 없습니다: {str(value)[:40]!r}. "
                "1이나 0을 쓰거나, 뜻이 다른 열이면 이름을 바꾸세요",
                f"line {line} of '{self._source}' has a keep that is neither yes nor no: "
                f"{str(value)[:40]!r}; write 1 or 0, or rename a column that means something else",
            )
        return kept


def is_yes(value: object) -> bool | None:
    """Tell whether a cell says yes, as nothing does too; ``None`` where it says neither."""
    word = _word(value)
    return True if word in _YES else False if word in _NO else None


def _word(value: object) -> str:
    is_missing = value is None or (isinstance(value, float) and math.isnan(value))
    return "" if is_missing else unicodedata.normalize("NFKC", str(value)).strip().casefold()
