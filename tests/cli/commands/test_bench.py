"""``kosent bench``."""

from __future__ import annotations

from collections.abc import Callable
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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--systems", "nb-svn"), "Did you mean 'nb-svm'"),
        (("--corpus", "smaple", "--systems", "nb-svm"), "Did you mean 'sample'"),
    ],
)
def test_refusals(arguments: tuple[str, ...], said: str, refused: Callable[..., str]) -> None:
    assert said in refused(2, "bench", *arguments)
