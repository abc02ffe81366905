"""Tables of any library, by their columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from kosent.support.frames import arrow_table, frame_of, index_of, is_pandas, to_pandas

COLUMNS: dict[str, list[Any]] = {"글": ["좋다", None, ""], "수": [1, 2, 3]}


class Named:
    """A column of class numbers, as ``datasets.ClassLabel`` describes it."""

    names = ("부정", "긍정")


class Dataset:
    """What ``datasets.Dataset`` is to a reader: features, and rows in a format."""

    def __init__(self) -> None:
        self.features = {"text": object(), "label": Named()}

    def with_format(self, name: str) -> Dataset:
        assert name == "arrow"
        return self

    def __getitem__(self, rows: slice) -> pa.Table:
        assert rows == slice(None)
        return pa.table({"text": ["가", "나", "다"], "label": [1, 0, -1]})


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame(COLUMNS, index=[5, 5, 1]),
        pd.DataFrame(COLUMNS).convert_dtypes(),
        pd.DataFrame(COLUMNS).astype({"글": object}),
        pd.DataFrame(COLUMNS).astype({"글": "category"}),
        pl.DataFrame(COLUMNS),
        pa.table(COLUMNS),
        pa.table(COLUMNS).set_column(0, "글", pa.array(COLUMNS["글"]).dictionary_encode()),
        pa.record_batch(COLUMNS),
        pa.table(COLUMNS).to_reader(),
    ],
    ids=lambda table: type(table).__name__,
)
def test_every_library_gives_the_same_columns(table: object) -> None:
    frame = frame_of(table)
    assert frame is not None
    assert frame.kind == type(table).__name__
    assert frame.columns == ["글", "수"]
    assert frame.rows == 3
    assert {name: frame.column(place) for place, name in enumerate(frame.columns)} == COLUMNS


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT, np.nan])
def test_what_is_missing_in_pandas_is_none(missing: object) -> None:
    frame = frame_of(pd.DataFrame({"a": pd.Series(["x", missing], dtype=object)}))
    assert frame is not None
    assert frame.column(0) == ["x", None]


def test_names_of_columns_are_strings() -> None:
    frame = frame_of(pd.DataFrame([["가", 1]]))
    assert frame is not None
    assert frame.columns == ["0", "1"]


def test_class_numbers_of_a_dataset_become_names() -> None:
    frame = frame_of(Dataset())
    assert frame is not None
    assert frame.column(0) == ["가", "나", "다"]
    assert frame.column(1) == ["긍정", "부정", None]


@pytest.mark.parametrize(
    "given",
    [None, 3, "text", ["a"], {"a": [1]}, np.zeros((2, 2)), pd.Series(["가"]), pl.Series(["가"]),
     pd.DataFrame, pa.chunked_array([["가"]])],
    ids=lambda given: type(given).__name__,
)  # fmt: skip
def test_what_is_no_table(given: object) -> None:
    assert frame_of(given) is None
    assert arrow_table(given) is None
    assert not is_pandas(given)


def test_a_frame_is_made() -> None:
    made = to_pandas({"a": [1, 2]}, ["x", "y"], "name")
    pd.testing.assert_frame_equal(
        made, pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="name"))
    )
    pd.testing.assert_frame_equal(to_pandas({"a": [1]}), pd.DataFrame({"a": [1]}))


def test_only_a_series_has_an_index() -> None:
    assert index_of(pd.Series(["가"], index=[9])).tolist() == [9]
    for given in (["가"], np.array(["가"]), pl.Series(["가"])):
        assert index_of(given) is None
