"""Files in shards: the same answers as without, whatever is interrupted."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from kosent.batch import shards
from kosent.batch.shards import Work, answer, cut, join
from kosent.errors import DataError, UsageError
from kosent.prediction import open_rows, predict_file
from kosent.prediction.predictor import Predictor
from kosent.support.progress import Silent

MODEL = "0" * 64


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "LISTS", 1)


def shards_of(work: Work, *, resume: bool = False) -> list[shards.Shard]:
    return cut(work, MODEL, resume=resume, notice=lambda _: None)


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_the_answers_are_those_of_one_process(
    ending: str, model: Predictor, source: Path, tmp_path: Path
) -> None:
    whole = tmp_path / f"whole{ending}"
    with open_rows(source, every_column=True) as rows:
        expected = predict_file(model, rows, whole, min_confidence=0.51)
    work = Work(source, tmp_path / f"out{ending}", None, 0.51)
    parts = shards_of(work)
    assert len(parts) == 4
    texts = sum(answer(model, shard) for shard in reversed(parts))
    assert texts == expected.rows - expected.errors
    assert not work.is_done
    assert join(work, parts, model, Silent()) == expected
    assert work.target.read_bytes() == whole.read_bytes()
    assert work.is_done
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"out{ending}", f"whole{ending}"]

    # Killed while the answers were written.
    if ending != ".parquet":
        parts = shards_of(work, resume=True)
        for shard in parts:
            answer(model, shard)
        work.target.write_bytes(whole.read_bytes()[:-200_000])
        assert join(work, parts, model, Silent()).resumed > 4096
        assert work.target.read_bytes() == whole.read_bytes()


def test_shards_that_are_answered_stay(model: Predictor, source: Path, tmp_path: Path) -> None:
    work = Work(source, tmp_path / "out.csv")
    parts = shards_of(work)
    answer(model, parts[2])
    before = [path.stat().st_mtime_ns for path in (parts[2].answers, parts[2].texts)]
    with pytest.raises(UsageError, match=r"unfinished work is in .*out\.csv\.shards"):
        shards_of(work)
    assert shards_of(work, resume=True) == parts
    assert [part.answers.exists() for part in parts] == [False, False, True, False]
    assert [path.stat().st_mtime_ns for path in (parts[2].answers, parts[2].texts)] == before


def test_killed_while_cutting(model: Predictor, source: Path, tmp_path: Path) -> None:
    work = Work(source, tmp_path / "out.csv")
    parts = shards_of(work)
    (work.folder / "plan.json").unlink()
    parts[3].texts.unlink()
    assert shards_of(work, resume=True) == parts
    assert parts[3].texts.exists()


def test_other_work_is_not_mixed_in(model: Predictor, source: Path, tmp_path: Path) -> None:
    copy = tmp_path / "in.csv"
    copy.write_bytes(source.read_bytes())
    work = Work(copy, tmp_path / "out.csv")
    shards_of(work)
    plan = work.folder / "plan.json"
    good = plan.read_bytes()
    other = [{"model": "1" * 64}, {"text_column": "글"}, {"source": ["in.csv", 1, 2]}]
    for change in other:
        plan.write_text(json.dumps(json.loads(good) | change))
        with pytest.raises(DataError, match="unfinished work on another"):
            shards_of(work, resume=True)
    plan.write_bytes(b"{")
    with pytest.raises(DataError, match="unfinished work on another"):
        shards_of(work, resume=True)
    plan.write_bytes(good)
    os.utime(copy, ns=(1, 1))
    with pytest.raises(DataError, match="unfinished work on another"):
        shards_of(work, resume=True)


def test_answers_to_other_texts_are_refused(model: Predictor, source: Path, tmp_path: Path) -> None:
    work = Work(source, tmp_path / "out.csv")
    parts = shards_of(work)
    for shard in parts:
        answer(model, shard)
    lists = json.loads(parts[1].texts.read_bytes())
    lists[0][0] += "."
    parts[1].texts.write_text(json.dumps(lists), "utf-8")
    with pytest.raises(DataError, match="unfinished work on another"):
        join(work, parts, model, Silent())
    assert work.folder.exists()


def test_half_characters(model: Predictor, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "\\ud800 좋다"}\n', "utf-8")
    work = Work(source, tmp_path / "out.jsonl")
    parts = shards_of(work)
    assert [answer(model, shard) for shard in parts] == [1]
    assert join(work, parts, model, Silent()).rows == 1
    assert json.loads(work.target.read_bytes())["text"] == "\ud800 좋다"
