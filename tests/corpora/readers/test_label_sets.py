from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from kosent.corpora import load_corpus
from kosent.corpora.base import Corpus
from kosent.corpora.readers.label_sets import separator_of
from kosent.errors import DataError, UsageError

SETS = [("가", "나"), ("다",), (), ("가",)]
TEXTS = ["좋아요", "싫어요", "글쎄요", "그래요"]


def read(folder: Path, name: str, content: str, **how: Any) -> Corpus:
    path = folder / name
    path.write_text(content, "utf-8")
    return load_corpus(path, multilabel=True, **how)


def told(corpus: Corpus) -> str:
    return "\n".join(notice.english for notice in corpus.notices)


def table(cells: list[str]) -> str:
    rows = "".join(f'{text},"{cell}"\n' for text, cell in zip(TEXTS, cells, strict=True))
    return f"text,labels\n{rows}"


@pytest.mark.parametrize("mark", [",", "|", ";", " | ", ", "])
def test_a_mark_between_labels_is_found_and_said(tmp_path: Path, mark: str) -> None:
    corpus = read(tmp_path, "a.csv", table([f"나{mark}가", "다", "", "가"]))
    assert corpus.train.label_sets == SETS
    assert corpus.multilabel
    assert corpus.label_names == ("가", "나", "다")
    assert f"'{mark.strip()}' stands between labels (1 texts have several)" in told(corpus)


def test_a_mark_that_is_named(tmp_path: Path) -> None:
    content = table(["나/가", "다", "", "가,라/가"])
    corpus = read(tmp_path, "a.csv", content, label_separator="/")
    assert corpus.train.label_sets == [("가", "나"), ("다",), (), ("가", "가,라")]
    assert "stands between" not in told(corpus)


def test_without_a_mark_each_text_has_one_or_none(tmp_path: Path) -> None:
    corpus = read(tmp_path, "a.csv", table(["가", "나", "", "가"]))
    assert corpus.train.label_sets == [("가",), ("나",), (), ("가",)]
    assert "no mark between labels" in told(corpus)


def test_lists_that_pandas_wrote_as_text(tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": TEXTS, "labels": [list(each) for each in SETS]})
    frame.to_csv(tmp_path / "a.csv", index=False)
    assert load_corpus(tmp_path / "a.csv", multilabel=True).train.label_sets == SETS


def test_lists_of_json_parquet_and_tables(tmp_path: Path) -> None:
    rows = [{"text": t, "labels": [*each, "가"] if each == ("가",) else list(each)}
            for t, each in zip(TEXTS, SETS, strict=True)]  # fmt: skip
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    corpus = read(tmp_path, "a.jsonl", lines)
    assert corpus.train.label_sets == SETS
    assert "between labels" not in told(corpus)
    frame = pd.DataFrame(rows)
    frame.to_parquet(tmp_path / "a.parquet")
    for source in (tmp_path / "a.parquet", frame, {"train": frame, "test": frame}):
        assert load_corpus(source, multilabel=True).train.label_sets == SETS


def test_a_column_a_label(tmp_path: Path) -> None:
    content = (
        "text,다,나,가\n좋아요,0,1,1.0\n싫어요,True,,\n글쎄요,0,0,0\n그래요,no,no,yes\n?,2,0,0\n"
    )
    columns = ("가", "나", "다")
    corpus = read(tmp_path, "a.csv", content, label_columns=columns)
    assert corpus.train.label_sets == SETS
    assert corpus.train.audit.by_reason() == {"broken label": 1}
    with pytest.raises(UsageError, match="라"):
        load_corpus(tmp_path / "a.csv", multilabel=True, label_columns=("가", "라"))
    frame = pd.read_csv(tmp_path / "a.csv", dtype=str)
    found = load_corpus(frame, multilabel=True, label_columns=columns)
    assert found.train.label_sets == SETS


def test_what_is_no_label_is_counted(tmp_path: Path) -> None:
    lines = '{"text":"a","label":["x",{"y":1}]}\n{"text":"b","label":["x","z"]}\n'
    lines += '{"text":" ","label":["x"]}\n{"text":"c","label":null}\n'
    corpus = read(tmp_path, "a.jsonl", lines)
    assert corpus.train.label_sets == [("x", "z"), ()]
    assert corpus.train.audit.by_reason() == {"broken label": 1, "empty text": 1}


def test_the_mark_of_train_holds_for_test(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text(table(["나|가", "다", "", "가"]), "utf-8")
    (tmp_path / "test.csv").write_text(table(["나|가", "다,가", "", "가"]), "utf-8")
    corpus = load_corpus(tmp_path, multilabel=True)
    assert corpus.test is not None
    assert corpus.test.label_sets == [("가", "나"), ("다,가",), (), ("가",)]
    assert corpus.unseen_labels() == {"다,가": 1}
    (tmp_path / "test.csv").write_text(table(["", "", "", ""]), "utf-8")
    assert load_corpus(tmp_path, multilabel=True).test is None


def test_rows_that_an_audit_left_out(tmp_path: Path) -> None:
    content = "text,label,keep,split,findings\na,x | y,1,train,\nb,x,0,train,\nc,y,1,test,\n"
    corpus = read(tmp_path, "a.csv", content)
    assert corpus.train.label_sets == [("x", "y")]
    assert corpus.test is not None
    assert corpus.test.label_sets == [("y",)]


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["a"], None),
        (["a,b", "a"], ","),
        (["a;b", "b;a", "c"], ";"),
        (["a, b|c", "c|a, b", "c"], "|"),  # the comma is part of a label
        (["a|b,c", "b", "c", "a|b"], ","),
    ],
)
def test_of_several_marks_the_one_that_leaves_the_fewest_labels(
    cells: list[str], mark: str | None
) -> None:
    assert separator_of(cells) == mark


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"label_separator": ""}, "takes what stands between"),
        ({"label_columns": ["a"]}, "two or more"),
        ({"label_columns": ["a", "a"]}, "two or more"),
        ({"label_columns": ["a", "b"], "label_separator": ","}, "goes with neither"),
        ({"label_columns": ["a", "b"], "label": "a"}, "goes with neither"),
        ({"multilabel": False, "label_separator": ","}, "go with --multilabel"),
        ({"multilabel": False, "label_columns": ["a", "b"]}, "go with --multilabel"),
    ],
)
def test_what_does_not_go_together(tmp_path: Path, how: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_corpus(tmp_path / "a.csv", **({"multilabel": True} | how))


def test_built_in_corpora_of_one_label_a_text_are_refused() -> None:
    with pytest.raises(UsageError, match=r"one label each.*kmhas, unsmile"):
        load_corpus("sample", multilabel=True)


def test_a_corpus_without_two_labels_is_not_trainable(tmp_path: Path) -> None:
    corpus = read(tmp_path, "a.csv", table(["가", "가", "", "가"]))
    with pytest.raises(DataError, match="only 1 class"):
        corpus.check_trainable()


def test_a_limit_keeps_sets_in_proportion(tmp_path: Path) -> None:
    cells = ["나|가"] * 60 + ["다"] * 30 + [""] * 10
    rows = "".join(f"글 {number},{cell}\n" for number, cell in enumerate(cells))
    corpus = read(tmp_path, "a.csv", "text,label\n" + rows).limited(10, seed=0)
    assert corpus.train.label_sets is not None
    assert sorted(corpus.train.label_sets) == sorted([("가", "나")] * 6 + [("다",)] * 3 + [()])
    assert corpus.train.to_frame()["labels"].map(len).sum() == 15
