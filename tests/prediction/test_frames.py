"""A table in, the same table with answers beside them out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from kosent.errors import DataError, UsageError
from kosent.prediction.estimator import Estimator
from kosent.prediction.predictor import Predicted

COLUMNS: dict[str, list[Any]] = {"id": [3, 1, 2, 9], "글": ["좋다", None, " ", "아주 좋다"]}
NAMES = ["id", "글", "label", "confidence", "bad", "good"]
LABELS = ["bad", None, None, "good"]
CONFIDENCES = [0.75, None, None, 0.625]


class Blanks(Estimator):
    """Takes a text with a blank in it for the second class."""

    def __init__(self, *classes: Any) -> None:
        self.classes_ = np.array(classes)
        self.info_ = {}

    def predict_noted(self, parts: Iterable[list[str]]) -> Iterator[Predicted]:
        for part in parts:
            good = np.array([0.625 if " " in text else 0.25 for text in part], np.float32)
            blank = [row for row, text in enumerate(part) if not text.strip()]
            yield Predicted(np.stack([1 - good, good], axis=1), blank, [])


@pytest.fixture
def blanks() -> Blanks:
    return Blanks("bad", "good")


def listed(column: Any) -> list[Any]:
    return pd.Series(list(column), dtype=object).replace({np.nan: None}).tolist()


@pytest.mark.parametrize(
    "index", [None, [7, 7, 0, 0], list("abca"), pd.MultiIndex.from_product([[1, 2], [3, 4]])],
    ids=["range", "repeated", "letters", "several levels"],
)  # fmt: skip
def test_pandas_keeps_columns_and_index(blanks: Blanks, index: Any) -> None:
    frame = pd.DataFrame(COLUMNS, index=index)
    before = frame.copy()
    found = blanks.predict_frame(frame)
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(found[["id", "글"]], frame)
    assert found.columns.tolist() == NAMES
    assert listed(found["label"]) == LABELS
    assert listed(found["confidence"]) == CONFIDENCES
    assert listed(found["good"]) == [0.25, None, None, 0.625]
    assert found["bad"].dtype == float


def test_polars_stays_polars(blanks: Blanks) -> None:
    frame = pl.DataFrame(COLUMNS)
    found = blanks.predict_frame(frame, text="글")
    assert isinstance(found, pl.DataFrame)
    assert found.columns == NAMES
    assert found["label"].to_list() == LABELS
    assert found["confidence"].to_list() == CONFIDENCES
    assert found.select("id", "글").equals(frame)


def test_others_come_as_arrow(blanks: Blanks) -> None:
    for table in (pa.table(COLUMNS), pa.record_batch(COLUMNS), pa.table(COLUMNS).to_reader()):
        found = blanks.predict_frame(table)
        assert isinstance(found, pa.Table)
        assert found.column_names == NAMES
        assert found["label"].to_pylist() == LABELS


def test_a_name_that_is_taken(blanks: Blanks) -> None:
    frame = pd.DataFrame({"text": ["좋다"], "label": ["?"], "predicted_label": ["?"], "good": [0]})
    found = blanks.predict_frame(frame)
    assert found.columns.tolist() == [
        "text", "label", "predicted_label", "good",
        "predicted_predicted_label", "confidence", "bad", "predicted_good",
    ]  # fmt: skip
    clash = Blanks("confidence", "label").predict_frame(frame[["text"]])
    assert clash.columns.tolist() == [
        "text", "label", "confidence", "predicted_confidence", "predicted_label",
    ]  # fmt: skip


def test_answers_that_are_not_sure_enough(blanks: Blanks) -> None:
    found = blanks.predict_frame(pd.DataFrame(COLUMNS), min_confidence=0.7)
    assert listed(found["label"]) == ["bad", None, None, None]
    assert listed(found["confidence"]) == CONFIDENCES
    with pytest.raises(UsageError, match="min_confidence"):
        blanks.predict_frame(pd.DataFrame(COLUMNS), min_confidence=7)


def test_labels_stay_integers() -> None:
    found = Blanks(-1, 1).predict_frame(pd.DataFrame(COLUMNS))
    assert listed(found["label"]) == [-1, None, None, 1]
    assert isinstance(found["label"].iloc[0], int)
    assert found.columns.tolist()[-2:] == ["-1", "1"]
    whole = Blanks(-1, 1).predict_frame(pd.DataFrame(COLUMNS).iloc[[0, 3]])
    assert whole["label"].tolist() == [-1, 1]


def test_texts_that_all_say_nothing(blanks: Blanks) -> None:
    found = blanks.predict_frame(pd.DataFrame({"text": [None, " "]}))
    assert listed(found["label"]) == [None, None]
    assert found["confidence"].dtype == found["good"].dtype == float
    found = blanks.predict_frame(pl.DataFrame({"text": ["", " "]}))
    assert found["label"].to_list() == found["good"].to_list() == [None, None]
    assert (found["label"].dtype, found["good"].dtype) == (pl.String, pl.Float64)


def test_a_table_without_rows(blanks: Blanks) -> None:
    for empty in (pd.DataFrame(COLUMNS).head(0), pl.DataFrame(COLUMNS).head(0)):
        found = blanks.predict_frame(empty, min_confidence=0.5)
        assert list(found.columns) == NAMES
        assert len(found) == 0


@pytest.mark.parametrize("given", [None, ["글"], pd.Series(["글"]), {"text": ["글"]}], ids=repr)
def test_what_is_no_table(blanks: Blanks, given: Any) -> None:
    with pytest.raises(UsageError, match=f"Received: {type(given).__name__}"):
        blanks.predict_frame(given)


def test_columns_that_are_none(blanks: Blanks) -> None:
    with pytest.raises(DataError, match="no text column"):
        blanks.predict_frame(pd.DataFrame({"a": ["글"]}))
    with pytest.raises(UsageError, match="unknown column 'b'"):
        blanks.predict_frame(pd.DataFrame({"a": ["글"]}), text="b")
    with pytest.raises(DataError, match="text number 2 is not a string: 3"):
        blanks.predict_frame(pd.DataFrame({"text": ["글", 3]}))
