"""One run, one split: what the leaderboard says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kosent.errors import DataError, UsageError
from kosent.evaluation import leaderboard as board
from kosent.evaluation.leaderboard import run
from kosent.metrics.intervals import wilson
from kosent.recipes import read_recipe
from kosent.support.progress import Noting, Silent


def test_entries() -> None:
    before = os.environ["KOSENT_CACHE"]
    found = run("sample", ["tfidf-words", "fast"], limit=200)
    assert os.environ["KOSENT_CACHE"] == before
    assert (found.corpus, found.train_rows, found.test_rows, found.seed) == ("sample", 200, 200, 0)
    assert {entry.system for entry in found.entries} == {"tfidf-words", "fast"}
    accuracies = [entry.accuracy for entry in found.entries]
    assert accuracies == sorted(accuracies, reverse=True)
    for entry in found.entries:
        assert entry.low < entry.accuracy < entry.high
        assert 0.5 < entry.accuracy < 1
        assert 0.4 < entry.macro_f1 < 1
        assert entry.train_seconds > 0
        assert entry.texts_per_second > 0
    sizes = {entry.system: entry.size for entry in found.entries}
    assert 4 * 2**22 < sizes["fast"] < 4.1 * 2**22  # once, not with the weights beside it
    assert found.to_dict()["entries"][0]["system"] == found.entries[0].system


def test_a_seed_gives_the_same_accuracy() -> None:
    first, second = (run("sample", ["fast"], limit=100, seed=3) for _ in range(2))
    assert first.entries[0].accuracy == second.entries[0].accuracy


def test_a_users_own_folder_with_named_columns(tmp_path: Path) -> None:
    for name, rows in (("train", 60), ("test", 20)):
        lines = (f"{'좋은' if n % 2 else '나쁜'} 글 {n},{n % 2}" for n in range(rows))
        (tmp_path / f"{name}.csv").write_text("\n".join(["말,뜻", *lines]))
    listener = Noting(Silent())
    with pytest.raises(DataError, match="no text column"):
        run(tmp_path, ["tfidf-words"])
    found = run(tmp_path, ["tfidf-words"], text_column="말", label_column="뜻", listener=listener)
    assert (found.train_rows, found.test_rows, found.entries[0].accuracy) == (60, 20, 1.0)
    assert [notice.split("'")[1] for notice in listener.notices] == ["train.csv", "test.csv"]


SEVERAL = """
title = "여럿 / several"
corpus = "nsmc"
parameters = 1
[[members]]
recipe = "fast"
[members.architecture_options]
buckets = 64
[[members]]
recipe = "fast"
[members.architecture_options]
buckets = 256
"""


def test_a_recipe_of_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "load_recipe", lambda name: read_recipe(name, SEVERAL))
    monkeypatch.setattr(board, "recipe_names", lambda: ["several"])
    monkeypatch.setattr("kosent.runs.ensemble.processors", lambda: 1)
    found = run("sample", ["several"], limit=100, seed=3)
    (entry,) = found.entries
    assert 0.4 < entry.accuracy < 1
    assert 10_000 < entry.size < 60_000  # both models, without the weights to train on with


@pytest.mark.parametrize(
    ("share", "rows", "expected"),
    [  # Newcombe 1998, table I, method 3
        (81 / 263, 263, (0.2553, 0.3662)),
        (15 / 148, 148, (0.0624, 0.1605)),
        (0 / 20, 20, (0.0, 0.1611)),
        (1 / 29, 29, (0.0061, 0.1718)),
    ],
)
def test_wilson(share: float, rows: int, expected: tuple[float, float]) -> None:
    assert wilson(share, rows) == pytest.approx(expected, abs=5e-5)


def test_refusals(tmp_path: object) -> None:
    with pytest.raises(UsageError, match="Did you mean 'fasttext'"):
        run("sample", ["fastext"])
    path = f"{tmp_path}/reviews.csv"
    with open(path, "w") as file:  # noqa: PTH123
        file.write("text,label\n좋다,p\n싫다,n\n")
    with pytest.raises(DataError, match="no test split"):
        run(path, ["tfidf-words"])
