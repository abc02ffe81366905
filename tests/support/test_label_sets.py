from __future__ import annotations

from enum import Enum
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy.sparse import csr_matrix

from kosent.errors import DataError
from kosent.support.label_sets import (
    joint,
    known_sets,
    learned_sets,
    names_of,
    read_sets,
    with_labels,
)

LISTS = [["나", "가"], [], ["가"]]
MARKS = np.array([[True, True], [False, False], [True, False]])


class Mood(Enum):
    GOOD = "가"
    BAD = "나"


@pytest.mark.parametrize(
    "given",
    [
        LISTS,
        [("나", "가"), (), {"가"}],
        [["나", "가", "나"], None, ["가", ""]],
        [[" 나", "가"], float("nan"), [np.str_("가")]],
        [[Mood.BAD, Mood.GOOD], [], [Mood.GOOD]],
        pd.Series(LISTS, index=[5, 6, 7]),
        pl.Series(LISTS),
        pa.array(LISTS),
        np.array([np.array(each) for each in LISTS], object),
        pd.DataFrame({"가": [1, 0, 1], "나": [1, 0, 0]}),
        pd.DataFrame({" 가": [True, False, True], "나": [True, False, False]}),
    ],
)
def test_lists_of_labels_in_any_form(given: Any) -> None:
    found = learned_sets(given, 3)
    assert found.classes.tolist() == ["가", "나"]
    assert found.marks.tolist() == MARKS.tolist()
    assert names_of(found.marks, found.classes) == [["가", "나"], [], ["가"]]


@pytest.mark.parametrize("given", [MARKS, MARKS.astype(int), MARKS * 1.0, csr_matrix(MARKS * 1)])
def test_columns_without_names_have_numbers(given: Any) -> None:
    found = learned_sets(given, 3)
    assert found.classes.tolist() == [0, 1]
    assert found.marks.tolist() == MARKS.tolist()


def test_columns_keep_their_order_and_those_that_no_text_has() -> None:
    found = learned_sets(pd.DataFrame({"나": [0, 1], "다": [0, 0], "가": [1, 0]}), 2)
    assert found.classes.tolist() == ["나", "다", "가"]
    assert found.marks.sum(axis=0).tolist() == [1, 0, 1]


def test_further_labels_are_sorted_where_all_are() -> None:
    found = with_labels(read_sets([["나"], []], 2), ["다", "나", "가"])
    assert found.classes.tolist() == ["가", "나", "다"]
    assert found.marks.tolist() == [[False, True, False], [False, False, False]]
    found = with_labels(
        read_sets(pd.DataFrame({"나": [0, 1], "다": [0, 0], "가": [1, 0]}), 2), ["라"]
    )
    assert found.classes.tolist() == ["나", "다", "가", "라"]
    assert found.marks.sum(axis=0).tolist() == [1, 0, 1, 0]
    with pytest.raises(DataError, match="mix strings and integers"):
        with_labels(read_sets([["나"], []], 2), [3])


def test_an_array_of_words_is_lists_of_one_length() -> None:
    assert learned_sets(np.array([["가", "나"], ["나", "다"]]), 2).classes.tolist() == [
        *("가", "나", "다")
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["가", "나"], "text number 1 are no list: '가'"),
        ([["가"], 3], "text number 2 are no list: 3"),
        ([["가"], [3.5]], "text number 2 has a label"),
        ([["가"], [3]], "mix strings and integers"),
        ([["가"], ["가"]], "only 1 label"),
        ([[], []], "only 0 label"),
        ([["가", "나"]], "2 texts but 1 lists"),
        ("가나", "2 texts but 0 lists"),
        (np.array([[0, 2], [1, 0]]), "zeros and ones"),
        (np.zeros((3, 2)), "zeros and ones"),
        (pd.DataFrame([[0, 1], [1, 0]], columns=["가", "가 "]), "repeated"),
    ],
)
def test_what_is_refused(given: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        learned_sets(given, 2)


def test_labels_that_a_model_does_not_know_are_counted() -> None:
    truth = known_sets([["나", "라"], ["라"], ["가", "다"]], 3, np.array(["가", "나"]))
    assert truth.marks.tolist() == [[False, True], [False, False], [True, False]]
    assert truth.others == [["라"], ["라"], ["다"]]
    assert truth.unknown == {"라": 2, "다": 1}


def test_columns_are_those_of_the_model() -> None:
    classes = np.array(["가", "나"])
    assert known_sets(MARKS, 3, classes).marks.tolist() == MARKS.tolist()
    frame = pd.DataFrame({"다": [0, 0, 1], "나": [1, 0, 0], "가": [1, 0, 1]})
    truth = known_sets(frame, 3, classes)
    assert truth.marks.tolist() == MARKS.tolist()
    assert truth.unknown == {"다": 1}
    with pytest.raises(DataError, match="3 columns of labels, but the model knows 2"):
        known_sets(np.zeros((3, 3)), 3, classes)


@pytest.mark.parametrize(
    ("labels", "mark"),
    [
        (["a", "b,c"], "|"),
        (["a|b", "c"], ";"),
        (["a|b;", "c"], ","),
        (["|;,"], "||"),
        ([1, 2], "|"),
    ],
)
def test_the_joint_is_in_no_label(labels: list[object], mark: str) -> None:
    assert joint(labels) == mark
