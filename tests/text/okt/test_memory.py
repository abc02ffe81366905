"""Analyses are asked for once: in this process, and in the next."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterable
from pathlib import Path

import pytest

from kosent.text import cache
from kosent.text.okt import memory
from kosent.text.okt.analyses import morphemes, pack
from kosent.text.okt.memory import Disk, Memory


class Syllables:
    """An engine that splits into syllables and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def analyse(self, eojeols: Iterable[str]) -> dict[str, str]:
        listed = list(eojeols)
        self.asked += listed
        return {each: pack((syllable, "Noun") for syllable in each) for each in listed}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use an empty cache."""
    monkeypatch.setenv("KOSENT_CACHE", str(tmp_path))
    return tmp_path / memory.KIND


@pytest.fixture
def engine() -> Syllables:
    return Syllables()


def remembering(engine: Syllables, key: str = "key", worth: int = 1) -> Memory:
    return Memory(lambda: engine, morphemes, lambda: key, worth)


ROWS = ["가나 다라", "", "가나", "마"]
TOKENS = [["가", "나", "다", "라"], [], ["가", "나"], ["마"]]


def test_each_eojeol_is_asked_for_once(engine: Syllables) -> None:
    remembers = remembering(engine)
    assert remembers.tokens(ROWS) == TOKENS
    assert remembers.tokens(ROWS) == TOKENS
    assert sorted(engine.asked) == ["가나", "다라", "마"]


def test_the_next_process_asks_nothing(folder: Path, engine: Syllables) -> None:
    first = remembering(engine)
    first.tokens(ROWS)
    del first  # as at the end of a process
    gc.collect()
    assert remembering(engine).tokens(ROWS) == TOKENS
    assert remembering(engine).tokens(["바 마"]) == [["바", "마"]]
    assert sorted(engine.asked) == ["가나", "다라", "마", "바"]


def test_another_key_shares_nothing(folder: Path, engine: Syllables) -> None:
    for key in ("key", "keys", "yek"):
        remembers = remembering(engine, key)
        remembers.tokens(["가"])
        del remembers
        gc.collect()
    assert engine.asked == ["가"] * 3


def test_a_damaged_segment_is_asked_for_again(
    folder: Path, engine: Syllables, caplog: pytest.LogCaptureFixture
) -> None:
    disk = Disk("key")
    disk.add({"가나": pack([("가나", "Noun")])})
    disk.write()
    (segment,) = folder.iterdir()
    segment.write_bytes(segment.read_bytes()[:-1])
    with caplog.at_level(logging.WARNING, "kosent"):
        assert remembering(engine).tokens(["가나"]) == [["가", "나"]]
    assert len(caplog.records) == 1


def test_segments_are_merged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = {}
    disk = Disk("key")
    for number in range(memory._MOST_SEGMENTS + 1):
        analyses = {f"낱말{number}": pack([("낱말", "Noun"), (str(number), "Number")])}
        everything |= analyses
        disk.add(analyses)
        disk.write()
    assert len(list(folder.iterdir())) == 1
    assert Disk("key").read() == everything


def test_two_that_write_the_same(folder: Path) -> None:
    for _ in range(2):
        disk = Disk("key")
        disk.add({"가": pack([("가", "Josa")])})
        disk.write()
        disk.write()
    assert len(list(folder.iterdir())) == 1


def test_work_is_written_while_it_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_WRITE_AFTER", -1.0)
    remembers = remembering(Syllables())
    remembers.tokens(ROWS)
    assert set(Disk("key").read()) == {"가나", "다라", "마"}


def test_at_most_so_many_are_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        disk = Disk("key")
        disk.add({f"낱말{number}": pack([]), f"말{number}": pack([])})
        disk.write()
    monkeypatch.setattr(memory, "MOST", 5)
    assert len(Disk("key").read()) == 5


def test_the_disk_is_read_where_it_is_worth_it(folder: Path, engine: Syllables) -> None:
    disk = Disk("key")
    disk.add({"가나": pack([("가나", "Noun")])})
    disk.write()
    remembers = remembering(engine, worth=2)
    assert remembers.tokens(["가나"]) == [["가", "나"]]
    assert remembers.tokens(["다 라"]) == [["다", "라"]]
    assert sorted(engine.asked) == ["가나", "다", "라"]


def test_without_a_cache_nothing_is_written(engine: Syllables) -> None:
    remembers = remembering(engine)
    remembers.tokens(ROWS)
    del remembers
    gc.collect()
    assert cache.usage() == []
