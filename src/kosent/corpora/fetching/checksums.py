"""Checksums as the publishers of the corpora state them."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

from kosent.corpora.encoding import unreadable
from kosent.corpora.fetching.archives import GZIP_ERRORS
from kosent.corpora.fetching.sha256 import SHA256
from kosent.corpora.spec import RemoteFile


def checksum(path: Path, algorithm: str) -> str:
    """Compute a file's checksum (84 MB take 0.2 s).

    Args:
        path: The file.
        algorithm: ``"git-blob"``, ``"md5"`` or ``"sha256"``.

    Returns:
        Lower-case hexadecimal.

    Raises:
        DataError: If the file cannot be read.
    """
    try:
        if algorithm != "git-blob":
            digest = hashlib.new(algorithm, usedforsecurity=False)
        else:  # git names a file by the SHA-1 of its length and content
            digest = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
        with path.open("rb") as file:
            while block := file.read(2**20):
                digest.update(block)
    except OSError as error:
        raise unreadable(path, error) from error
    return digest.hexdigest()


def is_official(path: Path, remote: RemoteFile) -> bool:
    """Tell whether a file is, byte for byte, the one its publisher offers.

    Where no checksum is published there is nothing to tell it by, and any file is taken.
    """
    if remote.checksum is not None and checksum(path, remote.algorithm) != remote.checksum:
        return False
    return SHA256.get(remote.path) in (None, checksum(path, "sha256"))


def is_whole_gzip(path: Path) -> bool:
    """Tell whether a file is gzip's, with the length and CRC-32 that it states itself."""
    try:
        with gzip.open(path) as unpacked:
            while unpacked.read(2**20):
                pass
    except GZIP_ERRORS:
        return False
    return path.stat().st_size > 0  # Python takes an empty file for an empty one, packed
