from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from kosent.corpora.fetching.checksums import checksum, is_official, is_whole_gzip
from kosent.corpora.spec import RemoteFile
from kosent.errors import DataError


def test_git_blob_is_the_name_that_git_gives(tmp_path: Path) -> None:
    path = tmp_path / "hello"
    path.write_bytes(b"hello\n")
    # printf 'hello\n' | git hash-object --stdin
    assert checksum(path, "git-blob") == "ce013625030ba8dba906f756967f9e9ca394464a"


def test_md5(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * 3_000_000)
    assert checksum(path, "md5") == hashlib.md5(b"x" * 3_000_000, usedforsecurity=False).hexdigest()


def test_sha256(tmp_path: Path) -> None:
    path = tmp_path / "hello"
    path.write_bytes(b"hello\n")  # sha256sum
    expected = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
    assert checksum(path, "sha256") == expected


def test_without_a_published_checksum_any_file_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "hello"
    path.write_bytes(b"hello\n")
    assert is_official(path, RemoteFile("hello", "", None, "sha256", None))


def test_whole_gzip(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    whole = gzip.compress(b"hello\n" * 1000)
    path.write_bytes(whole)
    assert is_whole_gzip(path)
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        assert not is_whole_gzip(path)


def test_is_official(tmp_path: Path) -> None:
    path = tmp_path / "hello"
    path.write_bytes(b"hello\n")
    remote = RemoteFile("hello", "", 6, "md5", "b1946ac92492d2347c6235b4d2611184")
    assert is_official(path, remote)
    path.write_bytes(b"Hello\n")
    assert not is_official(path, remote)


def test_a_folder_in_place_of_the_file_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot read"):
        checksum(tmp_path, "md5")
