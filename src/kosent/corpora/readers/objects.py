"""JSON: an object a line, or an array of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from kosent.corpora.readers.decoding import Line, Lines
from kosent.corpora.readers.opening import Opened
from kosent.corpora.readers.records import BLANK, BROKEN, Record, Table
from kosent.errors import DataError

_HEAD = 1000  # rows that tell which columns there are
_PLAIN = "text"  # the column of JSON that is a bare string


def json_lines(lines: Lines, source: Opened) -> Table:
    """Read one JSON object a line, or one string; the columns are the keys of the first thousand.

    Args:
        lines: The lines.
        source: Where they come from.

    Raises:
        DataError: If none of the first lines is an object or a string.
    """
    head = [_parsed(line) for line in lines.head[:_HEAD]]
    columns = _columns(value for value, _ in head)
    if not columns:
        raise _no_objects(source.name, len(head))
    about = (("JSON Lines", "JSON lines"),)

    def records(_: Sequence[int]) -> Iterator[Record]:
        for line in lines:
            value, fault = _parsed(line)
            yield _record(line.number, value, fault, columns)

    return Table(
        source.name, columns, records, about=about, encoding=lambda: lines.encoding,
        ready=lines.ready,
    )  # fmt: skip


def _parsed(line: Line) -> tuple[object, str]:
    if line.fault:
        return None, line.fault
    try:
        return json.loads(line.text), ""
    except (ValueError, RecursionError):  # deep nesting exhausts the parser's stack
        return None, BROKEN if line.text.strip() else BLANK


def is_json_object(line: str) -> bool:
    """Tell whether a line is a JSON object with something in it, whatever its file is called."""
    text = line.strip()
    if text[:1] != "{" or text[-1:] != "}":
        return False
    value, _ = _parsed(Line(1, text, ""))
    return isinstance(value, dict) and bool(value)


def _columns(values: Iterable[object]) -> tuple[str, ...]:
    found = list(values)
    names = dict.fromkeys(name for value in found if isinstance(value, dict) for name in value)
    if not names and any(isinstance(value, str) for value in found):
        return (_PLAIN,)
    return tuple(names)


def _record(line: int, value: object, fault: str, columns: tuple[str, ...]) -> Record:
    if isinstance(value, str) and _PLAIN in columns:
        value = {_PLAIN: value}
    if isinstance(value, dict):
        return line, [value.get(name) for name in columns], ""
    return line, (), fault or BROKEN


def _no_objects(name: str, rows: int) -> DataError:
    return DataError(
        f"'{name}'에 JSON 객체로 읽히는 줄이 없습니다 (읽은 줄: {rows}). 줄마다 객체 하나이거나 "
        "객체의 배열이어야 합니다",
        f"no line of '{name}' is a JSON object (lines read: {rows}); there must be one object "
        "a line, or an array of objects",
    )


def json_array(lines: Lines, source: Opened) -> Table:
    """Read an array of JSON objects, or of strings, one after the other.

    Args:
        lines: The lines, of which the text is taken whole.
        source: Where they come from.

    Raises:
        DataError: If no element is an object or a string.
    """
    elements = _elements(lines, source.name)
    head = list(islice(elements, _HEAD))
    columns = _columns(value for _, value in head)
    if not columns:
        raise _no_objects(source.name, len(head))

    def records(_: Sequence[int]) -> Iterator[Record]:
        for line, value in chain(head, elements):
            yield _record(line, value, "", columns)

    about = (("JSON 배열", "a JSON array"),)
    return Table(source.name, columns, records, about=about, encoding=lambda: lines.encoding)


def _elements(lines: Lines, name: str) -> Iterator[tuple[int, object]]:
    """Give the elements of an array, each with the line that it begins in."""
    text = _Growing(lines, name)
    text.expect("[")
    while not text.ends_with("]"):
        yield text.line, text.value()


class _Growing:
    """The text of a JSON file, of which no more is kept than one element and a block."""

    def __init__(self, lines: Lines, name: str) -> None:
        self._more = lines.characters()
        self._name = name
        self._text = ""
        self._at = 0
        self._decode = json.JSONDecoder().raw_decode
        self.line = 1

    def expect(self, mark: str) -> None:
        """Step over a mark that must come."""
        if self._next() != mark:
            raise self._broken()
        self._at += 1

    def ends_with(self, mark: str) -> bool:
        """Step over a comma, or tell that the end is here."""
        letter = self._next()
        if letter == ",":
            self._at += 1
            letter = self._next()
        return letter == mark

    def value(self) -> object:
        """Step over one value and return it."""
        wanted = 1
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                # Twice as much each time, so that a long value is not parsed over and over.
                if not self._grow(wanted):
                    raise self._broken() from error
                wanted *= 2
                continue
            if end == len(self._text) and self._grow(1):
                continue  # a number may go on
            self._step(end)
            return value

    def _next(self) -> str:
        while True:
            rest = len(self._text)
            at = next((i for i in range(self._at, rest) if not self._text[i].isspace()), rest)
            self._step(at)
            if at < rest:
                return self._text[at]
            if not self._grow(1):
                raise self._broken()

    def _step(self, at: int) -> None:
        self.line += self._text.count("\n", self._at, at)
        self._at = at

    def _grow(self, blocks: int) -> bool:
        try:
            more = "".join(islice(self._more, blocks))
        except UnicodeDecodeError as error:
            raise self._broken() from error
        self._text, self._at = self._text[self._at :] + more, 0
        return bool(more)

    def _broken(self) -> DataError:
        return DataError(
            f"'{self._name}'의 JSON 배열이 {self.line:,}번째 줄 다음에서 깨졌습니다",
            f"the JSON array of '{self._name}' is broken after line {self.line:,}",
        )
