"""Splits that are the same every time, and parts of them that hold each other."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent import corpora
from kosent.corpora import CORPORA
from kosent.corpora.base import Audit, Corpus, Split
from kosent.errors import UsageError
from kosent.evaluation.bench.tasks import (
    FEWEST,
    LISTS,
    MARKS,
    Question,
    Task,
    check_rows,
    nested,
    prepare,
)
from kosent.support.progress import Silent


def own(folder: Path, rows: list[tuple[str, str]]) -> Question:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps({"text": t, "label": n}) + "\n" for t, n in rows))
    return Question(str(path))


@pytest.fixture
def task(tmp_path: Path) -> Task:
    rows = [(f"글 {n % 80}", f"라벨{n % 80 % 4 // 2}") for n in range(100)]
    return prepare(own(tmp_path, rows), Silent())


def test_a_fifth_is_held_out_with_copies_on_one_side(task: Task) -> None:
    train, test = task.corpus.train, task.test
    assert not set(train.texts) & set(test.texts)
    assert len(set(test.texts)) == 16
    assert len(train) + len(test) == 100
    assert Counter(test.labels).keys() == {"라벨0", "라벨1"}
    assert task.made == {"held_out": 0.2, "seed": 0, "rule": 2}


def test_the_split_is_stated_by_its_seed(tmp_path: Path) -> None:
    rows = [(f"글 {n}", str(n % 2)) for n in range(100)]
    question = own(tmp_path, rows)
    first, again = prepare(question, Silent()), prepare(question, Silent())
    other = prepare(Question(question.corpus, split_seed=1), Silent())
    assert first.fingerprint == again.fingerprint != other.fingerprint
    assert first.test.texts != other.test.texts


def test_a_published_split_stays() -> None:
    task = prepare(Question("sample"), Silent())
    assert task.made == {}
    assert len(task.test) == len(task.truth)
    limited = prepare(Question("sample", limit=60), Silent())
    assert (len(limited.corpus.train), len(limited.test)) == (60, 60)
    assert limited.fingerprint != task.fingerprint


def test_paraphrases_that_follow_each_other_are_a_family(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(label, f"{label} {number}") for label in "ab" for number in range(25)]
    lines = [line for line in range(2, 52) if line != 5]
    given = Split(
        [rows[line - 2][1] for line in lines],
        [rows[line - 2][0] for line in lines],
        Audit(49, 49),
        lines,
    )
    corpus = Corpus("stylekqc", "ko", given, given)
    monkeypatch.setattr(corpora, "load", lambda *_, **__: corpus)
    whole = prepare(Question("stylekqc"), Silent()).families
    assert whole is not None
    assert np.bincount(whole).tolist() == [9, 10, 10, 10, 10]
    few = prepare(Question("stylekqc", limit=20), Silent())
    assert few.families is not None
    assert few.test.lines is not None
    assert few.families.tolist() == [(line - 2) // 10 for line in few.test.lines]
    assert prepare(Question("nsmc"), Silent()).families is None


def test_texts_that_stand_in_train_too_are_marked(tmp_path: Path) -> None:
    for name, texts in (("train", ["좋아", "싫어", "또"]), ("test", ["새 글", " 좋아  "])):
        lines = (f"{text},{number % 2}" for number, text in enumerate(texts))
        (tmp_path / f"{name}.csv").write_text("\n".join(["text,label", *lines]))
    task = prepare(Question(str(tmp_path)), Silent())
    assert MARKS["in train"](task.corpus, task.test) == [False, True]


@given(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=60),
    st.integers(0, 5),
    st.integers(1, 60),
)
def test_any_beginning_is_a_sample(labels: list[str], seed: int, rows: int) -> None:
    order = nested(labels, seed)
    assert sorted(order) == list(range(len(labels)))
    assert order == nested(labels, seed)
    sizes = Counter(labels)
    part = Counter(labels[row] for row in order[:rows])
    if rows >= FEWEST * len(sizes):
        assert all(part[name] >= min(FEWEST, size) for name, size in sizes.items())
    wanted = min(rows, len(labels))
    for name, size in sizes.items():  # what is there beyond two a class is in proportion
        assert abs(part[name] - wanted * size / len(labels)) <= FEWEST * len(sizes)


def test_fewer_rows_are_part_of_more(task: Task) -> None:
    few, many, all_rows = (task.train(rows, 3) for rows in (8, 20, None))
    assert len(few) == 8
    assert set(few.texts) <= set(many.texts) <= set(all_rows.texts)
    assert task.train(20, 3).texts != task.train(20, 4).texts
    check_rows(task, 4)
    with pytest.raises(UsageError, match="3 rows are not 2 of each of its 2 labels"):
        check_rows(task, 3)


def test_lists_name_corpora() -> None:
    for names in LISTS.values():
        assert set(names) <= set(CORPORA)
        assert len(set(names)) == len(names)
    assert len(LISTS["everybody"]) == 12
