"""A bundle's files, wherever they are: in a folder, or in one ``.kosent`` file.

That is a zip archive whose members are stored as they are, so that no member can be larger than
the file. Members are found by name and read into memory; nothing is ever extracted. It is opened
once: whoever overwrites it meanwhile puts another file at its path, and this one stays whole.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Protocol

SUFFIX = ".kosent"
_MOST_MEMBERS = 100
_LONGEST_LIST = 2**16  # bytes
_END, _LONG_END = 22, 98  # bytes of the end records of zip, and with those of files over 2 GB
_DATE = (1980, 1, 1, 0, 0, 0)  # the same bytes for the same files


# What zipfile raises for files that are damaged, beside OSError.
ZIP_ERRORS = (zipfile.BadZipFile, ValueError, RuntimeError, EOFError, OverflowError)


class Source(Protocol):
    """Where the files of a bundle are read from, until it is closed."""

    def open(self, name: str) -> IO[bytes]:
        """Open a file to read.

        Raises:
            OSError: If it is not there or cannot be read.
        """

    def close(self) -> None:
        """Close what is open."""


class Folder:
    """A folder of files; a stranger's may hold pipes, devices and links to anywhere instead."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self, name: str) -> IO[bytes]:
        """Open a file of the folder."""
        path = self.path / name
        if path.is_symlink() and path.resolve().parent != self.path.resolve():
            raise OSError(None, f"{name} links out of the folder, copy the file itself")
        file = open(path, "rb", opener=_at_once)  # noqa: SIM115 -- Path has none
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return file
        file.close()
        raise OSError(None, f"{name} is no regular file")

    def close(self) -> None:
        """Close nothing: each file was closed when it was read."""


class Archive:
    """A ``.kosent`` file, open.

    Args:
        file: Its path, or its content where it stands inside another file.

    Raises:
        OSError: If it cannot be read, or is no zip archive of stored files.
    """

    def __init__(self, file: Path | bytes) -> None:
        self._file = io.BytesIO(file) if isinstance(file, bytes) else file.open("rb")
        try:
            size = _checked_size(self._file)
            self._zip = zipfile.ZipFile(self._file)
            _check_members(self._zip.infolist(), size)
        except (OSError, *ZIP_ERRORS) as error:
            self._file.close()
            if isinstance(error, OSError):
                raise
            raise OSError(None, f"not a {SUFFIX} file: {error}") from error

    def open(self, name: str) -> IO[bytes]:
        """Open a member."""
        if name not in self._zip.NameToInfo:
            raise OSError(None, f"no member {name}")
        try:
            return self._zip.open(name)
        except ZIP_ERRORS as error:
            raise OSError(None, str(error)) from error

    def close(self) -> None:
        """Close the file."""
        self._zip.close()
        self._file.close()


def source_of(path: Path) -> Source:
    """Return the files at ``path``: a ``.kosent`` file, or else a folder.

    Raises:
        OSError: If it is a file and no archive of stored files.
    """
    return Archive(path) if path.is_file() else Folder(path)


def to_archive(files: Mapping[str, bytes]) -> bytes:
    """Return files as one zip archive, stored and without dates: the same bytes for the same."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), data)
    return buffer.getvalue()


def _at_once(path: str, flags: int) -> int:
    """Open without waiting for the other end of a pipe."""
    return os.open(path, flags | os.O_NONBLOCK)


def _checked_size(file: IO[bytes]) -> int:
    """Return an archive's size; zipfile reads the whole list of members, however long it is."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _LONG_END))
    tail = file.read()
    end = tail[-_END:]
    listed = end[12:16]
    if tail[-42:-38] == b"PK\6\7":
        listed = tail[40:48]
        if tail[-34:-26] != (size - _LONG_END).to_bytes(8, "little"):
            raise OSError(None, "a list of members that is elsewhere than it should be")
    if end[:4] != b"PK\5\6" or end[20:] != b"\0\0":
        raise OSError(None, f"not a {SUFFIX} file: its end is no end of a zip archive")
    if int.from_bytes(listed, "little") > _LONGEST_LIST:
        raise OSError(None, "too many members")
    return size


def _check_members(members: list[zipfile.ZipInfo], size: int) -> None:
    names = [member.filename for member in members]
    if len(members) > _MOST_MEMBERS or len(set(names)) != len(names):
        raise OSError(None, f"{len(names)} members, or two of one name")
    # zipfile takes an archive with something before it: a torn file would pass for its last whole
    # member, if that is an archive itself.
    if min((member.header_offset for member in members), default=0) != 0:
        raise OSError(None, "the archive does not begin where the file begins")
    for member in members:
        name = member.filename
        if not name or "\0" in name or "\\" in name or Path(name).name != name or name == "..":
            raise OSError(None, f"{name!r} is not the name of a file")
        if member.compress_type != zipfile.ZIP_STORED or member.flag_bits & 1:
            raise OSError(None, f"{name}: compressed or encrypted")
        if member.file_size != member.compress_size or member.file_size > size:
            raise OSError(None, f"{name}: size {member.file_size:,}")
