"""``kosent inspect --top``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kosent.evaluation.top_ngrams import Ngram, TopNgrams


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Give two n-grams, and note what was asked."""
    asked: list[tuple[Any, ...]] = []
    labels = {"negative": [Ngram(" 최악", 12345, 16.1)], "positive": [Ngram("진 짜", 7, 2.345)]}

    def found(*arguments: Any) -> list[TopNgrams]:
        asked.append(arguments)
        return [TopNgrams("character", 0.5, labels)]

    monkeypatch.setattr("kosent_cli.top_ngrams.top_ngrams", found)
    return asked


def test_lines(kosent: Callable[..., Any], called: list[Any]) -> None:
    lines = kosent("inspect", "somewhere", "--top", "3", "--corpus", "nsmc").out.splitlines()
    assert called == [(Path("somewhere"), 3, "nsmc")]
    assert "0.500" in lines[0]
    assert [line.split() for line in lines if "␣" in line] == [
        ["␣최악", "+16.10", "12,345"],
        ["진␣짜", "+2.35", "7"],
    ]


def test_json(kosent: Callable[..., Any], called: list[Any]) -> None:
    (document,) = kosent("inspect", "somewhere", "--top", "3", "--json").json
    assert called == [(Path("somewhere"), 3, None)]
    assert document["labels"]["negative"] == [{"ngram": " 최악", "count": 12345, "score": 16.1}]
    assert (document["tokenizer"], document["weight"]) == ("character", 0.5)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--corpus", "nsmc"), "--corpus goes with --top"),
        (("--top", "3", "--embeddings", "글"), "do not go together"),
        (("--top", "three"), "three"),
    ],
)
def test_what_is_refused(
    refused: Callable[..., str], arguments: tuple[str, ...], said: str
) -> None:
    assert said in refused(2, "inspect", *arguments)


def test_a_model_that_is_not_linear(refused: Callable[..., str], quick: Path) -> None:
    assert "top n-grams" in refused(2, "inspect", "--top", "3")
    assert "at least 1" in refused(2, "inspect", "--top", "0")
