"""Which reader a file gets: by the ending of its name, and by what stands in it where that differs.

Does *not* cover which columns are read (``columns``) nor what a label is (``support.labels``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from kosent.corpora.readers.columns import LABEL_NAMES, TEXT_NAMES, recognised
from kosent.corpora.readers.decoding import Lines
from kosent.corpora.readers.delimited import Places, Rows, patterns
from kosent.corpora.readers.dialect import Head, read_head
from kosent.corpora.readers.objects import is_json_object, json_array, json_lines
from kosent.corpora.readers.opening import Opened
from kosent.corpora.readers.parquet import read_parquet
from kosent.corpora.readers.records import BLANK, Notice, Record, Table
from kosent.corpora.readers.sheets import read_sheet
from kosent.errors import DataError
from kosent.language import Message

_FASTTEXT = "__label__"
_MARKS = {"\t": "tab"}

Reader = Callable[[Lines, Opened, Sequence[str], Notice], Table]


def read_table(source: Opened, wanted: Sequence[str], notice: Notice) -> Table:
    """Find out what a file is, and open its rows.

    Args:
        source: The file.
        wanted: Columns that the user named.
        notice: Told what the user should know of it, at once and while rows are read.

    Raises:
        DataError: If it is of no known format, damaged, or has no line with names of columns.
        RuntimeSetupError: If it takes a package that is not installed.
    """
    if source.start.startswith(b"PK\x03\x04") or source.suffix == ".xlsx":
        return read_sheet(source, notice)
    if source.start.startswith(b"PAR1") or source.suffix in (".parquet", ".pq"):
        return read_parquet(source)
    lines = Lines(source)
    if (table := _json(lines, source)) is not None:
        return table
    return FORMATS.get(source.suffix, _text)(lines, source, wanted, notice)


def _json(lines: Lines, source: Opened) -> Table | None:
    """Read JSON, whatever the file is called: no line of text and no row of cells is like it."""
    first = next((line.text.strip() for line in lines.head if line.text.strip()), "")
    second = next((line.text.strip() for line in lines.head[1:] if line.text.strip()), "")
    if first[:1] == "[" and (source.suffix == ".json" or (first[1:].lstrip() or second)[:1] == "{"):
        return json_array(lines, source)
    return json_lines(lines, source) if is_json_object(first) else None


def _json_lines(lines: Lines, source: Opened, _: Sequence[str], notice: Notice) -> Table:
    del notice
    return json_lines(lines, source)


def _json_file(lines: Lines, source: Opened, _: Sequence[str], notice: Notice) -> Table:
    del notice
    if source.start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        raise DataError(
            f"'{source.name}'은(는) 객체 하나입니다. 객체의 배열이나 JSON Lines로 저장하세요 "
            "(pandas: to_json(orient='records'))",
            f"'{source.name}' is a single object; save it as an array of objects, or as JSON "
            "lines (pandas: to_json(orient='records'))",
        )
    return json_lines(lines, source)


def _separated(mark: str) -> Reader:
    def read(lines: Lines, source: Opened, wanted: Sequence[str], notice: Notice) -> Table:
        head = read_head(lines.head, mark, wanted)
        if head is None:
            raise _no_names(source.name)
        return _cells(lines, head, source, notice)

    return read


def _text(lines: Lines, source: Opened, wanted: Sequence[str], notice: Notice) -> Table:
    """Read a file that may be anything: fastText's lines, a table, or a text a line."""
    first = next((line.text for line in lines.head if line.text.strip()), "")
    if first.lstrip().startswith(_FASTTEXT):
        return _fasttext(lines, source)
    head = read_head(lines.head, "\t", wanted)
    if head is not None and (wanted or _is_table(head)):
        return _cells(lines, head, source, notice)
    if wanted:
        raise _no_names(source.name)
    return _plain(lines, source)


def _is_table(head: Head) -> bool:
    """Tell whether lines that may be texts are rows of cells."""
    if head.width < 2:
        return False
    texts, labels = recognised(head.names, TEXT_NAMES), recognised(head.names, LABEL_NAMES)
    is_regular = head.share == 1.0 and len(head.rows) + bool(head.names) > 1
    if head.dialect.separator == "\t":
        return texts > 0 or is_regular
    return texts > 0 and (labels > 0 or is_regular)


def _plain(lines: Lines, source: Opened) -> Table:
    def records(_: Sequence[int]) -> Iterator[Record]:
        blank: list[Record] = []  # at the end of the file they are no rows
        for number, text, fault in lines:
            record = (number, (text.removesuffix("\r"),), fault)
            if text.strip() or fault:
                yield from blank
                blank.clear()
                yield record
            else:
                blank.append(record)

    about = (("한 줄에 글 하나", "one text a line"),)
    return Table(
        source.name, ("text",), records, is_lines=True, about=about,
        encoding=lambda: lines.encoding, ready=lines.ready,
    )  # fmt: skip


def _fasttext(lines: Lines, source: Opened) -> Table:
    """Read fastText's format: ``__label__NAME`` words, then the text."""

    def records(_: Sequence[int]) -> Iterator[Record]:
        for number, text, fault in lines:
            labels: list[str] = []
            rest = text.strip()
            while rest.startswith(_FASTTEXT):
                mark, *after = rest.split(None, 1)
                labels.append(mark.removeprefix(_FASTTEXT))
                rest = after[0] if after else ""
            cells = (labels[0] if len(labels) == 1 else labels or None, rest)
            yield number, cells, fault or ("" if text.strip() else BLANK)

    about = (("fastText 형식", "fastText's format"),)
    return Table(
        source.name, ("label", "text"), records, about=about,
        encoding=lambda: lines.encoding, ready=lines.ready,
    )  # fmt: skip


def _cells(lines: Lines, head: Head, source: Opened, notice: Notice) -> Table:
    rows = Rows(islice(lines, head.begin, None), head.dialect, head.width, patterns(head.rows))

    def records(_: Sequence[int]) -> Iterator[Record]:
        yield from rows
        for remark in _remarks(rows, source.name):
            notice(remark)

    mark = head.dialect.separator
    shown = _MARKS.get(mark, mark)
    about = [(f"구분 기호 '{shown}'", f"separator '{shown}'")]
    if mark == "\t" and head.dialect.quoted:
        about.append(("따옴표로 감싼 칸", "quoted fields"))
    if not head.names:
        about.append(("열 이름 없음", "no column names"))
    names = head.names or tuple(map(str, range(1, head.width + 1)))
    return Table(
        source.name, names, records, [] if head.names else head.rows, about=tuple(about),
        encoding=lambda: lines.encoding, ready=lines.ready,
    )  # fmt: skip


def _remarks(rows: Rows, name: str) -> Iterator[Message]:
    """Say what was read otherwise than quotes ask for, with line numbers."""
    told = (
        (
            rows.letters,
            "닫히지 않은 따옴표를 글자로 읽었습니다",
            "quotes that never close were read as letters",
        ),
        (
            rows.parted,
            "따옴표대로라면 한 칸이 될 줄들을 따로 읽었습니다",
            "lines that quotes would make one cell were read as rows",
        ),
        (
            rows.long,
            "여러 줄을 한 칸으로 읽었습니다. 맞는지 보세요",
            "several lines were read as one cell; see whether that is right",
        ),
    )
    for places, korean, english in told:
        if places.count:
            lines = _listed(places)
            yield Message(
                f"'{name}': {korean} (줄: {lines})", f"'{name}': {english} (lines: {lines})"
            )


def _listed(places: Places) -> str:
    lines = [f"{first}" if first == last else f"{first}-{last}" for first, last in places.first]
    more = f", … ({places.count:,})" if places.count > len(lines) else ""
    return ", ".join(lines) + more


def _no_names(name: str) -> DataError:
    return DataError(
        f"'{name}'의 첫 줄에 열 이름이 없습니다 (빈 파일이거나 첫 줄을 읽을 수 없습니다)",
        f"'{name}' has no column names in its first line (an empty file, or it cannot be read)",
    )


FORMATS: dict[str, Reader] = {
    ".csv": _separated(","),
    ".tsv": _separated("\t"),
    ".tab": _separated("\t"),
    ".txt": _text,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".json": _json_file,
}
"""Text formats by their ending; Parquet and spreadsheets are known by their first bytes."""
SUFFIXES = (*FORMATS, ".parquet", ".xlsx")
