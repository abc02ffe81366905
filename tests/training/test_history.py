from __future__ import annotations

import csv
import json
from pathlib import Path

from kosent.training.history import write_history

RECORDS = [
    {"epoch": 1, "loss": 0.7000000000000001, "val_loss": 1e-07},
    {"epoch": 2, "loss": 0.5, "val_loss": 0.25},
]


def test_one_line_an_epoch_in_both_files(tmp_path: Path) -> None:
    write_history(tmp_path, RECORDS)
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == RECORDS
    with (tmp_path / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [{name: float(value) for name, value in row.items()} for row in rows] == RECORDS
    assert list(rows[0]) == list(RECORDS[0])


def test_a_later_epoch_replaces_both_files(tmp_path: Path) -> None:
    write_history(tmp_path, RECORDS[:1])
    write_history(tmp_path, RECORDS)
    assert len((tmp_path / "metrics.jsonl").read_text().splitlines()) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history.csv", "metrics.jsonl"]
