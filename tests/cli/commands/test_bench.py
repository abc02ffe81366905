"""``kosent bench``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

OPTIONS = ("bench", "--corpus", "sample", "--limit", "60")


def test_table(kosent: Callable[..., Any]) -> None:
    done = kosent(*OPTIONS, "--systems", "tfidf-words,tfidf-characters")
    assert done.code == 0
    title, header, *lines = done.out.splitlines()
    assert title == "sample  train 60  test 60  seed 0"
    assert header.split()[:2] == ["accuracy", "95"]
    assert {line.split()[0] for line in lines} == {"tfidf-words", "tfidf-characters"}


def test_json(kosent: Callable[..., Any]) -> None:
    document = kosent(*OPTIONS, "--systems", "tfidf-words", "--json").json
    assert document["train_rows"] == 60
    assert document["entries"][0]["low"] < document["entries"][0]["accuracy"]


def test_columns_can_be_named(
    kosent: Callable[..., Any], refused: Callable[..., str], elsewhere: Path
) -> None:
    for name in ("train", "test"):
        (elsewhere / f"{name}.csv").write_text("말,뜻\n좋은 글,1\n나쁜 글,0\n")
    columns = ("--text-column", "말", "--label-column", "뜻")
    done = kosent("bench", "--corpus", ".", *columns, "--systems", "tfidf-words")
    assert done.out.splitlines()[0].endswith("train 2  test 2  seed 0")
    assert "text column '말', label column '뜻'" in done.err
    assert "no text column" in refused(3, "bench", "--corpus", ".", "--systems", "tfidf-words")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--systems", "nb-svn"), "Did you mean 'nb-svm'"),
        (("--corpus", "smaple", "--systems", "nb-svm"), "Did you mean 'sample'"),
    ],
)
def test_refusals(arguments: tuple[str, ...], said: str, refused: Callable[..., str]) -> None:
    assert said in refused(2, "bench", *arguments)
