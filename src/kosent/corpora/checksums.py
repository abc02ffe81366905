"""Checksums as the publishers of the corpora state them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kosent.corpora.base import RemoteFile
from kosent.corpora.text_encoding import unreadable


def checksum(path: Path, algorithm: str) -> str:
    """Compute a file's checksum (84 MB take 0.2 s).

    Args:
        path: The file.
        algorithm: ``"git-blob"`` or ``"md5"``.

    Returns:
        Lower-case hexadecimal.

    Raises:
        DataError: If the file cannot be read.
    """
    try:
        if algorithm == "md5":
            digest = hashlib.md5(usedforsecurity=False)
        else:  # git names a file by the SHA-1 of its length and content
            digest = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
        with path.open("rb") as file:
            while block := file.read(2**20):
                digest.update(block)
    except OSError as error:
        raise unreadable(path, error) from error
    return digest.hexdigest()


def is_official(path: Path, remote: RemoteFile) -> bool:
    """Tell whether a file is, byte for byte, the one its publisher offers."""
    return checksum(path, remote.algorithm) == remote.checksum
