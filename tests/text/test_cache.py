"""The folder of things remembered: whole or absent, checked, limited, never in the way."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kosent.errors import UsageError
from kosent.text import cache


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use an empty cache."""
    monkeypatch.setenv("KOSENT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_what_was_written_is_read(folder: Path) -> None:
    assert cache.read("okt", "a-1") is None
    assert cache.write("okt", "a-1", b"one")
    assert cache.write("okt", "a-1", b"two")
    assert cache.read("okt", "a-1") == b"two"
    assert cache.names("okt", "a-") == ["a-1"]
    assert [(each.kind, each.files) for each in cache.usage()] == [("okt", 1)]
    cache.remove("okt", "a-1")
    assert cache.read("okt", "a-1") is None
    assert cache.usage() == []


def test_switched_off(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSENT_CACHE", "off")
    assert cache.folder() is None
    assert not cache.write("okt", "a", b"one")
    assert cache.read("okt", "a") is None
    assert (cache.names("okt", ""), cache.usage()) == ([], [])
    assert not folder.exists()


def test_by_default_it_is_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KOSENT_CACHE")
    assert cache.folder() is not None
    monkeypatch.setenv("KOSENT_CACHE", "~/elsewhere")
    assert cache.folder() == Path.home() / "elsewhere"


@pytest.mark.parametrize("damage", [b"", b"kosent", b"kosent cache 1\n" + b"x" * 60])
def test_a_damaged_entry_is_dropped_with_one_line(
    folder: Path, caplog: pytest.LogCaptureFixture, damage: bytes
) -> None:
    cache.write("okt", "a", b"one")
    (path,) = (folder / "okt").iterdir()
    path.write_bytes(damage)
    with caplog.at_level(logging.WARNING, "kosent"):
        assert cache.read("okt", "a") is None
        assert cache.read("okt", "a") is None
    (record,) = caplog.records
    assert "dropped a damaged cache file" in record.getMessage()
    assert "\n" not in record.getMessage()
    assert not path.exists()


def test_the_unused_longest_go_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSENT_CACHE_MB", "1")
    for age, name in enumerate(("new", "used", "old")):
        cache.write("okt", name, bytes(300_000))
        (path,) = (folder / "okt").glob(f"{name}.*")
        os.utime(path, (time.time() - 1000 * (age + 1),) * 2)
    cache.write("okt", "newest", bytes(300_000))
    assert set(cache.names("okt", "")) == {"newest", "new", "used"}
    cache.read("okt", "used")
    cache.write("tokens", "another", bytes(300_000))
    assert set(cache.names("okt", "")) == {"newest", "used"}
    assert sum(each.size for each in cache.usage()) <= 1 << 20


def test_what_is_too_large_is_not_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSENT_CACHE_MB", "1")
    cache.write("okt", "small", b"one")
    assert not cache.write("okt", "large", bytes(1 << 20))
    assert cache.names("okt", "") == ["small"]


@pytest.mark.parametrize("value", ["many", "-1", "1.5", "\u0661"])
def test_an_impossible_limit(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("KOSENT_CACHE_MB", value)
    with pytest.raises(UsageError, match="KOSENT_CACHE_MB"):
        cache.limit()


def test_a_disk_that_refuses_costs_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("KOSENT_CACHE", str(tmp_path / "file"))
    with caplog.at_level(logging.WARNING, "kosent"):
        assert not cache.write("okt", "a", b"one")
    assert len(caplog.records) == 1
    assert cache.read("okt", "a") is None


WRITER = """
import sys
from kosent.text import cache
print("ready", flush=True)
number = 0
while True:
    number += 1
    cache.write("okt", f"{sys.argv[1]}-{number % 5}", bytes([number % 256]) * 200_000)
"""


@pytest.mark.slow
def test_two_writers_and_a_kill(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever reads meanwhile, and after both were killed, finds entries whole or not at all."""
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, "same"], stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
    end = time.monotonic() + 2
    found = 0
    while time.monotonic() < end or not found:
        for name in cache.names("okt", "same-"):
            content = cache.read("okt", name)
            found += content is not None
            assert content is None or content == content[:1] * 200_000
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
    assert all(cache.read("okt", name) for name in cache.names("okt", "same-"))
    assert caplog.records == []


def test_what_kills_leave_is_swept(folder: Path) -> None:
    cache.write("okt", "a", b"one")
    left = folder / "okt" / ".b.kosent.0123.tmp"
    fresh = folder / "okt" / ".c.kosent.0123.tmp"
    left.touch()
    fresh.touch()
    os.utime(left, (1000, 1000))
    cache.write("okt", "a", b"two")
    assert not left.exists()
    assert fresh.exists()
