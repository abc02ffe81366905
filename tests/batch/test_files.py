"""Which files inputs mean, where the answers go, and that one bad file costs itself only."""

from __future__ import annotations

from pathlib import Path

import pytest

from kosent.batch.files import Pair, are_many, check_pairs, pairs, predict_files
from kosent.errors import DataError, KosentError, UsageError
from kosent.prediction.files import Summary
from kosent.prediction.predictor import Predictor
from kosent.support.progress import Silent


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("a.csv", "b.txt", "sub/a.csv", "sub/c.jsonl", "notes.md", ".hidden/x.csv"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text\n좋다\n" if name.endswith("csv") else '{"text": "좋다"}\n', "utf-8")
    (tmp_path / "in" / "d[1].tsv.gz").write_bytes(b"")
    return tmp_path


def named(made: list[Pair]) -> dict[str, str]:
    return {str(pair.source): str(pair.target) for pair in made}


def test_a_folder_means_what_is_read_below_it(folder: Path) -> None:
    assert named(pairs(["in"], "out")) == {
        "in/a.csv": "out/a.csv",
        "in/b.txt": "out/b.txt.jsonl",
        "in/d[1].tsv.gz": "out/d[1].tsv",
        "in/sub/a.csv": "out/sub/a.csv",
        "in/sub/c.jsonl": "out/sub/c.jsonl",
    }


def test_patterns_and_files(folder: Path) -> None:
    assert named(pairs(["in/*.csv", "in/sub/c.jsonl"], "out/")) == {
        "in/a.csv": "out/a.csv",
        "in/sub/c.jsonl": "out/c.jsonl",
    }
    assert list(named(pairs(["in/**/*.csv"], "out"))) == ["in/a.csv", "in/sub/a.csv"]
    assert named(pairs(["in/d[1].tsv.gz"], "out")) == {"in/d[1].tsv.gz": "out/d[1].tsv"}
    twice = pairs(["in/sub/c.jsonl", "in/b.txt", "in/sub/c.json*"], "out")
    assert list(named(twice)) == ["in/sub/c.jsonl", "in/b.txt"]  # where it was named first


def test_answers_are_no_input(folder: Path) -> None:
    (folder / "in/out").mkdir()
    (folder / "in/out/a.csv").write_text("text\n", "utf-8")
    assert "in/out/a.csv" not in named(pairs(["in"], "in/out"))


@pytest.mark.parametrize(
    ("inputs", "output", "expected"),
    [
        (["in/a.csv"], "out.csv", False),
        (["in/a.csv"], None, False),
        (["-"], "out/", False),
        (["in/d[1].tsv.gz"], "out.csv", False),
        (["in/missing.csv"], "out.csv", False),
        (["in/a.csv"], "out/", True),
        (["in/a.csv"], "in", True),
        (["in"], "out", True),
        (["in/*.csv"], "out", True),
        (["in/a.csv", "in/b.txt"], "out", True),
        ([], None, False),
    ],
)
def test_what_takes_a_folder(
    inputs: list[str], output: str | None, expected: bool, folder: Path
) -> None:
    assert are_many(inputs, output) is expected


def test_what_is_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"one file 'out/a\.csv': in/a\.csv, in/sub/a\.csv"):
        pairs(["in/a.csv", "in/sub/a.csv"], "out")
    with pytest.raises(DataError, match="no file to read in 'in/\\*\\.xlsx'"):
        pairs(["in/*.xlsx"], "out")
    (folder / "empty").mkdir()
    with pytest.raises(DataError, match="no file to read in 'empty'"):
        pairs(["empty"], "out")
    with pytest.raises(UsageError, match="--output is a file"):
        pairs(["in"], "in/a.csv")
    made = pairs(["in/*.csv"], "out")
    (folder / "out").mkdir()
    made[0].target.write_text("", "utf-8")
    check_pairs(made, resume=True)
    with pytest.raises(UsageError, match="exists already"):
        check_pairs(made, resume=False)


def test_one_bad_file_costs_itself_only(folder: Path, model: Predictor) -> None:
    (folder / "in/a.csv").write_bytes(b"%PDF-1.7")
    made = pairs(["in/a.csv", "in/b.txt", "in/missing.csv", "in/sub/c.jsonl"], "out")
    results: list[tuple[Pair, Summary | KosentError]] = list(
        predict_files(model, made, listener=Silent())
    )
    assert [pair for pair, _ in results] == made
    assert [type(found) for _, found in results] == [DataError, Summary, DataError, Summary]
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["b.txt.jsonl", "c.jsonl"]


def test_going_on(folder: Path, model: Predictor) -> None:
    (folder / "in/rows.csv").write_text("text\n" + "좋다\n" * 5000, "utf-8")
    made = [Pair(folder / "in/rows.csv", folder / "out" / name) for name in ("a.csv", "a.parquet")]
    list(predict_files(model, made, listener=Silent()))
    whole = [pair.target.read_bytes() for pair in made]
    made[0].target.write_bytes(whole[0][:5000])
    time = made[1].target.stat().st_mtime_ns
    first, second = (
        found for _, found in predict_files(model, made, resume=True, listener=Silent())
    )
    assert isinstance(first, Summary)
    assert 0 < first.resumed < 5000
    assert second == Summary(0, 0, 0)
    assert [pair.target.read_bytes() for pair in made] == whole
    assert made[1].target.stat().st_mtime_ns == time
