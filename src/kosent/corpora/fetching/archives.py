"""A ``.tar.gz`` read in one stream, member by member, to its very end; nothing is unpacked to disk.

A cut or damaged archive is refused, never read in part.
"""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self, cast

from kosent.corpora.encoding import unreadable
from kosent.errors import DataError

GZIP_ERRORS = (EOFError, zlib.error, gzip.BadGzipFile)


class _Header(tarfile.TarInfo):
    """A header that is damaged says so; ``tarfile`` would take it for the end of the archive."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(str(error)) from error


class _ForwardOnly:
    """The unpacked stream, read to its very end: ``r|gz`` skips gzip's length and checksum."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self.stream = stream

    def read(self, size: int) -> bytes:
        """Read on; at the end tarfile would go on seeking to a member that claims to be huge."""
        data = self.stream.read(size)
        if not data:
            raise EOFError("no end mark")
        return data

    def finish(self) -> None:
        """Hold what follows the end mark to be zeros."""
        while rest := self.stream.read(2**20):
            if rest.strip(b"\0"):
                raise tarfile.ReadError("data after the end mark")


@contextmanager
def opened(path: Path) -> Iterator[tarfile.TarFile]:
    """Open an archive as a stream and account for its end, once it has been read through.

    Raises:
        DataError: If it is cut, damaged, no archive, or cannot be read.
    """
    try:
        with path.open("rb") as file, gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
            stream = _ForwardOnly(unpacked)
            with tarfile.open(
                fileobj=cast(IO[bytes], stream), mode="r|", tarinfo=_Header
            ) as archive:
                yield archive
            stream.finish()
    except (tarfile.TarError, *GZIP_ERRORS) as error:
        raise damaged(path, error) from error
    except OSError as error:
        raise unreadable(path, error) from error


def numbered(archive: tarfile.TarFile) -> Iterator[tuple[int, tarfile.TarInfo]]:
    """Give each member with its number from 1, keeping none of their headers in memory."""
    for index, member in enumerate(iter(archive.next, None), start=1):
        archive.members.clear()  # type: ignore[attr-defined]
        yield index, member


def content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    """Read the member that the archive has just come to."""
    stream = archive.extractfile(member)
    return b"" if stream is None else stream.read()


def damaged(path: Path, error: Exception) -> DataError:
    """Build the error for an archive, or a compressed file, that is not whole."""
    return DataError(
        f"'{path}'은(는) 잘렸거나 깨진 압축 파일입니다 ({error}). 지우고 다시 받으세요",
        f"'{path}' is a truncated or damaged archive ({error}); delete it and fetch it again",
    )
