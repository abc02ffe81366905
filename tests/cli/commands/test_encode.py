"""``kosent encode``: the stages of a text."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TEXT = "정말 재밌는 영화ㅋㅋㅋㅋㅋ http://a.kr"


def test_with_a_model(kosent: Callable[..., Any], quick: Path) -> None:
    document = kosent("encode", "--json", TEXT).json
    assert document["raw"] == TEXT
    assert [change["rule"] for change in document["changes"]] == ["repeats", "marks"]
    assert document["cleaned"].startswith("정말 재밌는 영화ㅋㅋㅋ http")
    assert len(document["ids"]) == min(len(document["tokens"]), document["max_length"])
    assert document["unknown"]
    lines = kosent("encode", TEXT).out.splitlines()
    assert [line.split()[0] for line in lines].count("정리") == 2
    assert (
        str(document["ids"][0]) in next(line for line in lines if line.startswith("번호")).split()
    )


def test_without_a_model(kosent: Callable[..., Any], elsewhere: Path) -> None:
    document = kosent(
        "encode", "--json", "--tokenizer", "jamo", "--cleaning", "none",
        "--cleaning-set", "repeats=2", "--cleaning-set", "urls=true",
        "--tokenizer-set", "spaces=false", TEXT,
    ).json  # fmt: skip
    assert document["cleaned"] == "정말 재밌는 영화ㅋㅋ xurl"
    assert "".join(document["tokens"]).endswith("ㅋㅋxurl")
    assert document["ids"] is None
    out = kosent("encode", "--cleaning", "english", "It's\x1b[31m").out
    assert "it | 's" in out
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--bundle", "x", "--tokenizer", "okt"], "the model has its own"),
        (["--tokenizer", "sentencepiece"], "has to learn first"),
        (["--tokenizer", "jamos"], "Did you mean 'jamo'"),
        (["--cleaning-set", "repeat=2"], "Did you mean 'repeats'"),
        (["--cleaning-set", "repeats"], "RULE=VALUE|KEY=VALUE"),
        (["--cleaning-set", "repeats=many"], "repeats must be"),
    ],
)
def test_wrong_calls(refused: Callable[..., str], arguments: list[str], message: str) -> None:
    assert re.search(message, refused(2, "encode", *arguments, "글"))


LIGHT = """
import sys
from kosent_cli.main import run
code = run(["encode", *sys.argv[1:], "글"])
heavy = {"tensorflow", "keras", "jpype", "konlpy", "pandas", "sklearn"} & set(sys.modules)
sys.exit(f"{code} {sorted(heavy)}" if code or heavy else 0)
"""


@pytest.mark.parametrize("arguments", [[], ["--tokenizer", "character"]])
def test_it_is_light(arguments: list[str], home: Path) -> None:
    command = [sys.executable, "-c", LIGHT, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
