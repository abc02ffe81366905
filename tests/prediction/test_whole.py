"""Formats that are written whole: what each kind of value becomes, and what they cannot hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow
import pytest
from pyarrow import parquet

from kosent.errors import DataError
from kosent.prediction import whole
from kosent.prediction.whole import parquet_file, workbook_file

NAN = float("nan")
SHEET = [
    (None, None),
    ("", None),
    (NAN, None),
    (True, True),
    (-3, -3),
    (2.5, 2.5),
    (10**15, str(10**15)),  # a spreadsheet keeps 15 digits of a number
    (Decimal("1.50"), "1.50"),
    (date(2024, 1, 2), datetime(2024, 1, 2)),
    (datetime(2024, 1, 2, 3, 4), datetime(2024, 1, 2, 3, 4)),
    (datetime(1800, 1, 1), "1800-01-01 00:00:00"),
    (datetime(2024, 1, 2, tzinfo=UTC), "2024-01-02 00:00:00+00:00"),
    ("=1+1", "=1+1"),
    ("#N/A", "#N/A"),
    ("0012", "0012"),
    (" x ", " x "),
    ("a\x00\ufffe\r\nb\rc", "a\ufffd\ufffd\nb\nc"),
    ("\ud800", "\\ud800"),
]


def test_cells_of_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with workbook_file(path, ["=c"]) as put:
        put([[value] for value, _ in SHEET])
    (sheet,) = openpyxl.load_workbook(path).worksheets
    cells = [row[0] for row in sheet.iter_rows()]
    assert [cell.value for cell in cells] == ["=c", *(value for _, value in SHEET)]
    assert not [cell for cell in cells if cell.data_type == "f"]
    texts = [cell for cell in cells if isinstance(cell.value, str)]
    risky = [cell.value for cell in texts if cell.quotePrefix]  # text also once it was edited
    assert risky == ["=c", "=1+1", "#N/A"]


@pytest.mark.parametrize(
    ("names", "rows"),
    [(["c"], [["x" * 32_768]]), (["c"] * 16_385, []), (["c"], [["x"]] * 10)],
    ids=["cell", "columns", "rows"],
)
def test_what_a_spreadsheet_cannot_hold(
    names: list[str], rows: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "_MOST_ROWS", 10)
    with (
        pytest.raises(DataError, match=r"too large for \.xlsx .* write \.csv"),
        workbook_file(tmp_path / "a.xlsx", names) as put,
    ):
        put(rows)
    assert not (tmp_path / "a.xlsx").exists()


def test_the_largest_spreadsheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "_MOST_ROWS", 10)
    with workbook_file(tmp_path / "a.xlsx", ["c"]) as put:
        put([["x" * 32_767]] * 9)
    (sheet,) = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets
    assert sheet.max_row == 10


KINDS: list[tuple[list[list[Any]], pyarrow.DataType, list[Any]]] = [
    ([[None], [None]], pyarrow.string(), [None, None]),
    ([["a", None], [1, NAN]], pyarrow.string(), ["a", None, "1", ""]),
    ([["a"], ["\ud800"]], pyarrow.string(), ["a", "\\ud800"]),
    ([[None], [1], [None]], pyarrow.int64(), [None, 1, None]),
    ([[1], [2.5]], pyarrow.float64(), [1.0, 2.5]),
    ([[True], [1]], pyarrow.string(), ["True", "1"]),
    ([[1, "a"]], pyarrow.string(), ["1", "a"]),
    ([[2**70], [1]], pyarrow.string(), [str(2**70), "1"]),
    ([[b"x"], [None]], pyarrow.binary(), [b"x", None]),
    ([[[]], [[1]]], pyarrow.list_(pyarrow.int64()), [[], [1]]),
    ([[{}], [{"a": 1}]], pyarrow.string(), ["{}", '{"a": 1}']),
    ([[date(2024, 1, 2)], [None]], pyarrow.date32(), [date(2024, 1, 2), None]),
    (
        [[Decimal("1.5")], [Decimal("100.25")]],
        pyarrow.decimal128(5, 2),
        [Decimal("1.50"), Decimal("100.25")],
    ),
]


@pytest.mark.parametrize(("parts", "kind", "expected"), KINDS, ids=lambda value: str(value)[:30])
def test_kinds_of_columns(
    parts: list[list[Any]], kind: pyarrow.DataType, expected: list[Any], tmp_path: Path
) -> None:
    """A kind shows in the rows that come, and may change with them."""
    path = tmp_path / "a.parquet"
    with parquet_file(path, ["c", "c"]) as put:  # names may be equal
        for part in parts:
            put([[value, None] for value in part])
    found = parquet.ParquetFile(path).read()
    assert found.schema.types == [kind, pyarrow.string()]
    assert found.column(0).to_pylist() == expected
    assert list(tmp_path.iterdir()) == [path]


def test_a_table_without_rows(tmp_path: Path) -> None:
    with parquet_file(tmp_path / "a.parquet", ["a", "b"]):
        pass
    table = parquet.read_table(tmp_path / "a.parquet")
    assert (table.column_names, table.num_rows) == (["a", "b"], 0)


def test_numbers_that_one_column_cannot_hold(tmp_path: Path) -> None:
    def write() -> None:
        with parquet_file(tmp_path / "a.parquet", ["c"]) as put:
            put([[2**60 + 1]])
            put([[0.5]])

    with pytest.raises(DataError, match=r"cannot hold the values of 'c' .*; write \.csv"):
        write()
