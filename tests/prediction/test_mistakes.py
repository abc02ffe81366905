"""Wrong answers, the surest first."""

from __future__ import annotations

import json

import numpy as np
import pytest

from kosent.errors import UsageError
from kosent.prediction.mistakes import FILES, Mistake, mistakes_file, mistakes_of

CLASSES = np.array(["bad", "good"])
TEXTS = ["a", "=b", "c", "d", "e"]
TRUTH = ["good", "good", "bad", "bad", "other"]
SHARES = np.array([0.25, 0.5, 0.875, 0.125, 0.875], np.float32)


@pytest.fixture(scope="module")
def mistakes() -> list[Mistake]:
    probabilities = np.stack([1 - SHARES, SHARES], axis=1)
    return mistakes_of(CLASSES, TEXTS, TRUTH, probabilities)


def test_the_surest_come_first_and_equals_in_their_order(mistakes: list[Mistake]) -> None:
    assert mistakes == [
        Mistake(2, "c", "bad", "good", 0.875),
        Mistake(4, "e", "other", "good", 0.875),
        Mistake(0, "a", "good", "bad", 0.75),
        Mistake(1, "=b", "good", "bad", 0.5),
    ]


def test_integers_as_labels() -> None:
    found = mistakes_of(np.array([-1, 1]), ["a"], [-1], np.array([[0.25, 0.75]], np.float32))
    assert found == [Mistake(0, "a", -1, 1, 0.75)]


def test_files(mistakes: list[Mistake]) -> None:
    lines = [10, 11, 12, 13, 14]
    content = mistakes_file(mistakes, ".csv", lines).decode("utf-8-sig").splitlines()
    assert content[0] == "line,text,label,predicted,confidence"
    assert content[1] == "12,c,bad,good,0.875"
    assert content[4] == "11,'=b,good,bad,0.5"
    content = mistakes_file(mistakes, ".tsv").decode().splitlines()
    assert content[1] == "c\tbad\tgood\t0.875"
    documents = [json.loads(line) for line in mistakes_file(mistakes, ".jsonl", lines).splitlines()]
    assert documents[3] == {
        "line": 11, "text": "=b", "label": "good", "predicted": "bad", "confidence": 0.5,
    }  # fmt: skip
    assert [len(mistakes_file([], suffix).splitlines()) for suffix in FILES] == [1, 1, 0]


@pytest.mark.parametrize("suffix", ["", ".txt", ".CSV", ".xlsx"])
def test_other_files_are_refused(suffix: str, mistakes: list[Mistake]) -> None:
    with pytest.raises(UsageError, match=r"\.csv, \.tsv, \.jsonl"):
        mistakes_file(mistakes, suffix)
