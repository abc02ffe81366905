"""A bench from the corpus to the tables: what is trained, what is kept, who wins."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kosent.errors import DataError, RuntimeSetupError, UsageError
from kosent.evaluation.bench import running, systems
from kosent.evaluation.bench.cells import Key, Result
from kosent.evaluation.bench.running import Plan, run_bench
from kosent.evaluation.bench.systems import chosen
from kosent.evaluation.bench.tasks import Question, prepare
from kosent.evaluation.bench.work import measured
from kosent.support.progress import Noting, Silent

RIVALS = ("tfidf-words", "svm-balanced")
SMALL = """
title = "작은 것 / small"
corpus = "nsmc"
parameters = 1
[classifier]
architecture = "ngrams"
architecture_options = {buckets = 64}
tokenizer = "character"
"""
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


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[Key]:
    """Train in this process, which imports what it needs once, and note which cells are."""
    keys: list[Key] = []

    def here(question: Question, key: Key, weights: Path | None, *_: object) -> Result:
        keys.append(key)
        task = prepare(question, Silent())
        return measured(task, key.system, key.rows, key.seed, weights)

    monkeypatch.setattr(running, "trained_cell", here)
    return keys


@pytest.fixture
def own(tmp_path: Path) -> str:
    """Write a corpus without a test split, of three labels and a few copies."""
    marks = ("좋다", "싫다", "모르겠다")
    lines = [f"{n % 90}번 글은 정말 {marks[n % 3]},{n % 3}" for n in range(120)]
    path = tmp_path / "own.csv"
    path.write_text("\n".join(["text,label", *lines]))
    return str(path)


def test_rivals_and_a_recipe(own: str, tmp_path: Path, trained: list[Key]) -> None:
    recipe = tmp_path / "small.toml"
    recipe.write_text(SMALL)
    plan = Plan([own, "sample"], [*RIVALS, str(recipe)], limit=120, seeds=(0, 1))
    out = tmp_path / "out"
    found = run_bench(plan, out=out)
    assert found.ours == str(recipe)
    assert not found.failed
    # the rivals know no chance where they learn from all rows
    assert len(trained) == 2 * (1 + 1 + 2)
    for board in found.boards:
        assert {entry.seeds for entry in board.entries} == {1, 2}
        for entry in board.entries:
            assert entry.macro_f1.low <= entry.macro_f1.mean <= entry.macro_f1.high
            assert 0.4 < entry.accuracy.mean <= 1
            assert entry.train_seconds > 0
            assert entry.texts_per_second > 0
            assert entry.size > 100
            assert (entry.macro_f1.sd is None) == (entry.seeds == 1)
        versus = board.versus["macro_f1"]
        ours, rival = board.entry(str(recipe)), board.entry(versus.rival)
        assert ours is not None
        assert rival is not None
        assert versus.difference == pytest.approx(ours.macro_f1.mean - rival.macro_f1.mean)
        assert versus.low <= versus.difference <= versus.high
    assert found.boards[0].made["held_out"] == 0.2
    total = found.totals[0]
    assert total.wins + total.ties + total.losses == total.corpora == 2
    document = json.loads((out / "bench.json").read_bytes())
    assert document == json.loads(json.dumps(found.to_dict()))
    assert "| svm-balanced |" in (out / "table.md").read_text()

    trained.clear()
    assert run_bench(plan, out=out).to_dict() == found.to_dict()
    assert trained == []
    cell = next(out.glob("own-*/svm-balanced-all-0.json"))
    cell.write_text(cell.read_text()[:100])  # as no kosent leaves it, but a full disk may
    run_bench(plan, out=out)
    assert [key.system for key in trained] == ["svm-balanced"]
    trained.clear()
    again = Plan([own], RIVALS, limit=120, again=("tfidf-words",))
    run_bench(again, out=out)
    assert [key.system for key in trained] == ["tfidf-words"]


def test_other_code_of_kosent_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: str, trained: list[Key]
) -> None:
    recipe = tmp_path / "small.toml"
    recipe.write_text(SMALL)
    plan = Plan([own], [str(recipe), "svm"])
    run_bench(plan, out=tmp_path / "out")
    monkeypatch.setattr(running, "code", lambda: "other code")
    listener = Noting(Silent())
    run_bench(plan, out=tmp_path / "out", listener=listener)
    (said,) = [notice for notice in listener.notices if "--again" in notice]
    assert "small.toml" in said


def test_tensorflow_starts_only_for_what_trains_with_it() -> None:
    code = (
        "import sys; from kosent.evaluation.bench.systems import warm\n"
        "for name in sys.argv[1:]: warm(name)\n"
        "print('tensorflow' in sys.modules, 'sklearn.linear_model' in sys.modules)"
    )
    line = [sys.executable, "-c", code, "default", "fast", "best"]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
    assert systems._takes_steps("imdb-gru8")


def test_a_recipe_of_several(tmp_path: Path, trained: list[Key]) -> None:
    recipe = tmp_path / "several.toml"
    recipe.write_text(SEVERAL)
    (board,) = run_bench(Plan(["sample"], [str(recipe)], limit=100, seeds=(3,))).boards
    (entry,) = board.entries
    assert 0.4 < entry.accuracy.mean < 1
    assert 10_000 < entry.size < 60_000  # both models, without the weights to train on with
    assert board.versus == {}


def test_curves_over_rows(tmp_path: Path, own: str, trained: list[Key]) -> None:
    plan = Plan([own], ["svm"], rows=(4, 12, 30, 5000, None), seeds=(0, 1))
    listener = Noting(Silent())
    found = run_bench(plan, out=tmp_path / "out", listener=listener)
    assert found.sizes == [12, 30, None]  # 4 are too few for three labels, 5,000 are all
    assert any("4 rows are not 2 of each" in notice for notice in listener.notices)
    assert [(key.rows, key.seed) for key in trained] == [
        *((12, 0), (12, 1), (30, 0), (30, 1)),
        (None, 0),
    ]
    assert (tmp_path / "out" / "rows.png").read_bytes().startswith(b"\x89PNG")


def test_without_out_nothing_is_left(
    tmp_path: Path, own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(tmp_path.iterdir())
    monkeypatch.chdir(tmp_path)
    run_bench(Plan([own], ["svm"]))
    assert sorted(tmp_path.iterdir()) == before


def test_a_cell_that_fails_in_its_process_stops_no_other(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"  # the same text ten times: no two of a label
    path.write_text("text,label\n" + "".join(f"글{n % 2},{n % 2}\n" for n in range(20)))
    (tmp_path / "test.csv").write_text("text,label\n글0,0\n글1,1\n")
    path.rename(tmp_path / "train.csv")
    found = run_bench(Plan([str(tmp_path)], ["fast", "svm"]))
    assert [entry.system for entry in found.boards[0].entries] == ["svm"]
    (failed,) = found.failed
    assert failed.system == "fast"
    assert "too few" in failed.reason


def test_a_cell_that_takes_too_long_is_given_up(own: str) -> None:
    found = run_bench(Plan([own], ["svm"], minutes=0.001))
    assert found.boards == ()
    assert "stopped after 0.001 minutes" in found.failed[0].reason


def test_named_columns(tmp_path: Path, trained: list[Key]) -> None:
    for name, rows in (("train", 60), ("test", 20)):
        lines = (f"{'좋은' if n % 2 else '나쁜'} 글 {n},{n % 2}" for n in range(rows))
        (tmp_path / f"{name}.csv").write_text("\n".join(["말,뜻", *lines]))
    with pytest.raises(DataError, match="no text column"):
        run_bench(Plan([str(tmp_path)], ["svm"]))
    plan = Plan([str(tmp_path)], ["svm"], text_column="말", label_column="뜻")
    (board,) = run_bench(plan).boards
    assert (board.train_rows, board.test_rows) == (60, 20)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"systems": ["fastext"]}, "Did you mean 'fasttext'"),
        ({"systems": ["model2vec"]}, "--model2vec DIR"),
        ({"systems": ["svm"], "ours": "fast"}, "not among the systems"),
        ({"minutes": 0}, "minutes must be a positive number"),
        ({"seeds": (-1,)}, "seed must be"),
        ({"rows": (0,)}, "rows must be"),
        ({"limit": 0}, "limit must be"),
        ({"seeds": ()}, "name a corpus, rows and a seed"),
    ],
)
def test_refusals(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        run_bench(Plan(["sample"], **settings))


def test_two_systems_of_one_name(tmp_path: Path) -> None:
    paths = [tmp_path / name / "mine.toml" for name in "ab"]
    for path in paths:
        path.parent.mkdir()
        path.write_text(SMALL)
    with pytest.raises(UsageError, match="two systems of one name"):
        run_bench(Plan(["sample"], [str(path) for path in paths]))


def test_what_cannot_run_here_is_left_out_unless_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "kosent.support.packages.find_spec", lambda name: name != "fasttext" or None
    )
    listener = Noting(Silent())
    found = chosen(None, None, listener)
    assert "default" in found
    assert "fasttext" not in found
    assert any("pip install 'kosent[bench]'" in notice for notice in listener.notices)
    with pytest.raises(RuntimeSetupError, match="fastText is not installed"):
        chosen(["fasttext"], None, listener)


def test_killed_and_gone_on(own: str, tmp_path: Path, trained: list[Key]) -> None:
    out = tmp_path / "out"
    systems = ("tfidf-words", "svm", "svm-balanced", "tfidf-characters")
    command = [sys.executable, "-m", "kosent", "bench", "--corpus", own, "--out", str(out)]
    process = subprocess.Popen([*command, "--systems", ",".join(systems)], env=os.environ)
    deadline = time.monotonic() + 60
    while not list(out.glob("*/tfidf-words-*.json")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = {path.name.split("-all")[0] for path in out.glob("*/*-all-*.json")}
    assert "tfidf-words" in kept
    assert len(kept) < len(systems)
    found = run_bench(Plan([own], systems), out=out)
    assert len(found.boards[0].entries) == len(systems)
    assert {key.system for key in trained} == set(systems) - kept
