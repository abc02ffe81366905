"""What kosent remembers on disk from one process to the next.

A folder of files that may vanish at any time: each is written aside and renamed, carries the
SHA-256 of its content, and is dropped with one notice when that does not fit. So a kill at any
moment, two processes at once or a damaged disk cost time, never a wrong token. Nothing in it is
code, and nothing in it fails the work it was to speed up.

``KOSENT_CACHE`` names the folder (default: the user's cache; ``off`` for none) and
``KOSENT_CACHE_MB`` its size limit; the files that were unused longest go first.
"""

from __future__ import annotations

import logging
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kosent.errors import KosentError, UsageError
from kosent.language import Message
from kosent.support.files import write_file

OFF = "off"
DEFAULT_MB = 1024  # Okt's answers for NSMC take 12 MB, its tokens 9 MB

_MAGIC = b"kosent cache 1\n"
_HEADER = len(_MAGIC) + 32
_SUFFIX = ".kosent"
_STALE = 3600  # seconds after which a file that was being written is somebody's who was killed

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Usage:
    """What one kind of entry takes on disk.

    Attributes:
        kind: Its folder's name.
        files: How many entries there are.
        size: Their bytes.
    """

    kind: str
    files: int
    size: int


def folder() -> Path | None:
    """Return the cache's folder, which need not exist yet; None when it is switched off."""
    named = os.environ.get("KOSENT_CACHE", "")
    if named.lower() == OFF:
        return None
    if named:
        return Path(named).expanduser()
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("kosent")) / "text"


def limit() -> int:
    """Return the largest size of the cache, in bytes.

    Raises:
        UsageError: If ``KOSENT_CACHE_MB`` is not a whole number.
    """
    given = os.environ.get("KOSENT_CACHE_MB", "")
    if not given:
        return DEFAULT_MB << 20
    if not (given.isascii() and given.isdecimal()):
        raise UsageError(
            f"KOSENT_CACHE_MB는 0 이상의 정수(MB)여야 합니다. 받은 값: {given!r}",
            f"KOSENT_CACHE_MB must be a whole number of megabytes. Received: {given!r}",
        )
    return int(given) << 20


def read(kind: str, name: str) -> bytes | None:
    """Return an entry, or None where there is none that can be trusted.

    Args:
        kind: What sort of entry it is.
        name: Its name.
    """
    path = _path(kind, name)
    if path is None:
        return None
    try:
        data = path.read_bytes()
    except OSError:
        return None
    content = data[_HEADER:]
    if data[:_HEADER] != _MAGIC + sha256(content).digest():
        discard(kind, name)
        return None
    with suppress(OSError):
        os.utime(path)  # what is used stays longest
    return content


def discard(kind: str, name: str) -> None:
    """Drop an entry that is damaged, and say so in one line."""
    path = _path(kind, name)
    if path is None:
        return
    with suppress(OSError):
        path.unlink()
    _log.warning(
        Message(
            f"손상된 캐시 파일을 버리고 다시 만듭니다: {path}",
            f"dropped a damaged cache file; it will be made again: {path}",
        )
    )


def write(kind: str, name: str, content: bytes) -> bool:
    """Keep an entry, and make room for it.

    Args:
        kind: What sort of entry it is.
        name: Its name, of letters, digits and ``-``.
        content: The whole entry.

    Returns:
        Whether it was kept: not without a cache, nor where it is too large for it, nor when the
        disk refuses, which is said in one line.
    """
    path = _path(kind, name)
    room = limit() - _HEADER - len(content)
    if path is None or room < 0:
        return False
    try:
        write_file(path, _MAGIC + sha256(content).digest() + content)
    except KosentError as error:
        _log.warning(error.message)
        return False
    _make_room(path)
    return True


def names(kind: str, prefix: str) -> list[str]:
    """Return the names of the entries that start with ``prefix``, the newest first."""
    root = folder()
    if root is None:
        return []
    dated = []
    for path in (root / kind).glob(f"{prefix}*{_SUFFIX}"):
        with suppress(OSError):
            dated.append((path.stat().st_mtime_ns, path.name.removesuffix(_SUFFIX)))
    return [name for _, name in sorted(dated, reverse=True)]


def remove(kind: str, name: str) -> None:
    """Drop an entry that is no longer needed."""
    path = _path(kind, name)
    if path is not None:
        with suppress(OSError):
            path.unlink()


def usage() -> list[Usage]:
    """Say what the cache takes, kind by kind."""
    root = folder()
    if root is None:
        return []
    kinds: dict[str, list[int]] = {}
    for _, size, path in _entries(root):
        kinds.setdefault(path.parent.name, []).append(size)
    return [Usage(kind, len(sizes), sum(sizes)) for kind, sizes in sorted(kinds.items())]


def _path(kind: str, name: str) -> Path | None:
    root = folder()
    return None if root is None else root / kind / f"{name}{_SUFFIX}"


def _entries(root: Path) -> list[tuple[int, int, Path]]:
    """List time of last use (ns), size and path of all entries, the oldest first."""
    entries = []
    for path in root.glob(f"*/*{_SUFFIX}"):
        with suppress(OSError):
            about = path.stat()
            entries.append((about.st_mtime_ns, about.st_size, path))
    return sorted(entries)


def _make_room(written: Path) -> None:
    """Drop what was unused longest, but not what was just written, and what kills have left."""
    root = written.parents[1]
    entries = _entries(root)
    excess = sum(size for _, size, _ in entries) - limit()
    for _, size, path in entries:
        if excess <= 0:
            break
        if path != written:
            with suppress(OSError):
                path.unlink()
            excess -= size
    for path in root.glob(f"*/.*{_SUFFIX}.*.tmp"):
        with suppress(OSError):
            if path.stat().st_mtime < time.time() - _STALE:
                path.unlink()
