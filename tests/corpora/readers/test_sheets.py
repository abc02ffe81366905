from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kosent.corpora.readers import sheets
from kosent.corpora.readers.formats import read_table
from kosent.corpora.readers.opening import opened
from kosent.corpora.readers.records import Record
from kosent.errors import DataError, RuntimeSetupError


def read(path: Path) -> tuple[tuple[str, ...], list[Record]]:
    with opened(path) as source:
        table = read_table(source, (), lambda _: None)
        return table.columns, list(table.records(range(len(table.columns))))


class TestSpreadsheet:
    @pytest.fixture
    def book(self, tmp_path: Path) -> tuple[Any, Path]:
        return openpyxl.Workbook(), tmp_path / "a.xlsx"

    def test_values_and_blank_rows(self, book: tuple[Any, Path]) -> None:
        workbook, path = book
        for row in [
            (),
            ("리뷰", "별점", None),
            ("좋다", 1),
            (),
            ("싫다", 2.5),
            (None, 3),
            (7, 1.0),
        ]:
            workbook.active.append(row)
        workbook.save(path)
        columns, rows = read(path)
        assert columns == ("리뷰", "별점")
        assert [(line, list(cells), fault) for line, cells, fault in rows] == [
            (3, ["좋다", 1], ""),
            (4, [None, None], "blank line"),
            (5, ["싫다", 2.5], ""),
            (6, [None, 3], ""),
            (7, [7, 1], ""),
        ]

    def test_the_first_sheet_with_anything_is_read_and_the_others_named(
        self, book: tuple[Any, Path]
    ) -> None:
        workbook, path = book
        workbook.create_sheet("리뷰").append(("text", "label"))
        workbook["리뷰"].append(("좋다", 1))
        workbook.create_sheet("메모")
        workbook.save(path)
        said: list[str] = []
        with opened(path) as source:
            table = read_table(source, (), said.append)
            assert len(list(table.records([0, 1]))) == 1
        assert "reading the sheet '리뷰' (others: 'Sheet', '메모')" in said[0]

    def test_without_names(self, book: tuple[Any, Path]) -> None:
        workbook, path = book
        for row in [("좋다", 1), ("싫다", 0), ("음", 1)]:
            workbook.active.append(row)
        workbook.save(path)
        columns, rows = read(path)
        assert columns == ("1", "2")
        assert len(rows) == 3

    def test_what_is_no_spreadsheet(self, book: tuple[Any, Path]) -> None:
        workbook, path = book
        workbook.save(path)
        with pytest.raises(DataError, match="there is nothing in"):
            read(path)
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(DataError, match=r"not a readable \.xlsx file"):
            read(path)
        path.write_text("text,label\n좋다,1\n", "utf-8")
        with pytest.raises(DataError, match=r"not a readable \.xlsx file .*save it again, or as"):
            read(path)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("train.csv", "text,label\n")
        with pytest.raises(DataError, match=r"cannot be read \(zip\); unpack it"):
            read(path)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("xl/workbook.xml", "<no")
        with pytest.raises(DataError, match=r"not a readable \.xlsx file"):
            read(path)

    def test_the_package_is_named_where_it_is_missing(
        self, book: tuple[Any, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        workbook, path = book
        workbook.save(path)
        monkeypatch.setattr(sheets, "find_spec", lambda _: None)
        with pytest.raises(RuntimeSetupError, match=r"openpyxl \(pip install 'kosent\[files\]'\)"):
            read(path)
