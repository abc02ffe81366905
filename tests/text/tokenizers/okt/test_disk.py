"""Segments on disk: merged when there are many, limited, the same whoever writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kosent.text.tokenizers.okt import disk
from kosent.text.tokenizers.okt.disk import Disk


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use an empty cache."""
    monkeypatch.setenv("KOSENT_CACHE", str(tmp_path))
    return tmp_path / "kind"


def opened(most: int = 100) -> Disk:
    return Disk("kind", "key", most)


def test_what_was_written_is_read(folder: Path) -> None:
    found = {"가나": "1", " ": "", "😂\x1f": "\x1e"}
    writer = opened()
    writer.add(found)
    writer.write()
    assert opened().read() == found
    assert Disk("kind", "ke", 100).read() == {}
    assert Disk("other", "key", 100).read() == {}


def test_segments_are_merged(folder: Path) -> None:
    everything = {}
    writer = opened()
    for number in range(disk._MOST_SEGMENTS + 1):
        everything |= {f"낱말{number}": str(number)}
        writer.add({f"낱말{number}": str(number)})
        writer.write()
    assert len(list(folder.iterdir())) == 1
    assert opened().read() == everything


def test_two_that_write_the_same(folder: Path) -> None:
    for _ in range(2):
        writer = opened()
        writer.add({"가": "1"})
        writer.write()
        writer.write()
    assert len(list(folder.iterdir())) == 1


def test_at_most_so_many_are_read(folder: Path) -> None:
    for number in range(6):
        writer = opened()
        writer.add({f"낱말{number}": "", f"말{number}": ""})
        writer.write()
    assert len(opened(most=5).read()) == 5


def test_at_most_so_many_are_added_by_a_process(folder: Path) -> None:
    """Else a stream without an end would write and merge without one."""
    writer = opened(most=5)
    for number in range(6):
        writer.add({f"낱말{number}": "", f"말{number}": ""})
    writer.write()
    assert len(opened().read()) == 4
