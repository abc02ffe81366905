"""Bytes to lines of text: one encoding a file, and a line that breaks it costs itself only."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import chain, count, islice, repeat
from typing import NamedTuple

from kosent.corpora.readers.opening import Opened, binary

LONGEST_LINE = 16 * 1024**2  # bytes; a file without line ends must not fill the memory

_LOOKED_AT = 64 * 1024  # bytes of a pipe
_PATIENCE = 0.05  # seconds

NOT_DECODED = "neither UTF-8 nor CP949"
TOO_LONG = "line too long"

_KNOWN = ("utf-8", "cp949")
_SHOWN = {"utf-8": "UTF-8", "cp949": "CP949"}
# The longer ones first: the mark of UTF-32 begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF8: "",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


class Line(NamedTuple):
    r"""A line of a file.

    Attributes:
        number: From 1.
        text: Without the ``\n``; a ``\r`` before it stays, since it may stand in a quoted cell.
        fault: Why it is none, ``""`` where it is one. The text then holds what could be read.
    """

    number: int
    text: str
    fault: str


_line = partial(tuple.__new__, Line)  # in a third of the time of Line(...)


class Lines:
    r"""The lines of a stream, cut at ``\n``, or at ``\r`` in a file that has no ``\n``.

    A byte order mark decides on UTF-8, UTF-16 or UTF-32. Without one a line is UTF-8, or CP949
    where more lines of the first megabyte can be read so; detection libraries are not used, since
    they take short CP949 files for Big5. UTF-16 without a mark is known by its zeros. A line that
    cannot be decoded, or is longer than 16 MB, has a fault.

    Args:
        source: The bytes.

    Attributes:
        head: The lines of the first block, for whoever looks before reading.
    """

    def __init__(self, source: Opened) -> None:
        self._source = source
        self._read = source.read
        self._wide = ""  # the encoding of two or four bytes
        self._encoding: str | None = None  # None as long as all is ASCII
        self._inside = False
        first = self._begin(self._read())
        while b"\n" not in first and len(first) <= LONGEST_LINE and (more := self._read()):
            first += more
            if self._returns(first):
                break
        # What a pipe gives at once may be a line; what it is shows in more of them.
        while source.size is None and len(first) < _LOOKED_AT and source.ready(_PATIENCE):
            more = self._read()
            first += more
            if not more:
                break
        if self._returns(first):
            read = self._read
            self._read = lambda: read().replace(b"\r", b"\n")
            first = first.replace(b"\r", b"\n")
        if _is_binary(first):
            raise binary(source.name)
        self._first = first
        self._blocks = self._lines()
        self.head = next(self._blocks, [])

    @property
    def encoding(self) -> str:
        """Name of the encoding, of what was read so far."""
        if self._wide:
            return self._wide.upper()
        return _SHOWN[self._encoding or "utf-8"]

    def __iter__(self) -> Iterator[Line]:
        for block in chain([self.head], self._blocks):
            self._inside = True
            yield from block[:-1]
            self._inside = False
            yield from block[-1:]

    def ready(self) -> bool:
        """Tell whether the next line can be had without waiting for whoever writes it."""
        return self._inside or self._source.ready(0)

    def characters(self) -> Iterator[str]:
        """Give the whole text, instead of lines, in pieces.

        Raises:
            UnicodeDecodeError: If it cannot be decoded.
        """
        decoder = codecs.getincrementaldecoder(self._encoding or "utf-8")()
        for block in chain([self._first], iter(self._read, b"")):
            yield decoder.decode(block)
        yield decoder.decode(b"", final=True)

    def _begin(self, first: bytes) -> bytes:
        """Find the mark, and take it away; recode what has wide characters."""
        while 0 < len(first) < 4 and (more := self._read()):
            first += more
        mark = next((mark for mark in _MARKS if first.startswith(mark)), b"")
        self._wide = _MARKS.get(mark, "") or _wide_without_mark(first)
        if not self._wide:
            return first.removeprefix(mark)
        recode = _Recoded(self._wide, self._read, first.removeprefix(mark))
        self._read = recode.read
        return self._read()

    def _returns(self, first: bytes) -> bool:
        """Tell whether the line ends are those of old Macs."""
        return b"\n" not in first and b"\r" in first[:-1]

    def _lines(self) -> Iterator[list[Line]]:
        number = count(1)
        rest = b""
        for block in chain([self._first], iter(self._read, b"")):
            whole, end, after = block.rpartition(b"\n")
            if end:
                yield self._decoded(rest + whole, number)
                rest = after
            else:
                rest += after
            if len(rest) > LONGEST_LINE:
                yield [Line(next(number), "", TOO_LONG)]
                rest = self._skipped()
        if rest:
            yield self._decoded(rest.removesuffix(b"\n"), number)

    def _skipped(self) -> bytes:
        """Read on to the end of a line, and return what comes after it in the same block."""
        for block in iter(self._read, b""):
            _, end, after = block.partition(b"\n")
            if end:
                return after
        return b""

    def _decoded(self, data: bytes, number: Iterator[int]) -> list[Line]:
        if self._encoding is None and not data.isascii():
            self._encoding = _vote(data)
        try:
            texts = data.decode(self._encoding or "ascii").split("\n")
        except UnicodeDecodeError:
            return [self._one(line, next(number)) for line in data.split(b"\n")]
        numbers = islice(number, len(texts))
        return list(map(_line, zip(numbers, texts, repeat(""))))

    def _one(self, line: bytes, number: int) -> Line:
        encoding = self._encoding or "utf-8"
        try:
            return Line(number, line.decode(encoding), "")
        except UnicodeDecodeError:
            return Line(number, line.decode(encoding, "surrogateescape"), NOT_DECODED)


def decoded(data: bytes) -> str:
    """Return a whole text, its encoding told by the same rules.

    Raises:
        UnicodeDecodeError: If it is in none of the encodings, or no text.
    """
    mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    wide = _MARKS.get(mark, "") or _wide_without_mark(data)
    data = data.removeprefix(mark)
    if wide:
        return data.decode(wide)
    if _is_binary(data):
        raise UnicodeDecodeError("utf-8", data[:1], 0, 1, "no text")
    with suppress(UnicodeDecodeError):
        return data.decode("utf-8")
    return data.decode("cp949")


class _Recoded:
    """UTF-16 or UTF-32 as UTF-8; what is neither breaks the UTF-8 of its line."""

    def __init__(self, encoding: str, read: Callable[[], bytes], first: bytes) -> None:
        codecs.register_error("kosent.half", _half)
        self._decoder = codecs.getincrementaldecoder(encoding)("kosent.half")
        self._blocks = chain([first], iter(read, b""))
        self._ended = False

    def read(self) -> bytes:
        for block in self._blocks:
            text = self._decoder.decode(block)
            if text:
                return text.encode("utf-8", "surrogatepass")
        if self._ended:
            return b""
        self._ended = True
        return self._decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")


def _half(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\udcff", error.end


_LEAST = 8  # bytes that tell UTF-16 from a line that begins with a zero


def _wide_without_mark(first: bytes) -> str:
    """Know UTF-16 by the zeros of its ASCII characters, all on one side.

    Hangul has none, so that one byte in forty is enough, in what is no UTF-8. Zeros in UTF-8 are
    characters, unless nearly every other byte is one.
    """
    even, odd = first[0::2].count(0), first[1::2].count(0)
    least = len(first) * (0.4 if _is_utf8(first) else 0.025)
    too_few = len(first) < _LEAST or max(even, odd) <= least
    if too_few or min(even, odd) * 20 > max(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(first: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(first)  # a character may be cut at the end
    except UnicodeDecodeError:
        return False
    return True


def _is_binary(first: bytes) -> bool:
    """Tell whether this is no text in any encoding: zeros, and lines that cannot be read."""
    if b"\0" not in first:
        return False
    lines = list(filter(None, first.split(b"\n")))
    return sum(_is_broken(line, "utf-8") for line in lines) * 2 > len(lines)


def _vote(data: bytes) -> str:
    """Choose the encoding in which fewer lines are broken; UTF-8 where they are equal."""
    lines = [line for line in data.split(b"\n") if not line.isascii()]
    broken = {encoding: sum(_is_broken(line, encoding) for line in lines) for encoding in _KNOWN}
    return min(_KNOWN, key=broken.__getitem__)


def _is_broken(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return True
    return False
