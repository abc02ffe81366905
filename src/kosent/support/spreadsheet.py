"""Cells that a spreadsheet shows and does not run.

A cell that begins with ``=``, ``+``, ``-``, ``@``, their full-width forms, a tab or a line end is a
formula to a spreadsheet, and a stranger's review may be one (OWASP, "CSV injection"). An
apostrophe before it makes it text. A cell that begins with apostrophes and one of these gets one
more, so that taking one away gives back what there was, whatever it was.
"""

from __future__ import annotations

import re

_RISKY = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")


def guarded(cell: str) -> str:
    """Return a cell as it may stand in a spreadsheet."""
    return f"'{cell}" if _RISKY.match(cell) else cell


def unguarded(cell: str) -> str:
    """Undo :func:`guarded`; any other cell stays as it is."""
    return cell[1:] if cell.startswith("'") and _RISKY.match(cell) else cell
