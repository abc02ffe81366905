"""``~`` is the home folder in every path that is given to ``kosent`` as ``--option=~/path``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SMALL = ("--tokenizer=character", "--model=ngrams", "--set=buckets=64", "--set=weighting=idf")


def test_every_path(
    kosent: Callable[..., Any],
    elsewhere: Path,
    monkeypatch: pytest.MonkeyPatch,
    reviews: tuple[list[str], list[str]],
) -> None:
    home, here = elsewhere / "home", elsewhere / "here"
    home.mkdir()
    here.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(here)
    rows = [f"{label}\t{text}\n" for text, label in zip(*reviews, strict=True)]
    (home / "mine.tsv").write_text("label\ttext\n" + "".join(rows), "utf-8")
    (home / "words.txt").write_text("재밌다 Adjective\n", "utf-8")
    train = ("train", "--corpus=~/mine.tsv", *SMALL)
    for line in (
        (*train, "--out=~/run"),
        (*train, "--out=~/two"),
        ("predict", "--bundle=~/run", "--input=~/words.txt", "--output=~/out.jsonl"),
        ("evaluate", "--bundle=~/run", "--corpus=~/mine.tsv"),
        ("inspect", "~/run"),
        ("export", "~/small.kosent", "--bundle=~/run", "--quantize=int8", "--corpus=~/mine.tsv"),
        ("ensemble", "~/both", "--bundle=~/run", "--bundle=~/two", "--corpus=~/mine.tsv"),
        ("predict", "--bundle=~/both", "글"),
        ("distill", "--teacher=~/run", "--texts=~/words.txt", *train[1:], "--out=~/student"),
    ):
        done = kosent(*line)
        assert done.code == 0, (line, done.err)
    made = {path.name for path in home.iterdir()}
    assert {"run", "two", "out.jsonl", "small.kosent", "both", "student"} <= made
    (home / "run" / "bundle" / "manifest.json").unlink()
    (home / "run" / "bundle").rename(home / "away")
    assert kosent("train", "--resume=~/run").code == 0
    assert list(here.iterdir()) == []
