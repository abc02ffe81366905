"""``kosent stress``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kosent.text.noise import NOISES

KEYS = {"rows", "seed", "accuracy", "noises", "bundle", "corpus", "split"}
FIGURES = {"noise", "rate", "changed", "accuracy", "difference", "low", "high"}


def test_json(kosent: Callable[..., Any], quick: Path) -> None:
    document = kosent("stress", "--json", "--limit", "40", "--rate", "0.3", "--seed", "2").json
    assert set(document) == KEYS
    assert (document["rows"], document["seed"], document["split"]) == (40, 2, "test")
    assert document["corpus"] == "sample"
    assert [each["noise"] for each in document["noises"]] == list(NOISES)
    assert all(set(each) == FIGURES and each["rate"] == 0.3 for each in document["noises"])
    scored = kosent("evaluate", "--json", "--limit", "40").json
    assert document["accuracy"] == scored["accuracy"]


def test_lines(kosent: Callable[..., Any], quick: Path) -> None:
    outcome = kosent("stress", "--limit", "40", "--split", "train", "--rate", "0")
    assert outcome.code == 0
    title, header, clean, *lines = outcome.out.splitlines()
    assert title == "sample (train)  rows 40  seed 0"
    assert header.split() == ["rate", "changed", "accuracy", "difference", "95", "%"]
    assert clean.startswith("(clean)")
    assert [line.split()[0] for line in lines] == list(NOISES)
    assert all(line.split()[1:5] == ["0", "0.0%", *clean.split()[1:], "+0.0000"] for line in lines)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--bundle", "nowhere"), 4, "not a kosent bundle"),
        (("--rate", "2"), 2, "rate must be a float"),
        (("--seed", "-1"), 2, "seed must be a whole number"),
        (("--limit", "0"), 2, "at least 1"),
        (("--corpus", "smaple"), 2, "Did you mean 'sample'?"),
    ],
)
def test_refusals(
    arguments: tuple[str, ...], code: int, said: str, refused: Callable[..., str], home: Path
) -> None:
    assert said in refused(code, "stress", *arguments)
