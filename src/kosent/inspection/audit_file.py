"""An audit as a CSV file, which a spreadsheet opens and ``kosent train`` reads."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from kosent.errors import UsageError
from kosent.inspection.audited import COLUMNS, Audit, Row
from kosent.support.files import write_file
from kosent.support.spreadsheet import guarded
from kosent.text.unicode import replace_surrogates

SUFFIX = ".csv"


def check_name(path: Path) -> None:
    """Check that a file may be named so.

    Raises:
        UsageError: If it does not end in ``.csv``.
    """
    if path.suffix.lower() != SUFFIX:
        raise UsageError(
            f"결과 파일은 {SUFFIX}로 끝나야 합니다. 받은 값: {str(path)!r}",
            f"the output has to end in {SUFFIX}. Received: {str(path)!r}",
        )


def write_audit(audited: Audit, path: Path) -> None:
    """Write all rows, in UTF-8 with a BOM, by which Excel knows it; whole or not at all.

    Args:
        audited: The audit.
        path: The file, which is replaced where it exists.

    Raises:
        UsageError: If the name does not end in ``.csv``.
        RuntimeSetupError: If the disk refuses.
    """
    check_name(path)
    lines = io.StringIO()
    # Python quotes a cell for the characters of the line end only, and a lone "\r" has to be.
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(_cells, audited.rows))
    write_file(path, lines.getvalue().encode("utf-8-sig"))


def _cells(row: Row) -> list[str]:
    """Return a row as text; what is nothing is empty, half a character is U+FFFD."""
    shown = row._asdict() | {"findings": "; ".join(row.findings), "keep": int(row.keep)}
    values = ("" if shown[name] is None else str(shown[name]) for name in COLUMNS)
    return [guarded(replace_surrogates(value)) for value in values]
