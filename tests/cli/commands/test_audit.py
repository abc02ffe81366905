"""``kosent audit``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kosent.corpora import load_corpus

ROWS = [
    *("정말 재밌다,좋음", "정말 재밌다,좋음", "별로,나쁨", "별로,좋음", "그냥 그래요,나쁨"),
    *("또 보고 싶다,좋 음", ",좋음", "=1+1,나쁨"),
]


@pytest.fixture
def mine(elsewhere: Path) -> str:
    """Write a file with a duplicate, a text of both labels, a label twin and an empty text."""
    (elsewhere / "mine.csv").write_text("글,라벨\n" + "\n".join(ROWS) + "\n", "utf-8")
    return "mine.csv"


def test_json(kosent: Callable[..., Any], mine: str) -> None:
    outcome = kosent("audit", "--corpus", mine, "--json")
    assert outcome.code == 0
    document = outcome.json
    assert document["corpus"] == "mine"
    assert document["rows"] == {"train": {"read": 8, "kept": 7, "dropped": {"empty text": 1}}}
    found = {name: counts["train"] for name, counts in document["findings"].items()}
    assert {name: count for name, count in found.items() if count} == {
        "duplicate": 1,
        "both labels": 2,
        "label name": 1,
    }
    assert document["keep"] == {"train": 4}
    assert document["label_names"] == [["좋음", "좋 음"]]
    assert document["judged_by"] is None
    assert "50 texts" in outcome.err
    assert outcome.err.index("empty text 1") < outcome.err.index("looking at the texts")


def test_lines(kosent: Callable[..., Any], mine: str) -> None:
    out = kosent("audit", "--corpus", mine, "--no-suspects").out
    rows = {line.split(":")[0]: line.split()[-1] for line in out.splitlines() if ":" in line}
    assert rows["duplicate"] == "1"
    assert rows["both labels"] == "2"
    assert rows["label name"] == "1"
    assert "near duplicate" not in rows
    assert "'좋음', '좋 음'" in out
    assert "empty text 1" in out
    assert out.splitlines()[-1].split()[-1] == "4"


def test_who_judged_the_labels(kosent: Callable[..., Any]) -> None:
    out = kosent("audit", "--corpus", "sample", "--suspects").out
    (line,) = (line for line in out.splitlines() if "cleanlab 2." in line)
    assert 0.5 < float(line.split()[-1]) < 1


def test_two_splits(kosent: Callable[..., Any]) -> None:
    outcome = kosent("audit", "--corpus", "sample", "--no-suspects")
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1].split()[-2:] == ["1,000", "220"]


def test_its_file_is_read_by_train(kosent: Callable[..., Any], mine: str) -> None:
    outcome = kosent("audit", "--corpus", mine, "--output", "audited.csv")
    assert outcome.code == 0
    assert "'audited.csv'" in outcome.err
    text = Path("audited.csv").read_text("utf-8-sig")
    assert "train,9,'=1+1,나쁨,,,,,1" in text.splitlines()
    options = ("--model", "ngrams", "--set", "buckets=16", "--tokenizer", "character")
    trained = kosent("train", "--corpus", "audited.csv", *options, "--json")
    assert "not kept 3" in trained.err
    assert trained.code == 3, trained.err  # of four texts a validation split cannot be cut off
    stats = kosent("stats", "--corpus", "audited.csv", "--json").json
    assert stats["rows"] == {"read": 7, "kept": 4, "dropped": {"not kept": 3}}


def test_training_on_an_audited_corpus(kosent: Callable[..., Any], elsewhere: Path) -> None:
    sample = load_corpus("sample")
    rows = [*zip(sample.train.texts[:200], sample.train.labels[:200], strict=True)]
    rows += zip(sample.train.texts[-100:], sample.train.labels[-100:], strict=True)
    for name, written in (
        ("train", rows + rows[:40]),
        ("test", [*rows[:5], ("처음 보는 글", "negative")]),
    ):
        lines = [f"{text}\t{label}" for text, label in [("text", "label"), *written]]
        (elsewhere / f"{name}.tsv").write_text("\n".join(lines) + "\n", "utf-8")
    document = kosent("audit", "--corpus", ".", "--no-suspects", "--output", "a.csv", "--json").json
    assert document["keep"] == {"train": 295, "test": 6}
    options = ("--model", "ngrams", "--set", "buckets=1024", "--tokenizer", "character")
    trained = kosent(
        "train", "--corpus", "a.csv", *options, "--validation-fraction", "0.2", "--json"
    )
    assert trained.json["validation"]["rows"] == 59
    assert trained.json["test"]["rows"] == 6
    assert "not kept 45" in trained.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--output", "out.xlsx"), 2, "end in .csv"),
        (("--output", "-"), 2, "end in .csv"),
        (("--cleaning", "koraen"), 2, "korean"),
        (("--suspects",), 3, "50 texts"),
        (("--text-column", "없음"), 2, "없음"),
    ],
)
def test_refusals(
    arguments: tuple[str, ...], code: int, said: str, refused: Callable[..., str], mine: str
) -> None:
    assert said in refused(code, "audit", "--corpus", mine, *arguments)
    assert [path.name for path in Path().iterdir()] == [mine]


def test_a_report(kosent: Callable[..., Any], mine: str) -> None:
    outcome = kosent("audit", "--corpus", mine, "--report", "found.html")
    assert outcome.code == 0
    assert "found.html" in outcome.err.splitlines()[-1]
    page = Path("found.html").read_text("utf-8")
    assert "--report found.html" in page
    assert 'id="examples"' in page
    assert kosent("audit", "--corpus", mine, "--report", "found.pdf").code == 2
