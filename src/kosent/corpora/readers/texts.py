"""The rows of a file of texts: plain lines, TSV, CSV, JSON lines or Parquet, gzipped or not.

Unlike ``kosent.corpora``, which reads a corpus to learn from as a whole, nothing is dropped here:
a row that cannot be used is given as a ``BadRow`` in its place, so that rows out are rows in.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kosent.corpora.encoding import unreadable
from kosent.corpora.readers.columns import TEXT_NAMES, choose_text
from kosent.corpora.readers.lines import LONGEST_LINE, NOT_DECODED, BadRow, Lines
from kosent.errors import DataError
from kosent.support.files import user_path

STDIN = "-"
_BATCH = 4096  # rows of a Parquet file read at once

__all__ = ["STDIN", "BadRow", "Rows", "open_rows"]


@dataclass(frozen=True, slots=True)
class Rows:
    """An open file of texts.

    Attributes:
        rows: Texts and bad rows, in order.
        size: Bytes of the file; ``None`` of a pipe.
        position: Gives the bytes read so far.
        encoding: Gives the encoding of what was read so far, ``None`` where all is ASCII.
    """

    rows: Iterator[str | BadRow]
    size: int | None
    position: Callable[[], int]
    encoding: Callable[[], str | None]


@contextmanager
def open_rows(source: str, text_column: str | None = None) -> Iterator[Rows]:
    """Open a file of texts.

    Args:
        source: A file; its ending names its format: ``.tsv``, ``.csv``, ``.jsonl``, ``.parquet``,
            ``.gz`` after any of them but Parquet, and a text a line for any other ending.
            ``-`` is stdin, a text a line.
        text_column: The column of the texts; found by its name when ``None``.

    Yields:
        The rows.

    Raises:
        DataError: If the file cannot be read, or no text column is recognised.
        UsageError: If there is no column of that name.
    """
    path = user_path("/dev/stdin" if source == STDIN else source)
    try:
        if path.suffix.lower() == ".parquet":
            yield _parquet(path, text_column)
            return
        with _raw(source, path) as raw:
            is_gzip = path.suffix.lower() == ".gz"
            stream = gzip.GzipFile(fileobj=raw) if is_gzip else raw
            suffix = (path.with_suffix("") if is_gzip else path).suffix.lower()
            read = _READERS.get(suffix, _plain)
            size = path.stat().st_size if source != STDIN else None
            lines = Lines(stream)
            rows = read(lines, text_column, path.name)
            yield Rows(rows, size, _teller(raw), lambda: lines.encoding)
    except (OSError, EOFError, zlib.error) as error:
        if isinstance(error, BrokenPipeError):
            raise
        failed = error if isinstance(error, OSError) else OSError(None, str(error))
        raise unreadable(path, failed) from error


@contextmanager
def _raw(source: str, path: Path) -> Iterator[io.RawIOBase]:
    if source != STDIN:
        with path.open("rb", buffering=0) as file:
            yield file
        return
    buffer: Any = getattr(sys.stdin, "buffer", None) or io.BytesIO()  # none after <&-
    yield getattr(buffer, "raw", buffer)  # Lines buffers, and must not wait for a whole megabyte


def _teller(raw: io.RawIOBase) -> Callable[[], int]:
    return raw.tell if raw.seekable() else lambda: 0


def _plain(lines: Lines, text_column: str | None, source: str) -> Iterator[str | BadRow]:
    del text_column, source
    return iter(lines)


def _tsv(lines: Lines, text_column: str | None, source: str) -> Iterator[str | BadRow]:
    """Read without quoting, as NSMC is written: a ``"`` in a review is a letter."""
    cells = (line.split("\t") if isinstance(line, str) else line for line in lines)
    return _column(cells, text_column, source)


def _csv(lines: Lines, text_column: str | None, source: str) -> Iterator[str | BadRow]:
    return _column(_records(lines), text_column, source)


def _records(lines: Lines) -> Iterator[list[str] | BadRow]:
    """Read RFC 4180 strictly; a record that breaks is one bad row."""
    broken = False

    def decoded() -> Iterator[str]:
        nonlocal broken
        for line in lines:
            broken |= isinstance(line, BadRow)
            yield line + "\n" if isinstance(line, str) else "\n"

    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_LINE))
    reader = csv.reader(decoded(), strict=True)
    while True:
        broken = False
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield BadRow("broken row")
        else:
            yield NOT_DECODED if broken else cells


def _column(
    records: Iterable[list[str] | BadRow], text_column: str | None, source: str
) -> Iterator[str | BadRow]:
    """Find the text column in the first record, then give it of each of the others."""
    remaining = iter(records)
    header = next(remaining, NOT_DECODED)
    if isinstance(header, BadRow):
        raise DataError(
            f"'{source}'의 첫 줄에서 열 이름을 읽을 수 없습니다",
            f"no column names can be read from the first line of '{source}'",
        )
    index = choose_text(header, text_column, source)
    return (_cell(record, index, len(header)) for record in remaining)


def _cell(record: list[str] | BadRow, index: int, columns: int) -> str | BadRow:
    if isinstance(record, BadRow):
        return record
    return record[index] if len(record) == columns else BadRow("wrong column count")


def _jsonl(lines: Lines, text_column: str | None, source: str) -> Iterator[str | BadRow]:
    del source
    names = TEXT_NAMES if text_column is None else (text_column,)
    return (_from_json(line, names) if isinstance(line, str) else line for line in lines)


def _from_json(line: str, names: tuple[str, ...]) -> str | BadRow:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return BadRow("broken row")
    if isinstance(value, dict):
        value = next((value[name] for name in names if name in value), None)
    return value if isinstance(value, str) else BadRow("no text")


def _parquet(path: Path, text_column: str | None) -> Rows:
    with path.open("rb"):  # pyarrow would say it in its own way
        pass
    import pyarrow
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path)
        names = list(file.schema_arrow.names)
    except (pyarrow.ArrowException, OSError) as error:
        raise unreadable(path, OSError(None, str(error).partition("\n")[0][:200])) from error
    name = names[choose_text(names, text_column, path.name)]

    def rows() -> Iterator[str | BadRow]:
        for batch in file.iter_batches(_BATCH, columns=[name]):
            for value in batch.column(0).to_pylist():
                yield value if isinstance(value, str) else BadRow("no text")

    return Rows(rows(), None, lambda: 0, lambda: None)


_READERS: dict[str, Callable[[Lines, str | None, str], Iterator[str | BadRow]]] = {
    ".tsv": _tsv,
    ".csv": _csv,
    ".jsonl": _jsonl,
    ".ndjson": _jsonl,
}
