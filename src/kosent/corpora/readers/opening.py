"""A path or stdin to a stream of bytes: whatever it is packed with, and never what is no text."""

from __future__ import annotations

import gzip
import io
import os
import select
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

from kosent.corpora.encoding import unreadable
from kosent.errors import DataError, RuntimeSetupError
from kosent.support.paths import user_path

STDIN = "-"
BLOCK = 1024**2  # bytes read at once
_PART = 16 * 1024  # of zstd, which unpacks all it is given


@dataclass(frozen=True, slots=True)
class Opened:
    """An open source of bytes.

    Attributes:
        name: Its name, for messages.
        suffix: Ending of the name, in small letters, without that of the packing.
        path: The file itself where it is one and not packed, so that it can be read in any order.
        start: The first bytes, which ``read`` gives again.
        read: Gives the next bytes, as many as are there, at most ``BLOCK``; none at the end.
        size: Bytes of the file as it lies there; ``None`` of a pipe.
        position: Gives the bytes of it read so far.
        ready: Tells whether more can be read without waiting for whoever writes, or comes within
            so many seconds.
    """

    name: str
    suffix: str
    path: Path | None
    start: bytes
    read: Callable[[], bytes]
    size: int | None
    position: Callable[[], int]
    ready: Callable[[float], bool]

    def read_all(self) -> bytes:
        """Return all bytes."""
        return b"".join(iter(self.read, b""))


@contextmanager
def opened(source: str | Path) -> Iterator[Opened]:
    """Open a file, or stdin.

    Args:
        source: A path, or ``"-"``. Packed with gzip, bzip2, xz or zstd it is unpacked, which its
            first bytes say rather than its name.

    Yields:
        The stream.

    Raises:
        DataError: If it cannot be read, or is of a kind that holds no rows of text.
        RuntimeSetupError: If it is packed with zstd, and ``zstandard`` is not installed.
    """
    is_stdin = source == STDIN
    path = user_path("/dev/stdin" if is_stdin else source)
    is_file = not is_stdin and os.path.isfile(path)  # noqa: PTH113 - is_file lets errors through
    guard = _Guard(path)
    with _raw(is_stdin, guard) as raw:
        first = guard(lambda: _first(raw))
        stream, is_packed = _unpacked(first, raw, path)
        read = getattr(stream, "read1", stream.read)
        start = guard(lambda: read(BLOCK)) if is_packed else first
        _refuse(start, path)
        blocks = chain([start], iter(lambda: guard(lambda: read(BLOCK)) or b"", b""))
        yield Opened(
            name="stdin" if is_stdin else path.name,
            suffix="" if is_stdin else suffix_of(path),
            path=path if is_file and not is_packed else None,
            start=start,
            read=lambda: next(blocks, b""),
            size=path.stat().st_size if is_file else None,
            position=raw.tell if raw.seekable() else lambda: 0,
            ready=_ready(raw),
        )


def suffix_of(path: Path) -> str:
    """Return the ending that names a file's format: that before ``.gz`` and the like."""
    packed = path.suffix.lower() in _ENDINGS
    return (path.with_suffix("") if packed else path).suffix.lower()


class _Guard:
    """Calls what reads, and turns what goes wrong into one error that names the file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except (OSError, EOFError, zlib.error) as error:
            raise self._error(error) from error
        except Exception as error:
            if type(error).__name__ in _ERRORS:
                raise self._error(error) from error
            raise

    def _error(self, error: Exception) -> DataError:
        known = error if isinstance(error, OSError) else OSError(None, str(error))
        return unreadable(self.path, known)


@contextmanager
def _raw(is_stdin: bool, guard: _Guard) -> Iterator[Any]:
    if not is_stdin:
        with guard(partial(guard.path.open, "rb", buffering=0)) as file:
            yield file
        return
    buffer: Any = getattr(sys.stdin, "buffer", None) or io.BytesIO()  # none after <&-
    yield getattr(buffer, "raw", buffer)  # a buffer would wait until it is full


def _first(raw: Any) -> bytes:
    """Read enough to see what it is; a pipe gives what is there."""
    found: bytes = raw.read(BLOCK) or b""
    while 0 < len(found) < 4 and (more := raw.read(BLOCK)):
        found += more
    return found


class _Resumed(io.RawIOBase):
    """A stream whose first bytes were read already."""

    def __init__(self, first: bytes, raw: Any) -> None:
        self._first = memoryview(first)
        self._raw = raw

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            return self.readall()
        if not self._first:
            more: bytes = self._raw.read(size)
            return more
        found, self._first = bytes(self._first[:size]), self._first[size:]
        return found


def _ready(raw: Any) -> Callable[[float], bool]:
    if raw.seekable():
        return lambda _: True
    try:
        number = raw.fileno()
    except (OSError, AttributeError):
        return lambda _: True
    return lambda seconds: bool(select.select([number], [], [], seconds)[0])


def _unpacked(first: bytes, raw: Any, path: Path) -> tuple[Any, bool]:
    """Return the stream of what is packed, and whether it is."""
    unpack = next((unpack for magic, unpack in _PACKINGS.items() if first.startswith(magic)), None)
    if unpack is not None:
        return unpack(_Resumed(first, raw)), True
    if first and path.suffix.lower() in _ENDINGS:
        raise unreadable(path, OSError(None, "not packed as its name says"))
    return raw, False


def _gzip(stream: Any) -> gzip.GzipFile:
    return gzip.GzipFile(fileobj=stream)


def _bzip2(stream: Any) -> Any:
    import bz2

    return bz2.BZ2File(stream)


def _xz(stream: Any) -> Any:
    import lzma

    return lzma.LZMAFile(stream)


def _zstd(stream: Any) -> Any:
    if find_spec("zstandard") is None:
        raise RuntimeSetupError(
            ".zst를 풀려면 zstandard가 있어야 합니다 (pip install 'kosent[files]')",
            "unpacking .zst takes the package zstandard (pip install 'kosent[files]')",
        )
    return _Zstd(stream)


class _Zstd:
    """Unpacks zstd, and says so where the end is missing: the package's own reader does not."""

    def __init__(self, stream: Any) -> None:
        import zstandard

        self._begin = zstandard.ZstdDecompressor().decompressobj
        self._frame: Any = None
        self._stream = stream
        self._rest = b""

    def read(self, _: int) -> bytes:
        while data := self._rest or self._stream.read(_PART):
            frame = self._frame or self._begin()
            found: bytes = frame.decompress(data)
            self._rest = frame.unused_data
            self._frame = None if frame.eof else frame
            if found:
                return found
        if self._frame is not None:
            raise EOFError("the end is missing")
        return b""


_PACKINGS: dict[bytes, Callable[[Any], Any]] = {
    b"\x1f\x8b": _gzip,
    b"BZh": _bzip2,
    b"\xfd7zXZ\0": _xz,
    b"\x28\xb5\x2f\xfd": _zstd,
}
_ERRORS = {"LZMAError", "ZstdError"}  # by name: Python and this machine may lack the packages
_ENDINGS = {".gz", ".bz2", ".xz", ".zst"}

_UNZIP = ("압축을 풀어 안의 파일을 주세요", "unpack it and give the file inside")
_SAVE = ("CSV나 .xlsx로 저장해 주세요", "save it as CSV or .xlsx")
_PANDAS = (
    "pandas로 읽어 to_csv나 to_parquet로 저장해 주세요",
    "read it with pandas and save it with to_csv or to_parquet",
)
# What begins like this is no table of texts: how people call it, and what to do.
_FOREIGN: dict[bytes, tuple[str, tuple[str, str]]] = {
    b"\xd0\xcf\x11\xe0": ("xls, doc, hwp", _SAVE),
    b"%PDF-": ("PDF", _SAVE),
    b"7z\xbc\xaf": ("7z", _UNZIP),
    b"Rar!\x1a": ("RAR", _UNZIP),
    b"\x80\x02": ("pickle", _PANDAS),
    b"\x80\x03": ("pickle", _PANDAS),
    b"\x80\x04": ("pickle", _PANDAS),
    b"\x80\x05": ("pickle", _PANDAS),
    b"\x93NUMPY": ("NumPy", _PANDAS),
    b"ARROW1\0": ("Feather", _PANDAS),
    b"\x89HDF": ("HDF5", _PANDAS),
    b"SQLite format 3": ("SQLite", _PANDAS),
    b"\x89PNG": ("PNG", _SAVE),
    b"\xff\xd8\xff": ("JPEG", _SAVE),
    b"GIF89a": ("GIF", _SAVE),
    b"\x7fELF": ("ELF", _SAVE),
    b"<!DOCTYPE": ("HTML", _SAVE),
    b"<!doctype": ("HTML", _SAVE),
    b"<html": ("HTML", _SAVE),
    b"<?xml": ("XML", _SAVE),
}


def _refuse(first: bytes, path: Path) -> None:
    """Refuse a file that is no text, whatever its name says."""
    start = first[:1024].removeprefix(b"\xef\xbb\xbf").lstrip(b" \r\n\t")
    foreign = next((told for magic, told in _FOREIGN.items() if start.startswith(magic)), None)
    if foreign is None and first[257:262] == b"ustar":
        foreign = ("tar", _UNZIP)
    if foreign is not None:
        raise not_text(path.name, *foreign)


def not_text(name: str, kind: str, advice: tuple[str, str]) -> DataError:
    """Build the error for a file of another kind.

    Args:
        name: The file.
        kind: What it is.
        advice: What to do, Korean and English.
    """
    return DataError(
        f"'{name}'은(는) 읽을 수 있는 형식이 아닙니다 ({kind}). {advice[0]}",
        f"'{name}' is of a format that cannot be read ({kind}); {advice[1]}",
    )


def zipped(name: str) -> DataError:
    """Build the error for a zip archive that is no spreadsheet."""
    return not_text(name, "zip", _UNZIP)


def binary(name: str) -> DataError:
    """Build the error for a file that is neither text nor anything known."""
    return not_text(name, "binary", _PANDAS)
