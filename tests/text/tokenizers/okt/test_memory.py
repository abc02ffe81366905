"""Analyses are asked for once: in this process, and in the next."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterable
from pathlib import Path

import pytest

from kosent.text import cache
from kosent.text.tokenizers.okt import disk, memory
from kosent.text.tokenizers.okt.analyses import morphemes, pack, renderer
from kosent.text.tokenizers.okt.disk import Disk
from kosent.text.tokenizers.okt.memory import Memory


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
    return Memory(lambda: engine, morphemes, lambda: (key, f"{key}-texts"), worth)


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
    written = Disk(memory.KIND, "key", 9)
    written.add({"가나": pack([("가나", "Noun")])})
    written.write()
    (segment,) = folder.iterdir()
    segment.write_bytes(segment.read_bytes()[:-1])
    with caplog.at_level(logging.WARNING, "kosent"):
        assert remembering(engine).tokens(["가나"]) == [["가", "나"]]
    assert len(caplog.records) == 1


def test_work_is_written_while_it_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "_WRITE_AFTER", -1.0)
    remembers = remembering(Syllables())
    remembers.tokens(ROWS)
    assert set(Disk(memory.KIND, "key", 9).read()) == {"가나", "다라", "마"}
    assert set(Disk(memory.TEXTS, "key-texts", 9).read()) == {"가나 다라", "가나", "마"}


def test_of_a_text_that_comes_again_no_analysis_is_read(
    folder: Path, engine: Syllables, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["가나 다라", " ", "마\n바", "사" * 161, "가\x1f나"]
    first = remembering(engine)
    tokens = first.tokens(texts)
    del first
    gc.collect()
    monkeypatch.setattr(memory.Memory, "_read_analyses", None)  # would be called
    again = remembering(engine)
    engine.asked.clear()
    assert again.tokens([texts[0], texts[4]]) == [tokens[0], tokens[4]]
    assert engine.asked == []
    monkeypatch.undo()
    monkeypatch.setenv("KOSENT_CACHE", str(folder.parent))
    assert again.tokens(texts) == tokens  # these are not kept whole, their eojeols are
    assert engine.asked == []


def test_texts_whose_tokens_are_all_filtered_out_are_known_too(
    folder: Path, engine: Syllables
) -> None:
    for _ in range(2):
        remembers = Memory(
            lambda: engine, renderer(False, frozenset({"Verb"})), lambda: ("key", "verbs"), 1
        )
        assert remembers.tokens(["가나", "다"]) == [[], []]
        del remembers
        gc.collect()
    assert sorted(engine.asked) == ["가나", "다"]


def test_long_eojeols_are_not_written(folder: Path, engine: Syllables) -> None:
    first = remembering(engine)
    first.tokens(["가" * 1_000 + " " + "나" * 1_001])
    del first
    gc.collect()
    assert set(Disk(memory.KIND, "key", 9).read()) == {"가" * 1_000}


def test_damaged_texts_are_read_from_their_analyses(
    folder: Path, engine: Syllables, caplog: pytest.LogCaptureFixture
) -> None:
    first = remembering(engine)
    first.tokens(ROWS)
    del first
    gc.collect()
    (segment,) = (folder.parent / memory.TEXTS).iterdir()
    segment.write_bytes(segment.read_bytes()[:-1])
    engine.asked.clear()
    with caplog.at_level(logging.WARNING, "kosent"):
        assert remembering(engine).tokens(ROWS) == TOKENS
    assert len(caplog.records) == 1
    assert engine.asked == []


def test_the_disk_is_read_where_it_is_worth_it(folder: Path, engine: Syllables) -> None:
    written = Disk(memory.KIND, "key", 9)
    written.add({"가나": pack([("가나", "Noun")])})
    written.write()
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
