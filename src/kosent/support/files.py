"""Files that appear whole or not at all: write aside, fsync, rename.

Does *not* cover downloads that resume (``kosent.corpora.fetching.download``).
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from kosent.errors import RuntimeSetupError, UsageError
from kosent.support.paths import LONGEST_NAME, beside, shortened

_STALE = 24 * 3600.0  # seconds since something was written to it
_NO_LOCKS = (errno.ENOSYS, errno.ENOTSUP)  # file systems without locks, such as some of Lustre


def clean(path: Path) -> None:
    """Remove what processes that were killed have left beside a path; not what may still grow."""
    for left in path.parent.glob(f"{beside(path)}.????????.*"):
        with suppress(OSError):
            is_old = time.time() - left.lstat().st_mtime > _STALE
            is_spare = left.suffix == ".tmp" or (left.suffix == ".old" and path.exists())
            if not is_old or not is_spare:
                continue
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
            else:
                left.unlink()


def code_sha256(folder: Path) -> str:
    """Return the SHA-256 of all Python code below a folder: with a change of it, keys change."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def write_file(path: Path, data: bytes, *, overwrite: bool = True) -> None:
    """Write ``data`` to ``path`` so that a reader sees the old file or the new one, never half.

    Args:
        path: Target; missing parent folders are made.
        data: The whole content.
        overwrite: Take the place of what is there; else nothing that has come there in the
            meantime is touched.

    Raises:
        UsageError: If something is there and ``overwrite`` is false.
        RuntimeSetupError: If the disk refuses (permission, space, a read-only folder).
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside(path, overwrite=overwrite) as other:
            other.write_bytes(data)


@contextmanager
def aside(path: Path, *, overwrite: bool = True) -> Iterator[Path]:
    """Write a file beside its place, and put it there once it is whole.

    Args:
        path: Target.
        overwrite: As in :func:`write_file`.

    Yields:
        Where to write it; it is gone where the block raises.

    Raises:
        UsageError: If something is there and ``overwrite`` is false.
        OSError: If the disk refuses.
    """
    clean(path)
    begin = f".{shortened(path.name, LONGEST_NAME)}.{secrets.token_hex(4)}"
    other = path.with_name(f"{begin}.tmp")
    try:
        yield other
        _sync(other)
        if overwrite:
            other.replace(path)
        else:
            _link(other, path)
    finally:
        other.unlink(missing_ok=True)
    _sync(path.parent)


def write_folder(
    path: Path, files: Mapping[str, bytes], *, may_replace: Callable[[Path], bool] = lambda _: True
) -> None:
    """Write a folder of files that appears whole or not at all.

    Args:
        path: Target folder.
        files: Content by file name relative to ``path``.
        may_replace: Tells whether what is at ``path`` in the end, and is no empty folder, may be
            replaced.

    Raises:
        UsageError: If it may not.
        RuntimeSetupError: If the disk refuses.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        clean(path)
        begin = f".{shortened(path.name, LONGEST_NAME)}.{secrets.token_hex(4)}"
        aside, old = (path.with_name(f"{begin}.{end}") for end in ("tmp", "old"))
        try:
            aside.mkdir()
            for name, data in files.items():
                write_file(aside / name, data)
            _put(aside, path, old, may_replace)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)
        _sync(path.parent)


def already_there(path: Path) -> UsageError:
    """Build the error for a target that may not be replaced."""
    return UsageError(
        f"'{path}'이(가) 이미 있습니다. 다른 이름을 쓰거나 overwrite로 덮어쓰세요",
        f"'{path}' exists already; choose another name, or ask to overwrite if it is a model",
    )


def lock(file: int) -> bool:
    """Lock an open file until it is closed, at the latest by the end of the process.

    Args:
        file: Its descriptor.

    Returns:
        Whether it could be: false where another process, or this one, has locked it.

    Raises:
        OSError: If the disk refuses.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    return True


def _link(aside: Path, path: Path) -> None:
    """Give a file a name that is free, as a rename cannot."""
    try:
        try:
            path.hardlink_to(aside)
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
                raise
            path.touch(exist_ok=False)  # a file system without links: the name first
            aside.replace(path)
    except FileExistsError as error:
        raise already_there(path) from error


def _put(aside: Path, path: Path, old: Path, may_replace: Callable[[Path], bool]) -> None:
    """Move a folder to its place; of what may be there a rename replaces an empty folder only."""
    try:
        aside.rename(path)
        return
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise
    if not may_replace(path):
        raise already_there(path)
    if _exchange(aside, path):
        return
    path.rename(old)
    try:
        aside.rename(path)
    except OSError:
        old.rename(path)
        raise


def _exchange(one: Path, other: Path) -> bool:
    from kosent.support.exchange import exchange  # ctypes; only those who overwrite need it

    return exchange(one, other)


def _sync(path: Path) -> None:
    """Send a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn what the disk refuses inside into a ``RuntimeSetupError`` that names ``path``."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise RuntimeSetupError(
            f"'{path}'에 쓸 수 없습니다 ({reason}). 권한과 남은 공간을 확인하세요",
            f"cannot write '{path}' ({reason}); check permissions and free space",
        ) from error
