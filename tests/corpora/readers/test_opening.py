from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import pickle
import sys
import tarfile
from pathlib import Path
from types import SimpleNamespace

import pytest
import zstandard

from kosent.corpora.readers import opening
from kosent.corpora.readers.opening import opened, suffix_of
from kosent.errors import DataError, RuntimeSetupError

PACKINGS = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}
DATA = "줄 하나\n".encode() * 200_000  # more than a block


def saved(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def read(path: Path) -> bytes:
    with opened(path) as source:
        return source.read_all()


@pytest.mark.parametrize("ending", PACKINGS)
def test_packed_files_are_unpacked_whatever_they_are_called(ending: str, tmp_path: Path) -> None:
    packed = PACKINGS[ending](DATA)
    for name in (f"a.csv{ending}", f"a.csv{ending.upper()}", "a.csv", "a"):
        path = saved(tmp_path / name, packed)
        with opened(path) as source:
            assert (source.suffix, source.path, source.size) == (
                "" if name == "a" else ".csv", None, len(packed),
            )  # fmt: skip
            assert source.read_all() == DATA
            assert source.position() == len(packed)
            assert source.ready(0)


@pytest.mark.parametrize("ending", PACKINGS)
def test_damaged_ones_are_one_error(ending: str, tmp_path: Path) -> None:
    packed = PACKINGS[ending](os.urandom(200_000))
    for data in (packed[:-20], packed[:50] + b"\xff" * 9 + packed[59:], b"never packed"):
        with pytest.raises(DataError, match=rf"cannot read '.*a\.txt\{ending}'"):
            read(saved(tmp_path / f"a.txt{ending}", data))


def test_several_members_are_one_stream(tmp_path: Path) -> None:
    for ending, pack in PACKINGS.items():
        assert read(saved(tmp_path / f"a.txt{ending}", pack(b"one\n") + pack(b"two\n"))) == (
            b"one\ntwo\n"
        )


def test_plain_files(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.CSV", DATA)
    with opened(path) as source:
        assert (source.name, source.suffix, source.path, source.size) == (
            "a.CSV", ".csv", path, len(DATA),
        )  # fmt: skip
        assert source.start == DATA[: 1024**2]
        assert source.read_all() == DATA
    assert read(saved(tmp_path / "empty.txt.gz", b"")) == b""


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent.txt", tmp_path / ("a" * 300)):
        with pytest.raises(DataError, match="cannot read"):
            read(path)


def archive() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("a.csv"), io.BytesIO())
    return buffer.getvalue()


@pytest.mark.parametrize("ending", [".csv", ".txt", ".pkl", ""])
@pytest.mark.parametrize(
    ("data", "kind"),
    [
        *[(pickle.dumps(["글"], version), "pickle") for version in (2, 3, 4, 5)],
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls, doc, hwp"),
        (b"%PDF-1.7", "PDF"),
        (archive(), "tar"),
        (gzip.compress(archive(), mtime=0), "tar"),
        (gzip.compress(pickle.dumps("글"), mtime=0), "pickle"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"\x93NUMPY\x01", "NumPy"),
        (b"ARROW1\0\0", "Feather"),
        (b"\x89HDF\r\n", "HDF5"),
        (b"SQLite format 3\0", "SQLite"),
        (b"\x89PNG\r\n", "PNG"),
        ("<!DOCTYPE html><p>글".encode(), "HTML"),
        (b'\xef\xbb\xbf\n<?xml version="1.0"?>', "XML"),
    ],
)
def test_what_is_no_text_is_refused_whatever_it_is_called(
    data: bytes, kind: str, ending: str, tmp_path: Path
) -> None:
    path = saved(tmp_path / f"a{ending}", data)
    with pytest.raises(DataError, match=rf"cannot be read \({kind}\); .*(save|unpack)"):
        read(path)


def test_texts_that_only_look_like_it_are_texts(tmp_path: Path) -> None:
    for text in ("ORC를 봤다", "<p>가 아니라", "BZ", "PDF", "% 할인", "GIF 짤"):
        assert read(saved(tmp_path / "a.txt", text.encode())) == text.encode()


def test_zstd_without_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "find_spec", lambda _: None)
    with pytest.raises(RuntimeSetupError, match=r"zstandard \(pip install 'kosent\[files\]'\)"):
        read(saved(tmp_path / "a.csv.zst", PACKINGS[".zst"](DATA)))


def test_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    for data in (DATA, gzip.compress(DATA)):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
        with opened("-") as source:
            assert (source.name, source.suffix, source.size) == ("stdin", "", None)
            assert source.read_all() == DATA
    monkeypatch.setattr(sys, "stdin", None)  # as after <&-
    with opened("-") as source:
        assert source.read_all() == b""


def test_a_pipe_gives_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pipe, os.fdopen(writing, "wb", buffering=0) as writer:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=pipe))
        writer.write("하나\n".encode())
        with opened("-") as source:
            assert source.read() == "하나\n".encode()
            assert not source.ready(0)
            writer.write("둘\n".encode())
            assert source.ready(0)
            assert source.read() == "둘\n".encode()
            assert source.position() == 0
            writer.close()
            assert source.read() == b""


def test_the_ending_of_the_format() -> None:
    names = {"a.csv": ".csv", "a.CSV.GZ": ".csv", "a.gz": "", "a": "", "a.tar.gz": ".tar"}
    assert {name: suffix_of(Path(name)) for name in names} == names
