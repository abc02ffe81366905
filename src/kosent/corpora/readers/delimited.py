"""TSV and CSV files: every physical line accounted for."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kosent.corpora.base import Dropped
from kosent.corpora.encoding import decode, read_bytes, split_lines
from kosent.corpora.table import Table
from kosent.errors import DataError
from kosent.support.language import Message


@dataclass(frozen=True, slots=True)
class _Records:
    """Cells of a delimited file, header included, before their number is checked."""

    rows: list[tuple[int, list[str]]]
    broken: list[int]  # lines


def read_csv(path: Path) -> Table:
    """Read RFC 4180: fields between commas, in quotes where they hold commas or line ends."""
    text, notices = decode(read_bytes(path), path.name)
    return _delimited(_quoted(text, ","), path, notices)


def read_tsv(path: Path) -> Table:
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
            remark = Message(
                f"'{path.name}'을(를) 따옴표로 감싼 TSV로 읽었습니다",
                f"'{path.name}' was read as TSV with quoted fields",
            )
            return _delimited(quoted, path, (*notices, remark))
    return _delimited(plain, path, notices)


def _regular(records: _Records) -> bool:
    lengths = {len(cells) for _, cells in records.rows if cells not in ([], [""])}
    return not records.broken and len(lengths) == 1


def _delimited(records: _Records, path: Path, notices: tuple[Message, ...]) -> Table:
    """Split off the header and the rows whose number of cells differs from it."""
    source = path.name
    if not records.rows or records.rows[0][0] != 1:
        raise DataError(
            f"'{source}'의 첫 줄에 열 이름이 없습니다 (빈 파일이거나 첫 줄의 따옴표가 깨졌습니다)",
            f"'{source}' has no column names in its first line (an empty file, or broken quotes)",
        )
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
