"""``kosent stats``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def reviews(elsewhere: Path) -> str:
    """Write a file of 2, 1 and 3 words, and one row without text."""
    rows = "정말 재밌다,좋음\n별로,나쁨\n또 보고 싶다,좋음\n,좋음\n"
    (elsewhere / "mine.csv").write_text(f"글,라벨\n{rows}", "utf-8")
    return "mine.csv"


def test_json(kosent: Callable[..., Any], reviews: str) -> None:
    outcome = kosent("stats", "--corpus", reviews, "--lengths", "1:3:2", "--json")
    assert outcome.code == 0
    assert outcome.json == {
        "corpus": "mine",
        "split": "train",
        "cleaning": "korean",
        "tokenizer": "whitespace",
        "rows": {"read": 4, "kept": 3, "dropped": {"empty text": 1}},
        "labels": {"좋음": 2, "나쁨": 1},
        "tokens": {
            "total": 6,
            "distinct": 6,
            "mean": 2.0,
            "median": 2.0,
            "longest": 3,
            "texts_without": 0,
        },
        "lengths": [
            {"up_to": 1, "texts": 1, "share": 1 / 3},
            {"up_to": 3, "texts": 3, "share": 1.0},
        ],
    }
    assert "empty text 1" in outcome.err


def test_lines(kosent: Callable[..., Any], reviews: str) -> None:
    out = kosent("stats", "--corpus", reviews, "--lengths", "1:3:1").out
    assert "라벨 / label 좋음" in out
    assert "empty text 1" in out
    curve = [line.split() for line in out.splitlines()[-3:]]
    assert curve == [["1", "1", "33.333"], ["2", "2", "66.667"], ["3", "3", "100.000"]]


def test_options(kosent: Callable[..., Any]) -> None:
    options = ("--split", "test", "--tokenizer", "character", "--cleaning", "source")
    document = kosent("stats", "--corpus", "sample", *options, "--json").json
    assert (document["split"], document["rows"]["kept"]) == ("test", 220)
    assert (document["tokenizer"], document["cleaning"]) == ("character", "source")
    assert document["lengths"][-1]["share"] >= 0.99


def test_options_of_tokenizer_and_cleaning(kosent: Callable[..., Any], reviews: str) -> None:
    start = ("--tokenizer-set", "start=true", "--cleaning-set", "marks=keras")
    document = kosent("stats", "--corpus", reviews, *start, "--json").json
    assert document["tokens"]["mean"] == 3.0  # one more than without the start mark
    cut = kosent("stats", "--corpus", reviews, "--tokenizer-set", "max_chars=1", "--json").json
    assert cut["tokens"]["distinct"] == 6


@pytest.mark.parametrize(
    "lengths", ["10", "1:2", "a:b:c", "1:5:0", "5:1:1", "0:100000:1", "-1:5:1", "1:2:3:4"]
)
def test_wrong_lengths(lengths: str, refused: Callable[..., str], reviews: str) -> None:
    assert lengths in refused(2, "stats", "--corpus", reviews, f"--lengths={lengths}")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--tokenizer", "whitespac"), 2, "whitespace"),
        (("--cleaning", "koraen"), 2, "korean"),
        (("--split", "test"), 3, "no test split"),
    ],
)
def test_refusals(
    arguments: tuple[str, ...], code: int, said: str, refused: Callable[..., str], reviews: str
) -> None:
    assert said in refused(code, "stats", "--corpus", reviews, *arguments)
