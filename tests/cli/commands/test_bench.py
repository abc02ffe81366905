"""``kosent bench``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kosent.evaluation.bench import running
from kosent.evaluation.bench.cells import Key, Result
from kosent.evaluation.bench.tasks import Question, prepare
from kosent.evaluation.bench.work import measured
from kosent.support.progress import Silent

OPTIONS = ("bench", "--corpus", "sample", "--limit", "60")


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train cells in this process; a process of its own takes two seconds for each."""

    def trained(question: Question, key: Key, weights: Path | None, *_: object) -> Result:
        task = prepare(question, Silent())
        return measured(task, key.system, key.rows, key.seed, weights)

    monkeypatch.setattr(running, "trained_cell", trained)


def test_table(kosent: Callable[..., Any]) -> None:
    done = kosent(*OPTIONS, "--systems", "tfidf-words,tfidf-characters", "--jobs", "2")
    assert done.code == 0
    title, header, *lines = done.out.splitlines()
    assert title == "sample  train 60  test 60"
    assert header.split()[:3] == ["macro", "F1", "95"]
    assert {line.split()[0] for line in lines} == {"tfidf-words", "tfidf-characters"}


def test_json(kosent: Callable[..., Any], here: None) -> None:
    document = kosent(*OPTIONS, "--systems", "tfidf-words", "--json").json
    (board,) = document["boards"]
    assert board["train_rows"] == 60
    accuracy = board["entries"][0]["accuracy"]
    assert accuracy["low"] < accuracy["mean"] < accuracy["high"]


def test_several_corpora_read_as_they_are_written(
    kosent: Callable[..., Any], elsewhere: Path, here: None
) -> None:
    rows = [f"{'좋은' if n % 2 else '나쁜'} 글 {n},{n % 2}" for n in range(60)]
    for name in ("a.csv", "b.csv"):
        Path(name).write_text("\n".join(["text,label", *rows]))
    options = (
        "--systems",
        "svm,tfidf-words",
        "--against",
        "svm",
        "--out",
        "out",
        "--rows",
        "10,all",
    )
    done = kosent("bench", "--corpus", "a.csv,sample", "b.csv", "--limit", "60", *options)
    assert done.code == 0
    assert done.out.splitlines()[0].startswith("a  train 10  test 12 (20%, seed 0)")
    assert "macro F1, 모든 줄 / all rows" in done.out
    assert done.out.splitlines()[-1].count(" / ") == 5
    assert Path("out/table.md").read_text().startswith("# kosent bench")


def test_columns_can_be_named(
    kosent: Callable[..., Any], refused: Callable[..., str], elsewhere: Path, here: None
) -> None:
    for name in ("train", "test"):
        (elsewhere / f"{name}.csv").write_text("말,뜻\n좋은 글,1\n나쁜 글,0\n")
    columns = ("--text-column", "말", "--label-column", "뜻")
    done = kosent("bench", "--corpus", ".", *columns, "--systems", "tfidf-words")
    assert done.out.splitlines()[0].endswith("train 2  test 2")
    assert "text column '말', label column '뜻'" in done.err
    assert "no text column" in refused(3, "bench", "--corpus", ".", "--systems", "tfidf-words")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--systems", "nb-svn"), "Did you mean 'nb-svm'"),
        (("--corpus", "smaple", "--systems", "nb-svm"), "Did you mean 'sample'"),
        (("--rows", "10,many"), "--rows takes numbers"),
        (("--seeds", "a"), "--seeds takes numbers"),
        (("--jobs", "0"), "jobs must be a whole number of at least 1"),
    ],
)
def test_refusals(arguments: tuple[str, ...], said: str, refused: Callable[..., str]) -> None:
    assert said in refused(2, "bench", *arguments)
