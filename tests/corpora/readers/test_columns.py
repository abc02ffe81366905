from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.corpora.readers.columns import LABEL_NAMES, TEXT_NAMES, choose
from kosent.errors import DataError, UsageError


@pytest.mark.parametrize("text", TEXT_NAMES)
@pytest.mark.parametrize("label", ["label", "라벨"])
def test_common_names_are_recognised(text: str, label: str) -> None:
    assert choose(["id", label, text], None, None, "f") == (2, 1, ())


@pytest.mark.parametrize("label", LABEL_NAMES)
@pytest.mark.parametrize("change", [str, str.upper, str.title, "  {} ".format])
def test_case_and_blanks_do_not_matter(label: str, change: object) -> None:
    assert callable(change)
    assert choose([change("Text"), change(label)], None, None, "f")[:2] == (0, 1)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("wanted", [None, unicodedata.normalize("NFD", "감성")])
def test_decomposed_names_are_the_same_names(form: str, wanted: str | None) -> None:
    columns = [unicodedata.normalize(form, name) for name in ("문장", "감성")]
    assert choose(columns, None, wanted, "f") == (0, 1, ())


def test_named_columns_win() -> None:
    columns = ["text", "본문2", "label", "별점"]
    assert choose(columns, "본문2", "별점", "f") == (1, 3, ())
    assert choose(columns, " LABEL", "Text", "f")[:2] == (2, 0)


def test_the_order_of_names_decides_and_is_said() -> None:
    text, label, notices = choose(["comment", "sentence", "class", "label"], None, None, "f")
    assert (text, label) == (1, 3)
    assert "chose column 'sentence' (others: comment; change it with --text-column)" in notices[0]
    assert "chose column 'label' (others: class; change it with --label-column)" in notices[1]


def test_no_recognisable_column_lists_what_arrived() -> None:
    with pytest.raises(
        DataError, match=r"no text column .*Columns: 'a', 'label'\. .*--text-column"
    ):
        choose(["a", "label"], None, None, "f")
    with pytest.raises(
        DataError, match=r"no label column .*Columns: 'text', 'b'\. .*--label-column"
    ):
        choose(["text", "b"], None, None, "f")
    with pytest.raises(DataError, match=r"Columns: -\."):
        choose([], None, None, "f")


def test_long_headers_are_shortened() -> None:
    with pytest.raises(DataError) as caught:
        choose(["가" * 1_000_000] + ["나"] * 1000, None, None, "f")
    assert len(str(caught.value)) < 1000
    assert "… (1001)" in str(caught.value)


def test_a_wrong_name_suggests_the_right_one() -> None:
    with pytest.raises(UsageError, match=r"'texd'.*Did you mean 'text'"):
        choose(["text", "label"], "texd", None, "f")


def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(DataError, match="2 columns named 'label'"):
        choose(["text", "label", "Label"], None, None, "f")
    with pytest.raises(DataError, match="2 columns named 'text'"):
        choose(["text", "text", "label"], "text", None, "f")
    assert choose(["text", "label", "Label"], None, "Label", "f")[:2] == (0, 2)


def test_text_and_label_are_two_columns() -> None:
    with pytest.raises(UsageError, match="cannot be the same column"):
        choose(["text", "label"], "label", "label", "f")


@given(st.lists(st.text()))
def test_any_header_is_resolved_or_refused(columns: list[str]) -> None:
    try:
        text, label, _ = choose(columns, None, None, "f")
    except DataError:
        return
    assert columns[text].strip().casefold() in TEXT_NAMES
    assert columns[label].strip().casefold() in LABEL_NAMES
