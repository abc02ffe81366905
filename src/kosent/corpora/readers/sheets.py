"""Spreadsheets (``.xlsx``)."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import chain, islice
from typing import Any

from kosent.corpora.readers.columns import are_data
from kosent.corpora.readers.opening import Opened, zipped
from kosent.corpora.readers.records import BLANK, Notice, Record, Table
from kosent.errors import DataError, RuntimeSetupError
from kosent.language import Message

_HEAD = 200  # rows that tell how wide the table is, and whether it names its columns


def read_sheet(source: Opened, notice: Notice) -> Table:
    """Read the first sheet of an ``.xlsx`` file that holds anything.

    Args:
        source: The file.
        notice: Told which sheet it is where there are several.

    Raises:
        RuntimeSetupError: If ``openpyxl`` is not installed.
        DataError: If it is another zip archive, damaged, or empty.
    """
    # openpyxl goes by the ending of a name, which may be another.
    whole = source.path.open("rb") if source.path else io.BytesIO(source.read_all())
    try:
        _check_sheets(whole, source.name)
        return _sheet_table(_sheet(whole, source.name, notice), source.name)
    except BaseException:
        whole.close()
        raise


def _check_sheets(whole: Any, name: str) -> None:
    import zipfile

    try:
        names = zipfile.ZipFile(whole).namelist()
    except (zipfile.BadZipFile, OSError) as error:
        raise _not_xlsx(name, error) from error
    if not any(each.startswith("xl/") for each in names):
        raise zipped(name)
    if find_spec("openpyxl") is None:
        raise RuntimeSetupError(
            ".xlsx를 읽으려면 openpyxl이 있어야 합니다 (pip install 'kosent[files]')",
            "reading .xlsx takes the package openpyxl (pip install 'kosent[files]')",
        )


def _sheet(whole: Any, name: str, notice: Notice) -> Iterator[Record]:
    """Find the first sheet with anything in it; give its rows, the first of them not blank."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(whole, read_only=True, data_only=True)
        sheets = book.worksheets
        for sheet in sheets:
            rows = _cells(sheet)
            first = next((row for row in rows if not row[2]), None)
            if first is not None:
                break
        else:
            raise DataError(f"'{name}'에 아무것도 없습니다", f"there is nothing in '{name}'")
    except DataError:
        raise
    except Exception as error:  # its parser lets through what its XML and zip modules raise
        raise _not_xlsx(name, error) from error
    if len(sheets) > 1:
        others = ", ".join(repr(other.title) for other in sheets if other is not sheet)
        notice(
            Message(
                f"'{name}': 시트 {sheet.title!r}을(를) 읽습니다 (다른 시트: {others})",
                f"'{name}': reading the sheet {sheet.title!r} (others: {others})",
            )
        )
    return _guarded(chain([first], rows), book, whole, name)


def _cells(sheet: Any) -> Iterator[Record]:
    sheet.reset_dimensions()  # what other programs write there is often wrong
    for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        yield line, cells, "" if any(shown(cell).strip() for cell in cells) else BLANK


def _guarded(rows: Iterator[Record], book: Any, whole: Any, name: str) -> Iterator[Record]:
    try:
        yield from rows
    except Exception as error:
        raise _not_xlsx(name, error) from error
    finally:
        book.close()
        whole.close()


def _sheet_table(rows: Iterator[Record], name: str) -> Table:
    head = list(islice(rows, _HEAD))
    width = max(len(cells) for _, cells, _ in head)
    sample = [
        [shown(cell) for cell in _wide(cells, width)] for _, cells, fault in head if not fault
    ]
    is_data = are_data(sample)
    names = tuple(map(str, range(1, width + 1))) if is_data else tuple(sample[0])
    begin = 0 if is_data else 1

    def records(_: Sequence[int]) -> Iterator[Record]:
        for line, cells, fault in chain(head[begin:], rows):
            yield line, _wide(cells, width), fault

    about = (("엑셀", "a spreadsheet"),)
    return Table(name, names, records, sample if is_data else [], is_sheet=True, about=about)


def _wide(cells: Sequence[object], width: int) -> list[object]:
    return [*cells[:width], *[None] * (width - len(cells))]


def shown(cell: object) -> str:
    """Return a cell of a spreadsheet as one reads it there."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def _not_xlsx(name: str, error: Exception) -> DataError:
    reason = str(error).partition("\n")[0][:200]
    return DataError(
        f"'{name}'은(는) 읽을 수 있는 .xlsx 파일이 아닙니다 ({reason}). "
        "다시 저장하거나 .csv로 저장하세요",
        f"'{name}' is not a readable .xlsx file ({reason}); save it again, or as .csv",
    )
