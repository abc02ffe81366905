from __future__ import annotations

import gzip
import hashlib
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kosent.corpora import CORPORA
from kosent.corpora.fetching import download as module
from kosent.corpora.fetching.checksums import is_official
from kosent.corpora.fetching.download import download
from kosent.corpora.fetching.sha256 import SHA256
from kosent.corpora.spec import RemoteFile
from kosent.errors import DownloadError, RuntimeSetupError

if TYPE_CHECKING:
    from conftest import WebServer

DATA = bytes(range(256)) * 1000


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the local server itself, whatever proxy this machine has."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def remote(web: WebServer, data: bytes = DATA, size: int | None = len(DATA)) -> RemoteFile:
    web.data = DATA
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    return RemoteFile("a/file.bin", web.url, size, "md5", md5)


def test_a_file_appears_whole_with_its_folders_and_progress(web: WebServer, tmp_path: Path) -> None:
    target = tmp_path / "new" / "a" / "file.bin"
    seen: list[tuple[int, int | None]] = []
    download(remote(web), target, lambda done, total: seen.append((done, total)))
    assert target.read_bytes() == DATA
    assert list(target.parent.iterdir()) == [target]
    assert seen == sorted(seen)
    assert seen[-1] == (len(DATA), len(DATA))
    assert web.requests[0]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("size", [len(DATA), None])
@pytest.mark.parametrize("etag", ["", '"v1"', 'W/"v1"'])
def test_a_cut_connection_is_resumed_where_it_was_cut(
    etag: str, size: int | None, web: WebServer, tmp_path: Path
) -> None:
    web.etag, web.cuts = etag, [98_304, 49_152]
    download(remote(web, size=size), tmp_path / "file.bin")
    assert (tmp_path / "file.bin").read_bytes() == DATA
    assert [asked.get("Range") for asked in web.requests] == [
        None,
        "bytes=98304-",
        "bytes=147456-",
    ]
    strong = etag if etag.startswith('"') else None
    assert [asked.get("If-Range") for asked in web.requests] == [None, strong, strong]
    assert [path.name for path in tmp_path.iterdir()] == ["file.bin"]


def test_what_came_before_the_failure_serves_the_next_call(web: WebServer, tmp_path: Path) -> None:
    target = tmp_path / "file.bin"
    web.etag, web.cuts = '"v1"', [98_304, 0]
    with pytest.raises(DownloadError, match="the connection was cut"):
        download(remote(web), target)
    assert not target.exists()
    assert (tmp_path / "file.bin.part").read_bytes() == DATA[:98_304]
    seen: list[int] = []
    download(remote(web), target, lambda done, _: seen.append(done))
    assert target.read_bytes() == DATA
    assert seen[0] > 98_304
    assert web.requests[-1]["If-Range"] == '"v1"'


def test_a_changed_file_on_the_server_starts_over(web: WebServer, tmp_path: Path) -> None:
    (tmp_path / "file.bin.part").write_bytes(b"old" * 1000)
    (tmp_path / "file.bin.part.etag").write_text('"old"')
    web.etag = '"new"'
    download(remote(web), tmp_path / "file.bin")
    assert (tmp_path / "file.bin").read_bytes() == DATA
    assert len(web.requests) == 1


def test_a_server_that_ignores_ranges_starts_over(web: WebServer, tmp_path: Path) -> None:
    web.ranges, web.cuts = False, [98_304]
    download(remote(web), tmp_path / "file.bin")
    assert (tmp_path / "file.bin").read_bytes() == DATA
    assert len(web.requests) == 2


def test_a_server_that_is_always_cut_at_the_same_place_is_given_up(
    web: WebServer, tmp_path: Path
) -> None:
    web.ranges, web.cuts = False, [98_304] * 50
    with pytest.raises(DownloadError, match="the connection was cut"):
        download(remote(web), tmp_path / "file.bin")
    assert len(web.requests) == 2


@pytest.mark.parametrize("size", [len(DATA), None])
def test_a_part_longer_than_the_file_starts_over(
    size: int | None, web: WebServer, tmp_path: Path
) -> None:
    (tmp_path / "file.bin.part").write_bytes(DATA + b"more")
    download(remote(web, size=size), tmp_path / "file.bin")  # the server answers 416 first
    assert (tmp_path / "file.bin").read_bytes() == DATA
    assert [asked.get("Range") for asked in web.requests] == [f"bytes={len(DATA) + 4}-", None]


def test_a_range_other_than_the_one_asked_for_starts_over(web: WebServer, tmp_path: Path) -> None:
    (tmp_path / "file.bin.part").write_bytes(DATA[:1000])
    web.wrong_range = True
    download(remote(web), tmp_path / "file.bin")
    assert (tmp_path / "file.bin").read_bytes() == DATA


def test_a_whole_part_is_only_verified(web: WebServer, tmp_path: Path) -> None:
    (tmp_path / "file.bin.part").write_bytes(DATA)
    download(remote(web), tmp_path / "file.bin")
    assert (tmp_path / "file.bin").read_bytes() == DATA
    assert web.requests == []


@pytest.mark.parametrize("kept", [DATA[:5] + b"other" + DATA[10:9000], b"x" * len(DATA)])
def test_a_part_of_another_file_starts_over_in_the_same_call(
    kept: bytes, web: WebServer, tmp_path: Path
) -> None:
    (tmp_path / "file.bin.part").write_bytes(kept)
    download(remote(web), tmp_path / "file.bin")
    assert (tmp_path / "file.bin").read_bytes() == DATA
    assert "Range" not in web.requests[-1]
    assert [each.name for each in tmp_path.iterdir()] == ["file.bin"]


def test_a_wrong_checksum_leaves_nothing_and_names_both(web: WebServer, tmp_path: Path) -> None:
    wanted = remote(web, data=b"other")
    received = hashlib.md5(DATA, usedforsecurity=False).hexdigest()
    web.etag = '"v1"'
    with pytest.raises(DownloadError) as caught:
        download(wanted, tmp_path / "file.bin")
    assert f"Expected: {wanted.checksum}. Received: {received}" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [len(DATA) - 1, len(DATA) + 1])
def test_a_wrong_size_leaves_nothing_and_names_both(
    size: int, web: WebServer, tmp_path: Path
) -> None:
    with pytest.raises(DownloadError, match=rf"Expected: {size:,} bytes. Received: 256,000 bytes"):
        download(remote(web, size=size), tmp_path / "file.bin")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_http_error_says_what_to_do_and_keeps_the_part(
    status: int, web: WebServer, tmp_path: Path
) -> None:
    wanted = remote(web)
    web.status = status
    with pytest.raises(DownloadError, match=rf"the server answered {status}") as caught:
        download(wanted, tmp_path / "file.bin")
    assert f"put the file at '{tmp_path / 'file.bin'}'" in str(caught.value)
    assert "KOSENT_DATA" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file.bin.part").write_bytes(DATA[:10])
    with pytest.raises(DownloadError):
        download(wanted, tmp_path / "file.bin")
    assert (tmp_path / "file.bin.part").read_bytes() == DATA[:10]


def test_no_server_at_all(tmp_path: Path) -> None:
    nobody = RemoteFile("a", "http://127.0.0.1:9/file", None, "md5", "0")
    with pytest.raises(DownloadError, match="no connection to the server"):
        download(nobody, tmp_path / "file.bin")
    assert list(tmp_path.iterdir()) == []


def test_a_silent_server_times_out(
    web: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIMEOUT", (5.0, 0.5))
    web.held = threading.Event()
    with pytest.raises(DownloadError, match="timed out"):
        download(remote(web), tmp_path / "file.bin")
    web.held.set()
    assert 0 < (tmp_path / "file.bin.part").stat().st_size < len(DATA)


def test_an_address_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="Invalid URL"):
        download(RemoteFile("a", "nowhere", None, "md5", "0"), tmp_path / "file.bin")


def test_a_file_of_the_right_md5_and_another_sha256(
    web: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = hashlib.sha256(DATA).hexdigest()
    for sha256 in ("0" * 64, right):
        monkeypatch.setitem(SHA256, "a/file.bin", sha256)
        if sha256 == right:
            download(remote(web), tmp_path / "file.bin")
            assert is_official(tmp_path / "file.bin", remote(web))
            continue
        with pytest.raises(DownloadError, match=f"Expected: {sha256}. Received: {right}"):
            download(remote(web), tmp_path / "file.bin")
        (tmp_path / "file.bin").write_bytes(DATA)
        assert not is_official(tmp_path / "file.bin", remote(web))
        (tmp_path / "file.bin").unlink()


def test_every_sha256_is_of_a_file_of_a_corpus() -> None:
    known = {file.path for name in CORPORA for file in CORPORA[name].files if file.checksum}
    assert SHA256.keys() <= known
    assert all(re.fullmatch("[0-9a-f]{64}", each) for each in SHA256.values())


def test_a_redirect_to_what_is_no_address(web: WebServer, tmp_path: Path) -> None:
    web.redirect = "http://[::1"
    with pytest.raises(DownloadError, match=r"Invalid IPv6|Failed to parse"):
        download(remote(web), tmp_path / "file.bin")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("slow", [b'"v1', b"\xff\xfe", b'"a\r\nX: 1"', b"", b"W/1"])
def test_an_etag_that_is_none_blocks_nothing(slow: bytes, web: WebServer, tmp_path: Path) -> None:
    (tmp_path / "file.bin.part").write_bytes(DATA[:98_304])
    (tmp_path / "file.bin.part.etag").write_bytes(slow)
    download(remote(web), tmp_path / "file.bin")
    assert (tmp_path / "file.bin").read_bytes() == DATA
    assert [path.name for path in tmp_path.iterdir()] == ["file.bin"]


def test_a_server_that_drips_is_left_in_the_end(
    web: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.3)
    monkeypatch.setattr(module, "_SLOWEST", 10**9)
    wanted = remote(web)
    web.drip, web.data = 0.02, DATA[:100]  # two seconds
    with pytest.raises(DownloadError, match="timed out"):
        download(wanted, tmp_path / "file.bin")
    assert len(web.requests) == 1
    part = (tmp_path / "file.bin.part").read_bytes()
    assert part == DATA[: len(part)] != b""  # to go on from


def test_a_file_of_no_known_size_has_one_all_the_same(
    web: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LARGEST", 10_000)
    with pytest.raises(DownloadError, match="more than 10,000 bytes"):
        download(unpublished(web, DATA), tmp_path / "file.gz")


def unpublished(web: WebServer, data: bytes) -> RemoteFile:
    """A file that nobody states a checksum of."""
    web.data = data
    return RemoteFile("a/file.gz", web.url, None, "sha256", None)


def test_a_file_without_a_checksum_has_to_be_whole_gzip(web: WebServer, tmp_path: Path) -> None:
    target = tmp_path / "file.gz"
    packed = gzip.compress(DATA)
    download(unpublished(web, packed), target)
    assert target.read_bytes() == packed
    target.unlink()
    flipped = packed[:-6] + bytes([packed[-6] ^ 1]) + packed[-5:]  # in its CRC-32
    for data in (packed[:-1], flipped, DATA, b"<html>", b""):
        with pytest.raises(DownloadError, match=rf"whole gzip file. Received: {len(data):,} bytes"):
            download(unpublished(web, data), target)
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("etag", ["", '"v1"', 'W/"v1"'])
def test_without_a_checksum_only_an_unchanged_file_is_resumed(
    etag: str, web: WebServer, tmp_path: Path
) -> None:
    packed = gzip.compress(DATA, compresslevel=0)
    web.etag, web.cuts = etag, [98_304]
    wanted = unpublished(web, packed)
    download(wanted, tmp_path / "file.gz")
    assert (tmp_path / "file.gz").read_bytes() == packed
    resumed = "bytes=98304-" if etag == '"v1"' else None
    assert [asked.get("Range") for asked in web.requests] == [None, resumed]


def test_a_disk_that_refuses_is_another_error(web: WebServer, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file in place of the folder")
    with pytest.raises(RuntimeSetupError, match="KOSENT_DATA"):
        download(remote(web), tmp_path / "a" / "file.bin")


def test_a_full_disk_keeps_no_target(
    web: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", refuse)
    with pytest.raises(RuntimeSetupError, match="No space left on device"):
        download(remote(web), tmp_path / "file.bin")
    assert not (tmp_path / "file.bin").exists()


def test_an_interrupt_keeps_the_part(web: WebServer, tmp_path: Path) -> None:
    def interrupt(done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(remote(web), tmp_path / "file.bin", interrupt)
    assert 0 < (tmp_path / "file.bin.part").stat().st_size < len(DATA)
    assert not (tmp_path / "file.bin").exists()


def test_threads_at_once_fetch_once(web: WebServer, tmp_path: Path) -> None:
    web.held = threading.Event()
    wanted = remote(web)
    threads = [
        threading.Thread(target=download, args=(wanted, tmp_path / "file.bin")) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    while not web.requests:
        time.sleep(0.01)
    time.sleep(0.1)  # the others have reached the lock
    web.held.set()
    for thread in threads:
        thread.join()
    assert len(web.requests) == 1
    assert (tmp_path / "file.bin").read_bytes() == DATA
    assert [path.name for path in tmp_path.iterdir()] == ["file.bin"]


def test_who_waited_for_a_failed_download_begins_anew(web: WebServer, tmp_path: Path) -> None:
    web.held = threading.Event()
    wanted = remote(web)
    web.data = DATA[::-1]
    failures: list[DownloadError] = []

    def attempt() -> None:
        try:
            download(wanted, tmp_path / "file.bin")
        except DownloadError as error:
            failures.append(error)

    threads = [threading.Thread(target=attempt) for _ in range(2)]
    for thread in threads:
        thread.start()
    while not web.requests:
        time.sleep(0.01)
    time.sleep(0.1)  # the first has asked, the second has reached the lock
    web.data = DATA
    web.held.set()
    for thread in threads:
        thread.join()
    assert len(failures) == 1
    assert (tmp_path / "file.bin").read_bytes() == DATA


@pytest.mark.slow
def test_processes_at_once_fetch_once(web: WebServer, tmp_path: Path) -> None:
    web.held = threading.Event()
    wanted = remote(web)
    program = (
        "from pathlib import Path; from kosent.corpora.spec import RemoteFile;"
        "from kosent.corpora.fetching.download import download;"
        f"download({wanted!r}, Path({str(tmp_path / 'file.bin')!r}))"
    )
    processes = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(2)]
    while not web.requests:
        time.sleep(0.01)
    time.sleep(0.5)
    web.held.set()
    assert [process.wait(30) for process in processes] == [0, 0]
    assert len(web.requests) == 1
    assert (tmp_path / "file.bin").read_bytes() == DATA
    assert [path.name for path in tmp_path.iterdir()] == ["file.bin"]


@pytest.mark.slow
def test_a_killed_download_leaves_no_lock_behind(web: WebServer, tmp_path: Path) -> None:
    web.held = threading.Event()
    wanted = remote(web)
    program = (
        "from pathlib import Path; from kosent.corpora.spec import RemoteFile;"
        "from kosent.corpora.fetching.download import download;"
        f"download({wanted!r}, Path({str(tmp_path / 'file.bin')!r}))"
    )
    process = subprocess.Popen([sys.executable, "-c", program])
    while not web.requests:
        time.sleep(0.01)
    process.kill()
    process.wait()
    web.held.set()
    download(wanted, tmp_path / "file.bin")
    assert (tmp_path / "file.bin").read_bytes() == DATA
