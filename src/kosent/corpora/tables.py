"""Rows of a user's own file: TSV, CSV, JSON lines, Parquet; every row accounted for.

Does *not* decide which column is which (``columns``) nor which rows are usable
(``files``).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kosent.corpora.base import Dropped, bilingual
from kosent.corpora.text_encoding import decode, read_bytes, split_lines
from kosent.errors import DataError


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one file that could be read as rows.

    Attributes:
        columns: Names of the columns as they stand in the file.
        lines: Physical line (row for Parquet) of each row, from 1.
        column: Gives the cells of a column by its index, one for each of ``lines``.
        dropped: Rows that could not be read as rows.
        notices: Remarks for the user.
    """

    columns: list[str]
    lines: list[int]
    column: Callable[[int], list[object]]
    dropped: list[Dropped]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Records:
    """Cells of a delimited file, header included, before their number is checked."""

    rows: list[tuple[int, list[str]]]
    broken: list[int]  # lines


def read_table(path: Path) -> Table:
    """Read a file by its suffix, a key of ``READERS``.

    Raises:
        DataError: If it cannot be read, decoded, or holds no row that is whole.
    """
    return READERS[path.suffix.lower()](path)


def _read_csv(path: Path) -> Table:
    text, notices = decode(read_bytes(path), path.name)
    return _delimited(_quoted(text, ","), path, notices)


def _read_tsv(path: Path) -> Table:
    r"""Read without quoting, as NSMC is written, unless the file only fits with quoting.

    A ``"`` in a review is a letter. But pandas writes a review with a tab or a line
    end in quotes: where the unquoted reading has rows of a wrong length and the
    strictly quoted one has none at all, the file was written with quotes.
    """
    text, notices = decode(read_bytes(path), path.name)
    lines = split_lines(text)
    plain = _Records([(n, line.split("\t")) for n, line in enumerate(lines, start=1)], [])
    if '"' in text and not _regular(plain):
        quoted = _quoted(text, "\t")
        if _regular(quoted):
            remark = bilingual(
                f"'{path.name}'을(를) 따옴표로 감싼 TSV로 읽었습니다",
                f"'{path.name}' was read as TSV with quoted fields",
            )
            return _delimited(quoted, path, (*notices, remark))
    return _delimited(plain, path, notices)


def _regular(records: _Records) -> bool:
    lengths = {len(cells) for _, cells in records.rows if cells not in ([], [""])}
    return not records.broken and len(lengths) == 1


def _delimited(records: _Records, path: Path, notices: tuple[str, ...]) -> Table:
    """Split off the header and the rows whose number of cells differs from it."""
    source = path.name
    if not records.rows:
        raise DataError(f"'{source}'이(가) 비어 있습니다", f"'{source}' is empty")
    header = records.rows[0][1]
    dropped = [Dropped(line, "broken row", source) for line in records.broken]
    lines: list[int] = []
    rows: list[list[str]] = []
    for line, cells in records.rows[1:]:
        if len(cells) == len(header) and cells != [""]:
            lines.append(line)
            rows.append(cells)
        else:
            blank = cells in ([], [""])
            dropped.append(Dropped(line, "blank line" if blank else "wrong column count", source))
    return Table(header, lines, lambda index: [row[index] for row in rows], dropped, notices)


def _quoted(text: str, delimiter: str) -> _Records:
    r"""Read RFC 4180 strictly; a record that breaks costs the lines it spans, no others.

    After a quote that never closes each further line is read by itself, so that one
    stray ``"`` does not swallow the rest of the file.
    """
    lines = [line + "\n" for line in text.removesuffix("\n").split("\n")] if text else []
    rows: list[tuple[int, list[str]]] = []
    broken: list[int] = []
    with _field_limit(len(text)):
        reader = csv.reader(iter(lines), delimiter=delimiter, strict=True)
        done = 0  # lines
        while done < len(lines):
            try:
                rows.append((done + 1, next(reader)))
            except csv.Error:
                broken.append(done + 1)
                if reader.line_num == len(lines):
                    rest = _line_by_line(lines, done + 1, delimiter)
                    return _Records(rows + rest.rows, broken + rest.broken)
                broken.extend(range(done + 2, reader.line_num + 1))
            done = reader.line_num
    return _Records(rows, broken)


def _line_by_line(lines: list[str], start: int, delimiter: str) -> _Records:
    rows: list[tuple[int, list[str]]] = []
    broken: list[int] = []
    for number, line in enumerate(lines[start:], start=start + 1):
        try:
            rows.append((number, next(csv.reader([line], delimiter=delimiter, strict=True))))
        except csv.Error:
            broken.append(number)
    return _Records(rows, broken)


@contextmanager
def _field_limit(characters: int) -> Iterator[None]:
    """Raise csv's limit of 128 KiB a field, which is global to the process, for a while."""
    before = csv.field_size_limit()
    csv.field_size_limit(max(before, characters + 1))
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _read_jsonl(path: Path) -> Table:
    text, notices = decode(read_bytes(path), path.name)
    lines: list[int] = []
    rows: list[dict[str, object]] = []
    dropped: list[Dropped] = []
    for number, line in enumerate(split_lines(text), start=1):
        row = _json_object(line)
        if row is not None:
            lines.append(number)
            rows.append(row)
        else:
            reason = "broken row" if line.strip() else "blank line"
            dropped.append(Dropped(number, reason, path.name))
    if not rows:
        raise DataError(
            f"'{path.name}'에 JSON 객체로 읽히는 줄이 없습니다 (읽은 줄: {len(dropped)})",
            f"no line of '{path.name}' is a JSON object (lines read: {len(dropped)})",
        )
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return Table(
        columns, lines, lambda index: [row.get(columns[index]) for row in rows], dropped, notices
    )


def _json_object(line: str) -> dict[str, object] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):  # deep nesting exhausts the parser's stack
        return None
    return row if isinstance(row, dict) else None


def _read_parquet(path: Path) -> Table:
    data = read_bytes(path)
    import pyarrow
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(pyarrow.BufferReader(data))
        table = file.read()
    except (pyarrow.ArrowException, OSError) as error:
        raise _not_parquet(path, error) from error

    def column(index: int) -> list[object]:
        try:
            return list(table.column(index).to_pylist())
        except (pyarrow.ArrowException, UnicodeDecodeError) as error:
            raise _not_parquet(path, error) from error

    return Table(list(table.column_names), list(range(1, table.num_rows + 1)), column, [])


def _not_parquet(path: Path, error: Exception) -> DataError:
    reason = str(error).partition("\n")[0][:200]
    return DataError(
        f"'{path.name}'은(는) 읽을 수 있는 Parquet 파일이 아닙니다 ({reason})",
        f"'{path.name}' is not a readable Parquet file ({reason})",
    )


READERS: dict[str, Callable[[Path], Table]] = {
    ".tsv": _read_tsv,
    ".txt": _read_tsv,
    ".csv": _read_csv,
    ".jsonl": _read_jsonl,
    ".parquet": _read_parquet,
}
