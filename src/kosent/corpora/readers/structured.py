"""JSON lines and Parquet files: values that bring their own types."""

from __future__ import annotations

import json
from pathlib import Path

from kosent.corpora.base import Dropped
from kosent.corpora.encoding import decode, read_bytes, split_lines
from kosent.corpora.table import Table
from kosent.errors import DataError


def read_jsonl(path: Path) -> Table:
    """Read one JSON object a line; the columns are the keys of all of them."""
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


def read_parquet(path: Path) -> Table:
    """Read a Parquet file, only those columns that are asked for."""
    data = read_bytes(path)
    import pyarrow
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(pyarrow.BufferReader(data))
        names = list(file.schema_arrow.names)
    except (pyarrow.ArrowException, OSError) as error:
        raise _not_parquet(path, error) from error

    def column(index: int) -> list[object]:
        try:
            return list(file.read(columns=[names[index]]).column(0).to_pylist())
        except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
            raise _not_parquet(path, error) from error

    return Table(names, list(range(1, file.metadata.num_rows + 1)), column, [])


def _not_parquet(path: Path, error: Exception) -> DataError:
    reason = str(error).partition("\n")[0][:200]
    return DataError(
        f"'{path.name}'은(는) 읽을 수 있는 Parquet 파일이 아닙니다 ({reason})",
        f"'{path.name}' is not a readable Parquet file ({reason})",
    )
