from __future__ import annotations

import unicodedata
from enum import Enum, StrEnum

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.errors import DataError
from kosent.support.classes import check_labels
from kosent.support.labels import MISSING, label_of, spelling


class S(str, Enum):  # noqa: UP042 - what people have
    GOOD = "긍정 "


class T(StrEnum):
    BAD = "부정"


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("긍정\u200b", "긍정"),
        ("\ufeff긍정", "긍정"),
        (" 긍정\t", "긍정"),
        ("긍\u200d정", "긍정"),
        (unicodedata.normalize("NFD", "긍정"), "긍정"),
        ("'긍정", "긍정"),
        ("'긍정'", "'긍정'"),
        ("'", "'"),
        ("매우  좋음", "매우 좋음"),
        ("매우\u3000좋음", "매우 좋음"),
        ("１", "1"),
        ("Ａ／Ｂ", "A/B"),
        ("1.0", "1"),
        ("-2.00", "-2"),
        ("1.50", "1.50"),
        ("2.0.0", "2.0.0"),
        ("01", "01"),
        ("TRUE", "True"),
        ("false", "False"),
        ("none", "none"),
        ("Na", "Na"),
        ("½㈜", "½㈜"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
    ],
)
def test_one_spelling_for_files_and_lists(label: str, expected: str) -> None:
    assert spelling(label) == label_of(label) == expected
    assert check_labels([label, "다른"], 2) == [expected, "다른"]
    assert check_labels(pd.Series([label], index=[7]), 1) == [expected]


@pytest.mark.parametrize("label", [*sorted(MISSING), " ", "\u200b", "\ufeff ", " NaN ", "'NA"])
def test_nothing_is_no_label(label: str) -> None:
    assert label_of(label) == ""
    with pytest.raises(DataError, match="text number 2 has no label: "):
        check_labels(["a", label], 2)


def test_missing_is_what_pandas_takes_for_missing() -> None:
    from io import StringIO

    for word in MISSING - {"", "NaT"}:
        assert pd.read_csv(StringIO(f"a,b\n{word},1\n"))["a"].isna().all(), word


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (S.GOOD, "긍정"), (T.BAD, "부정"), (1, "1"), (1.0, "1"), (-0.0, "0"), (4.5, "4.5"),
        (True, "True"), (None, ""), (float("nan"), ""), ([], None), ({}, None), (b"a", None),
        ("\ud800", None),
    ],
)  # fmt: skip
def test_values_of_other_types(value: object, expected: str | None) -> None:
    assert label_of(value) == expected


def test_members_of_an_enumeration_count_by_their_value() -> None:
    assert check_labels([S.GOOD, T.BAD], 2) == ["긍정", "부정"]


@given(st.text())
def test_a_spelling_stays_as_it_is(label: str) -> None:
    once = spelling(label)
    assert once == once.strip()
    assert not any(mark in once for mark in "\u200b\ufeff")
    if not once.startswith("'"):  # of several apostrophes each time one goes
        assert spelling(once) == once
