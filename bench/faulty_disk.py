"""A disk that refuses one call: the n-th write, fsync, rename, link, truncation or new name.

It stands between Python and the system for all files below one folder, and counts. What libraries
written in C write by themselves, such as pyarrow, goes past it.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest import mock

ERRORS = {
    "disk full": errno.ENOSPC,
    "read-only": errno.EROFS,
    "no permission": errno.EACCES,
    "input/output error": errno.EIO,
}
_NAMES = ("mkdir", "rename", "replace", "link", "truncate")
_real_open = io.open


class Disk:
    """Counts the calls that change something below a folder, and fails one.

    Args:
        folder: Where it stands in between.
        fail_at: Number of the call that fails, from 1; none where it is 0.
        code: Its error number. All later writes fail as well on a full or read-only disk.
    """

    def __init__(self, folder: Path, fail_at: int = 0, code: int = errno.ENOSPC) -> None:
        self.folder = os.fspath(folder) + os.sep
        self.fail_at = fail_at
        self.code = code
        self.calls: list[str] = []

    def call(self, name: str, path: object) -> None:
        """Count a call, or fail it."""
        if not os.fsdecode(path).startswith(self.folder):  # type: ignore[arg-type]
            return
        self.calls.append(f"{name} {os.fsdecode(path)}")  # type: ignore[arg-type]
        number = len(self.calls)
        stays = self.code in (errno.ENOSPC, errno.EROFS)
        if self.fail_at and (number == self.fail_at or (stays and number > self.fail_at)):
            raise OSError(self.code, os.strerror(self.code), path)

    @contextmanager
    def between(self) -> Iterator[Disk]:
        """Put it between Python and the system."""
        from kosent.support import exchange

        real = exchange.exchange

        def exchanged(one: Path, other: Path) -> bool:
            self.call("exchange", other)
            return real(one, other)

        patches = [
            mock.patch.object(builtins, "open", self._open),
            mock.patch.object(io, "open", self._open),
            mock.patch.object(os, "fsync", self._fsync),
            mock.patch.object(exchange, "exchange", exchanged),
            *(mock.patch.object(os, name, self._named(name)) for name in _NAMES),
        ]
        for patch in patches:
            patch.start()
        try:
            yield self
        finally:
            for patch in patches:
                patch.stop()

    def _named(self, name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def called(path: Any, *more: Any, **options: Any) -> Any:
            self.call(name, path)
            return real(path, *more, **options)

        return called

    def _fsync(self, file: Any) -> None:
        number = file if isinstance(file, int) else file.fileno()
        with suppress(OSError):
            path = Path(f"/proc/self/fd/{number}").readlink()
            self.call("fsync", path)
            return os.fdatasync(number)
        raise OSError(self.code, os.strerror(self.code))

    def _open(
        self, file: Any, mode: str = "r", buffering: int = -1, *text: Any, **more: Any
    ) -> Any:
        if isinstance(file, int) or not set(mode) & set("wax+"):
            return _real_open(file, mode, buffering, *text, **more)
        path = os.fspath(file)
        if set(mode) & set("wx") or not Path(path).exists():
            self.call("open", path)
        opener = more.pop("opener", None)
        raw = _Raw(path, mode.replace("b", "").replace("t", ""), opener=opener)
        raw.disk = self
        if buffering == 0:
            return raw
        kind = io.BufferedRandom if "+" in mode else io.BufferedWriter
        buffered = kind(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, *text, **more)


class _Raw(io.FileIO):
    """A file whose writes are counted; on a full disk the first is cut short, then they fail."""

    disk: Disk

    def write(self, data: Any) -> int:
        begun = len(self.disk.calls)
        try:
            self.disk.call("write", Path(f"/proc/self/fd/{self.fileno()}").readlink())
        except OSError:
            if self.disk.code != errno.ENOSPC or begun + 1 > self.disk.fail_at:
                raise
            return super().write(memoryview(data)[: len(data) // 2])  # what there is room for
        return super().write(data)
