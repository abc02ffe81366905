"""The figures of each epoch, kept in files that appear whole."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from kosent.support.files import write_file

Record = dict[str, float]


def write_history(folder: Path, records: list[Record]) -> None:
    """Write ``metrics.jsonl`` and ``history.csv``, one line an epoch.

    Args:
        folder: The run folder.
        records: One flat record an epoch, all with the same keys.

    Raises:
        RuntimeSetupError: If the disk refuses.
    """
    lines = "".join(json.dumps(record) + "\n" for record in records)
    write_file(folder / "metrics.jsonl", lines.encode())
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, fieldnames=list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    write_file(folder / "history.csv", table.getvalue().encode())
