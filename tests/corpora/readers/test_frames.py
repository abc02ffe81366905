"""Tables in memory, by the rules that hold for files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from kosent import load_corpus
from kosent.errors import DataError, UsageError

COLUMNS: dict[str, list[Any]] = {
    "번호": [1, 2, 3, 4, 5, 6],
    "리뷰": ["좋아요", None, "별로", " ", "최고", "=1+1"],
    "라벨": ["긍정", "부정", " 부정", "긍정", None, "긍정"],
}
TEXTS, LABELS = ["좋아요", "별로", "=1+1"], ["긍정", "부정", "긍정"]
TABLES = [
    pd.DataFrame(COLUMNS),
    pd.DataFrame(COLUMNS, index=[7, 7, 0, 0, 1, 2]),
    pd.DataFrame(COLUMNS).set_index(["번호", "라벨"], drop=False),
    pl.DataFrame(COLUMNS),
    pa.table(COLUMNS),
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: type(table).__name__)
def test_every_row_is_accounted_for(table: Any) -> None:
    corpus = load_corpus(table)
    assert corpus.train.texts == TEXTS
    assert corpus.train.labels == LABELS
    assert corpus.train.lines == [1, 3, 6]
    assert corpus.train.audit.read == 6
    assert [(row.line, row.reason) for row in corpus.train.audit.dropped] == [
        (2, "empty text"), (4, "empty text"), (5, "no label"),
    ]  # fmt: skip
    assert "text column '리뷰', label column '라벨'" in corpus.notices[0]
    assert "3 of 6 rows were not used" in corpus.notices[1]
    assert corpus.language == "ko"
    assert corpus.test is None


def test_a_table_is_read_as_its_file(tmp_path: Path) -> None:
    frame = pd.DataFrame(COLUMNS)
    frame.to_parquet(tmp_path / "mine.parquet")
    frame.to_csv(tmp_path / "mine.csv", index=False)
    for name in ("mine.parquet", "mine.csv"):
        read = load_corpus(tmp_path / name).train
        assert (read.texts, read.labels) == (TEXTS, LABELS)


def test_columns_are_named() -> None:
    frame = pd.DataFrame({"a": ["x", "y"], "b": ["1", "2"]})
    for names in ({"text": "a", "label": "b"}, {"text_column": "a", "label_column": "b"}):
        assert load_corpus(frame, **names).train.texts == ["x", "y"]
    with pytest.raises(UsageError, match="unknown column 'c'"):
        load_corpus(frame, text="c", label="b")
    with pytest.raises(DataError, match="'DataFrame'"):
        load_corpus(frame)


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([1, 0, 1], ["1", "0", "1"]),
        ([1.0, 0.0, float("nan")], ["1", "0"]),
        ([True, False, True], ["True", "False", "True"]),
        (pd.Series(["a", "b", None], dtype="category"), ["a", "b"]),
        (pd.Series([1, 2, None], dtype="Int64"), ["1", "2"]),
    ],
)
def test_labels_of_any_type(values: Any, labels: list[str]) -> None:
    train = load_corpus(pd.DataFrame({"text": ["가", "나", "다"], "label": values})).train
    assert train.labels == labels
    assert train.audit.by_reason() == ({"no label": 1} if len(labels) == 2 else {})


def test_a_dictionary_of_tables() -> None:
    frame = pd.DataFrame(COLUMNS)
    corpus = load_corpus({"train": frame, "test": frame.head(1), "validation": frame})
    assert len(corpus.train) == 3
    assert corpus.test is not None
    assert corpus.test.texts == ["좋아요"]
    assert corpus.train.audit.dropped[0].source == "train"
    assert "the table 'validation' is not used" in corpus.notices[0]
    with pytest.raises(UsageError, match=r"needs 'train'. Received: \['test'\]"):
        load_corpus({"test": frame})


@pytest.mark.parametrize("given", [None, 3, ["가"], b"nsmc", pd.Series(["가"])], ids=repr)
def test_something_else_is_refused(given: Any) -> None:
    with pytest.raises(UsageError, match=f"Received: {type(given).__name__}"):
        load_corpus(given)


def test_a_table_without_a_usable_row_is_refused() -> None:
    with pytest.raises(DataError, match="no usable row in 'DataFrame'"):
        load_corpus(pd.DataFrame({"text": [None, " "], "label": ["a", "b"]}))


def test_a_split_becomes_a_frame_and_comes_back() -> None:
    train = load_corpus(pd.DataFrame(COLUMNS)).train
    frame = train.to_frame()
    assert frame.index.name == "line"
    assert frame.index.tolist() == train.lines
    again = load_corpus(frame).train
    assert (again.texts, again.labels) == (TEXTS, LABELS)
    some = train.limited(2, seed=0)
    assert some.lines is not None
    assert some.to_frame()["text"].tolist() == frame["text"].loc[some.lines].tolist()
    assert load_corpus("sample").train.to_frame().columns.tolist() == ["text", "label"]
