"""Files that appear whole or not at all: write aside, fsync, rename.

Does *not* cover downloads that resume (``kosent.corpora.fetching.download``).
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kosent.errors import RuntimeSetupError


def code_sha256(folder: Path) -> str:
    """Return the SHA-256 of all Python code below a folder: with a change of it, keys change."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def write_file(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` so that a reader sees the old file or the new one, never half.

    Args:
        path: Target; missing parent folders are made.
        data: The whole content.

    Raises:
        RuntimeSetupError: If the disk refuses (permission, space, a read-only folder).
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
        try:
            with aside.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
        _sync_folder(path.parent)


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder of files that appears whole or not at all, replacing one that exists.

    Args:
        path: Target folder.
        files: Content by file name relative to ``path``.

    Raises:
        RuntimeSetupError: If the disk refuses.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        token = secrets.token_hex(4)
        aside = path.with_name(f".{path.name}.{token}.tmp")
        old = path.with_name(f".{path.name}.{token}.old")
        try:
            aside.mkdir()
            for name, data in files.items():
                write_file(aside / name, data)
            if not (path.exists() and _exchange(aside, path)):
                _replace(path, aside, old)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)
        _sync_folder(path.parent)


def _exchange(one: Path, other: Path) -> bool:
    from kosent.support.exchange import exchange  # ctypes; only those who overwrite need it

    return exchange(one, other)


def _replace(path: Path, new: Path, old: Path) -> None:
    if path.exists():
        path.rename(old)
    try:
        new.rename(path)
    except OSError:
        if old.exists():
            old.rename(path)
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
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
