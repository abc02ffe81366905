"""Bytes to lines of text, one at a time, whatever stands in them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

HEAD = 1024**2  # bytes that decide on the encoding
LONGEST_LINE = 16 * 1024**2  # bytes; a file without line ends must not fill the memory


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is no text.

    Attributes:
        reason: What is wrong with it, in English, as in the account of a corpus.
    """

    reason: str


NOT_DECODED = BadRow("neither UTF-8 nor CP949")


class Lines:
    r"""The lines of a stream, split on ``\n`` only, without their ends.

    A line is decoded strictly as UTF-8, or as CP949 where more lines of the first megabyte can be
    read so. One that cannot be decoded, or is longer than 16 MB, becomes a ``BadRow``.

    Args:
        stream: The bytes, a raw or buffered file.

    Attributes:
        encoding: ``"utf-8"`` or ``"cp949"``; ``None`` as long as all is ASCII.
    """

    def __init__(self, stream: Any) -> None:
        # The head is one read, so that a pipe that is still being written to is not waited for.
        self._stream = io.BufferedReader(stream, HEAD)
        self.encoding = _vote(self._stream.peek(HEAD))

    def __iter__(self) -> Iterator[str | BadRow]:
        first = True
        while line := self._stream.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE and line[-1:] != b"\n":
                self._skip()
                yield BadRow("line too long")
            else:
                if first:
                    line = line.removeprefix(b"\xef\xbb\xbf")
                yield self._decode(line.removesuffix(b"\n").removesuffix(b"\r"))
            first = False

    def _skip(self) -> None:
        while (more := self._stream.readline(LONGEST_LINE)) and more[-1:] != b"\n":
            pass

    def _decode(self, line: bytes) -> str | BadRow:
        if line.isascii():
            return line.decode("ascii")
        for encoding in (self.encoding,) if self.encoding else ("utf-8", "cp949"):
            try:
                text = line.decode(encoding)
            except UnicodeDecodeError:
                continue
            self.encoding = encoding
            return text
        return NOT_DECODED


def _vote(head: bytes) -> str | None:
    """Choose the encoding in which fewer lines are broken; UTF-8 where they are equal."""
    lines = [line for line in head.split(b"\n") if not line.isascii()]
    if len(head) == HEAD and len(lines) > 1:
        lines.pop()  # cut in the middle
    if not lines:
        return None
    broken = {encoding: sum(_is_broken(line, encoding) for line in lines) for encoding in _KNOWN}
    return min(_KNOWN, key=broken.__getitem__)


_KNOWN = ("utf-8", "cp949")


def _is_broken(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return True
    return False
