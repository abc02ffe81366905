"""A second training fits nothing and tokenizes nothing, and gets the same ids."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

from kosent import TextClassifier
from kosent.errors import DataError
from kosent.text import cache
from kosent.text.encoding import cache as token_cache
from kosent.text.encoding.encoded import EncodedTexts
from kosent.text.encoding.encoder import TextEncoder
from kosent.text.tokenizers import SentencePiece, Tokenizer, Whitespace

TEXTS = [f"영화 {number}번째 {ending}" for number in range(600) for ending in ("재밌다", "별로")]
OTHERS = [
    f"연기 {number}점 {ending}" for number in range(600) for ending in ("최고", "지루해 ㅠㅠ")
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use an empty cache."""
    monkeypatch.setenv("KOSENT_CACHE", str(tmp_path))
    return tmp_path


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function after which no tokenizer may work or learn."""

    def refuse(*_: object) -> NoReturn:
        raise AssertionError("tokenized again")

    def forbid() -> None:
        monkeypatch.setattr(Tokenizer, "__call__", refuse)
        for kind in (Whitespace, SentencePiece):
            for method in ("split", "fit"):
                monkeypatch.setattr(kind, method, refuse)

    return forbid


def same(one: EncodedTexts, other: EncodedTexts) -> bool:
    kinds = (one.ids.dtype, one.offsets.dtype) == (other.ids.dtype, other.offsets.dtype)
    return kinds and bool(
        np.array_equal(one.ids, other.ids) and np.array_equal(one.offsets, other.offsets)
    )


@pytest.mark.parametrize(
    "settings",
    [
        {"tokenizer": "whitespace", "min_count": 2, "vocabulary_size": 300},
        {"tokenizer": "sentencepiece", "vocabulary_size": 400},
    ],
)
def test_the_second_time_nothing_is_done(folder: Path, idle: Any, settings: dict[str, Any]) -> None:
    plain = TextEncoder(**settings)
    expected = plain.fit_encode(TEXTS)
    encoder, first = token_cache.fit_encode(TextEncoder(**settings), TEXTS)
    held = token_cache.encode(encoder, OTHERS)
    assert same(first, expected)
    assert same(held, plain.encode(OTHERS))
    idle()
    seen: list[tuple[int, int | None]] = []
    again, second = token_cache.fit_encode(
        TextEncoder(**settings), TEXTS, lambda done, total: seen.append((done, total))
    )
    assert same(second, expected)
    assert again.files() == plain.files()
    assert same(token_cache.encode(again, OTHERS), held)
    assert same(token_cache.encode(again, TEXTS), expected)  # as a resumed training asks
    assert seen == [(len(TEXTS), len(TEXTS))]


def entries() -> int:
    return sum(each.files for each in cache.usage())


@pytest.mark.parametrize(
    "other",
    [
        {"cleaning": "none"},
        {"cleaning_options": {"repeats": 1}},
        {"min_count": 2},
        {"vocabulary_size": 100},
        {"max_length": 2},
        {"tokenizer_options": {"max_chars": 1}},
        {"tokenizer": "character"},
    ],
)
def test_all_that_decides_is_in_the_key(folder: Path, other: dict[str, Any]) -> None:
    settings: dict[str, Any] = {"tokenizer": "whitespace"}
    token_cache.fit_encode(TextEncoder(**settings), TEXTS)
    before = entries()
    encoder, encoded = token_cache.fit_encode(TextEncoder(**settings | other), TEXTS)
    fresh = TextEncoder(**settings | other)
    assert same(encoded, fresh.fit_encode(TEXTS))
    assert encoder.files() == fresh.files()
    assert entries() > before


def test_the_texts_are_in_the_key(folder: Path) -> None:
    joined = [*TEXTS[:-2], TEXTS[-2] + TEXTS[-1], ""]  # the same letters in other texts
    for texts in (TEXTS, joined, TEXTS[::-1], [*TEXTS, ""]):
        _, encoded = token_cache.fit_encode(TextEncoder("whitespace"), texts)
        assert same(encoded, TextEncoder("whitespace").fit_encode(texts))


def test_versions_and_code_are_in_the_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [token_cache._name([], "")]
    monkeypatch.setattr(token_cache, "_own_code", lambda: "changed")
    names.append(token_cache._name([], ""))
    encoder = TextEncoder("whitespace")
    names.append(token_cache._name(token_cache._settings(encoder), ""))
    monkeypatch.setattr(Whitespace, "identity", lambda _: ["library 2.0"])
    names.append(token_cache._name(token_cache._settings(encoder), ""))
    assert len(set(names)) == 4


def test_damage_costs_time_only(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    _, expected = token_cache.fit_encode(TextEncoder("whitespace"), TEXTS)
    paths = [path for path in folder.rglob("*") if path.is_file()]
    assert len(paths) == 2
    for path in paths:
        path.write_bytes(path.read_bytes()[:-3])
        with caplog.at_level(logging.WARNING, "kosent"):
            _, encoded = token_cache.fit_encode(TextEncoder("whitespace"), TEXTS)
        assert same(encoded, expected)
    assert len(caplog.records) == 2


class Mine(Whitespace):
    """A tokenizer of the user's own, whose code no key can hold."""

    def split(self, texts: Sequence[str]) -> list[list[str]]:
        return super().split(texts)


def test_what_is_not_kept(folder: Path) -> None:
    token_cache.fit_encode(TextEncoder("whitespace"), TEXTS[:99])
    token_cache.fit_encode(TextEncoder(Mine()), TEXTS)
    with pytest.raises(DataError, match="number 3 is not a string"):
        token_cache.fit_encode(TextEncoder("whitespace"), ["가", "나", None, *TEXTS])  # type: ignore[list-item]
    assert entries() == 0


@pytest.mark.slow
def test_a_second_training(folder: Path, idle: Any, tiny: dict[str, Any]) -> None:
    labels = ["가", "나"] * 600
    settings = tiny | {"epochs": 1, "validation_fraction": 0.1}
    first = TextClassifier(**settings).fit(TEXTS, labels)
    assert [(each.kind, each.files) for each in cache.usage()] == [("encoded", 2), ("encoders", 1)]
    idle()
    second = TextClassifier(**settings).fit(TEXTS, labels)
    assert second.history_[0]["loss"] == first.history_[0]["loss"]
    assert second.encoder_.files() == first.encoder_.files()
