"""Rows laid out in columns."""

from __future__ import annotations

from collections.abc import Container, Sequence

from rich.cells import cell_len

from kosent.language import shown
from kosent.support.printable import one_line


def table(rows: Sequence[Sequence[str]], right: Container[int] = ()) -> list[str]:
    """Lay rows out in columns that stay straight under Hangul, which takes two cells a letter.

    Args:
        rows: Cells, the same number in each row; the header is a row like any other.
        right: Columns set to the right.

    Returns:
        One line a row.
    """
    printed = [[one_line(shown(cell)) for cell in row] for row in rows]
    sizes = [[cell_len(cell) for cell in row] for row in printed]
    widths = [max(column) for column in zip(*sizes, strict=True)]
    lines = []
    for row, row_sizes in zip(printed, sizes, strict=True):
        cells = []
        for place, (cell, size) in enumerate(zip(row, row_sizes, strict=True)):
            space = " " * (widths[place] - size)
            cells.append(space + cell if place in right else cell + space)
        lines.append("  ".join(cells).rstrip())
    return lines
