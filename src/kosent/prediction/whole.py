"""Formats that are only there once they are whole."""

from __future__ import annotations

import pickle
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kosent.errors import DataError
from kosent.prediction.layout import as_text
from kosent.support.spreadsheet import guarded

if TYPE_CHECKING:
    import pyarrow

Table = Sequence[Sequence[object]]  # rows of cells
Put = Callable[[Table], None]

_LONGEST_CELL = 32_767  # characters, of a cell of .xlsx
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
_EXACT = 10**15  # a spreadsheet keeps 15 digits of a number
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@contextmanager
def parquet_file(path: Path, names: Sequence[str]) -> Iterator[Put]:
    """Write a Parquet file; what kind a column is shows once all of it was seen.

    Until then the rows wait in a file, so that memory stays bounded. A column of several kinds that
    have nothing wider in common is text.

    Args:
        path: The file.
        names: Names of the columns.

    Yields:
        Takes rows, some thousand at once.

    Raises:
        DataError: If numbers of a column cannot be kept beside each other.
        OSError: If the disk refuses.
    """
    import pyarrow

    types: list[pyarrow.DataType] = [pyarrow.null()] * len(names)
    with tempfile.TemporaryFile(dir=path.parent) as waiting:
        lists = 0

        def put(rows: Table) -> None:
            nonlocal lists, types
            columns = list(zip(*rows, strict=True))
            types = list(map(_wider, types, columns))
            pickle.dump(columns, waiting)
            lists += 1

        yield put
        waiting.seek(0)
        parts = (pickle.load(waiting) for _ in range(lists))  # noqa: S301 - written just now
        _write_parquet(path, names, types, parts)


def _write_parquet(
    path: Path,
    names: Sequence[str],
    types: Sequence[pyarrow.DataType],
    parts: Iterator[Sequence[Sequence[object]]],
) -> None:
    import pyarrow
    from pyarrow import parquet

    kinds = [pyarrow.string() if pyarrow.types.is_null(kind) else kind for kind in types]
    schema = pyarrow.schema(list(zip(names, kinds, strict=True)))
    with parquet.ParquetWriter(path, schema) as writer:
        for columns in parts:
            arrays = list(map(_array, columns, kinds, names))
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))


def _wider(known: pyarrow.DataType, values: Sequence[object]) -> pyarrow.DataType:
    """Return the kind of a column of which more values were seen."""
    import pyarrow

    text = pyarrow.string()
    if known == text:
        return text
    try:
        found = pyarrow.array(values).type
        both = [pyarrow.schema([("", kind)]) for kind in (known, found)]
        wider = pyarrow.unify_schemas(both, promote_options="permissive").field(0).type
    except (pyarrow.ArrowException, OverflowError, UnicodeEncodeError):
        return text
    return text if "struct<>" in str(wider) else wider  # which Parquet cannot hold


def _array(values: Sequence[object], kind: pyarrow.DataType, name: str) -> pyarrow.Array:
    import pyarrow

    if kind == pyarrow.string():
        values = [None if value is None else as_text(value) for value in values]
    try:
        return pyarrow.array(values, kind)
    except pyarrow.ArrowException as error:  # whole numbers above 2**53 beside fractions
        raise DataError(
            f"열 {name!r}의 값들을 Parquet의 한 열에 담을 수 없습니다 ({error}). .csv로 쓰세요",
            f"one column of Parquet cannot hold the values of {name!r} ({error}); write .csv",
        ) from error


@contextmanager
def workbook_file(path: Path, names: Sequence[str]) -> Iterator[Put]:
    r"""Write an ``.xlsx`` file of one sheet, row by row.

    Texts stay texts: what begins with ``=`` is shown and not run, numbers of more than 15 digits
    keep them all. Characters that XML cannot hold are U+FFFD, line ends within a cell ``\n``.

    Args:
        path: The file.
        names: Names of the columns.

    Yields:
        Takes rows, some thousand at once.

    Raises:
        DataError: If there are more rows or columns, or longer cells, than the format can hold.
        OSError: If the disk refuses.
    """
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    done = 0

    def put(rows: Table) -> None:
        nonlocal done
        done += len(rows)
        if done > _MOST_ROWS or len(names) > _MOST_COLUMNS:
            raise _too_large(f"{_MOST_ROWS - 1:,} x {_MOST_COLUMNS:,}")
        for cells in rows:
            sheet.append([_cell(sheet, value) for value in cells])

    try:
        put([names])
        yield put
        book.save(path)
    finally:
        if not sheet.closed:  # what it has written is a file that openpyxl removes at exit
            sheet.close()


def _cell(sheet: Any, value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float) and abs(value) < _EXACT:
        return value
    if isinstance(value, date) and value.year >= 1900 and getattr(value, "tzinfo", None) is None:
        return value
    return _text_cell(sheet, as_text(value))


def _text_cell(sheet: Any, text: str) -> object:
    if len(text) > _LONGEST_CELL:  # openpyxl would cut it off
        raise _too_large(f"{_LONGEST_CELL:,}")
    text = _NO_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    if guarded(text) == text and not text.startswith("#"):
        return text or None
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"  # of a formula, or of #N/A, openpyxl makes something else
    cell.quotePrefix = True  # still text after somebody has edited it
    return cell


def _too_large(limit: str) -> DataError:
    return DataError(
        f".xlsx에 담기에 너무 큽니다 (줄 x 열, 또는 한 칸의 글자: {limit}까지). .csv로 쓰세요",
        f"too large for .xlsx (rows x columns, or characters of a cell: {limit} at most); "
        "write .csv",
    )
