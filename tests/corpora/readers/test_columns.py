from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.corpora.readers.columns import LABEL_NAMES, TEXT_NAMES, Columns, are_data, fold
from kosent.errors import DataError, UsageError

TEXTS = [name for rank in TEXT_NAMES for name in rank]
LABELS = [name for rank in LABEL_NAMES for name in rank]


def choose(
    columns: list[str], text: str | None = None, label: str | None = None
) -> tuple[int, int | None, dict[str, list[str]]]:
    return tuple(Columns(columns, "f").choose(text, label, labelled=True))


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("label", ["label", "라벨"])
def test_common_names_are_recognised(text: str, label: str) -> None:
    assert choose(["id", label, text]) == (2, 1, {})


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("change", [str, str.upper, str.title, "  {} ".format])
def test_case_and_blanks_do_not_matter(label: str, change: object) -> None:
    assert callable(change)
    assert choose([change("Text"), change(label)])[:2] == (0, 1)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("wanted", [None, unicodedata.normalize("NFD", "감성")])
def test_decomposed_names_are_the_same_names(form: str, wanted: str | None) -> None:
    columns = [unicodedata.normalize(form, name) for name in ("문장", "감성")]
    assert choose(columns, None, wanted) == (0, 1, {})


def test_named_columns_win() -> None:
    columns = ["text", "본문2", "label", "별점"]
    assert choose(columns, "본문2", "별점") == (1, 3, {})
    assert choose(columns, " LABEL", "Text")[:2] == (2, 0)


def test_a_surer_name_wins_and_the_others_are_told() -> None:
    columns = ["comment", "text", "class", "별점", "label"]
    others = {"text": ["comment"], "label": ["class", "별점"]}
    assert choose(columns) == (1, 4, others)
    assert choose(["id", "title", "content", "rating", "감성"]) == (
        2, 4, {"text": ["title"], "label": ["rating"]},
    )  # fmt: skip
    both = ["Label_origin", "Text_origin", "Label", "Text"]  # KoBEST
    assert choose(both)[:2] == (3, 2)


@pytest.mark.parametrize(
    ("columns", "role", "listed"),
    [
        (["comment", "sentence", "label"], "text", "'comment', 'sentence'"),
        (["내용", "제목", "본문", "label"], "text", "'내용', '본문'"),
        (["text", "class", "sentiment"], "label", "'class', 'sentiment'"),
        (["text", "별점", "평점"], "label", "'별점', '평점'"),
        (["text", "Text ", "label"], "text", "'text', 'Text'"),
    ],
)
def test_two_names_that_are_as_good_are_listed(columns: list[str], role: str, listed: str) -> None:
    with pytest.raises(DataError) as caught:
        choose(columns)
    assert listed in caught.value.english
    wanted = {role: columns[-2]}
    if len({fold(name) for name in columns}) == len(columns):
        assert choose(columns, **wanted)


def test_no_recognisable_column_lists_what_arrived() -> None:
    with pytest.raises(
        DataError, match=r"no text column .*Columns: 'a', 'b', 'label'\. .*--text-column"
    ):
        choose(["a", "b", "label"])
    with pytest.raises(
        DataError, match=r"no label column .*Columns: 'text', 'a', 'b'\. .*--label-column"
    ):
        choose(["text", "a", "b"])
    with pytest.raises(DataError, match=r"Columns: -\."):
        choose([])


def test_long_headers_are_shortened() -> None:
    with pytest.raises(DataError) as caught:
        choose(["가" * 1_000_000] + ["나"] * 1000)
    assert len(str(caught.value)) < 1000
    assert "… (1001)" in str(caught.value)


def test_a_wrong_name_suggests_the_right_one() -> None:
    with pytest.raises(UsageError, match=r"'texd'.*Did you mean 'text'"):
        choose(["text", "label"], "texd", None)


def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(DataError, match="2 columns named 'label'"):
        choose(["text", "label", "Label"])
    with pytest.raises(DataError, match="2 columns named 'text'"):
        choose(["text", "text", "label"], "text")
    assert choose(["text", "label", "Label"], None, "Label")[:2] == (0, 2)


def test_text_and_label_are_two_columns() -> None:
    with pytest.raises(UsageError, match="cannot be the same column"):
        choose(["text", "label"], "label", "label")


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (["리뷰", "만족도"], (0, 1)),
        (["만족도", "리뷰"], (1, 0)),
        (["라벨", "남긴 말"], (1, 0)),
        (["문장", "평가"], (0, 1)),
        (["평가", "긍부정"], (0, 1)),
        (["utterance", "intent"], (0, 1)),
    ],
)
def test_of_two_columns_one_is_known_by_the_other(
    columns: list[str], found: tuple[int, int]
) -> None:
    assert choose(columns)[:2] == found
    assert Columns(columns, "f").choose(None, None, labelled=False)[0] == found[0]
    named = Columns(["가", "나"], "f")
    assert named.choose("나", None, labelled=True)[:2] == (1, 0)
    assert named.choose(None, "나", labelled=True)[:2] == (0, 1)
    with pytest.raises(DataError, match="no text column"):
        named.choose(None, None, labelled=True)


@pytest.mark.parametrize(
    "key", ["id", "review_id", "번호", "Unnamed: 0", "", "작성일", "URL", "amount", "조회수"]
)
def test_what_only_tells_rows_apart_is_neither_label_nor_text(key: str) -> None:
    with pytest.raises(DataError, match="no text column"):
        Columns([key, "label"], "f").choose(None, None, labelled=False)
    for columns in ([key, "문장"], ["문장", key]):
        with pytest.raises(DataError, match="no label column"):
            choose(columns)
        assert not Columns(columns, "f").has_label(None)
        assert choose(columns, None, key)[1] == columns.index(key)


@given(st.lists(st.text()))
def test_any_header_is_resolved_or_refused(columns: list[str]) -> None:
    try:
        text, label, _ = choose(columns)
    except DataError:
        return
    assert label is not None
    known = [fold(columns[text]) in TEXTS, fold(columns[label]) in LABELS]
    assert all(known) or (any(known) and len(columns) == 2)


class TestWithoutNames:
    ROWS = (
        ["1", "좋다 정말", "긍정"],
        ["2", "싫다", "부정"],
        ["3", "음", "긍정"],
        ["4", "글", "부정"],
    )

    def test_columns_are_found_by_what_stands_in_them(self) -> None:
        names = Columns(["1", "2", "3"], "f", self.ROWS)
        assert names.choose(None, None, labelled=True)[:2] == (1, 2)
        assert names.choose("3", "2", labelled=True)[:2] == (2, 1)
        assert names.has_label(None)

    def test_a_guess_is_left_to_the_user_with_what_stands_there(self) -> None:
        rows = [[*row, row[1]] for row in self.ROWS]
        names = Columns(["1", "2", "3", "4"], "f", rows)
        with pytest.raises(DataError, match=r"no text column .*'2' \('좋다 정말'\).*--text-column"):
            names.choose(None, None, labelled=True)
        assert names.choose("4", None, labelled=True)[:2] == (3, 2)

    @pytest.mark.parametrize(
        ("rows", "expected"),
        [
            ([["좋다", "1"], ["싫다", "0"]], True),
            ([["1", "좋다"], ["0", "싫다"]], True),
            ([["좋다", "긍정"], ["싫다", "부정"], ["음", "긍정"]], True),
            ([["말", "뜻"], ["좋다", "1"], ["싫다", "0"]], False),
            ([["말", "뜻"], ["좋다", "긍정"], ["싫다", "부정"]], False),
            ([["text", "1"], ["좋다", "1"]], False),
            ([["0", "1"], ["좋다", "1"]], False),
            ([["좋다", "1"]], False),
        ],
    )
    def test_whether_the_first_row_is_data(self, rows: list[list[str]], expected: bool) -> None:
        assert are_data(rows) == expected
