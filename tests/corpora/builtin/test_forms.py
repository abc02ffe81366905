from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kosent.corpora.base import Corpus, Dropped
from kosent.corpora.builtin import steam
from kosent.corpora.builtin.forms import (
    TEST_SHARE,
    Form,
    Objects,
    Table,
    divided,
    gathered,
    in_test,
    only,
    word,
)
from kosent.errors import DataError

WORDS = {"0": "싫음", "1": "좋음"}
PLAIN = Table(("text", "label"), "text", word(1, WORDS))
BARE = Table(("text", "label"), "text", word(1, WORDS), header=False)
QUOTED = Table(("text", "label"), "text", word(1, WORDS), separator=",", quoted=True)
LIST = Objects("text", "label", WORDS)
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=200)


@pytest.mark.parametrize(
    ("form", "line", "text"),
    [
        (PLAIN, '"좋다\t1', '"좋다'),
        (PLAIN, ' "좋다" \t1', ' "좋다" '),
        (PLAIN, "두\u2028줄\x85\t1", "두\u2028줄\x85"),
        (QUOTED, '"좋다, ""정말""",1', '좋다, "정말"'),
        (QUOTED, '좋다"아주,1', '좋다"아주'),
        (QUOTED, ' 좋다 ,"1"', " 좋다 "),
        (QUOTED, '"""좋다""",1', '"좋다"'),
    ],
)
def test_texts_arrive_as_the_format_has_them(form: Table, line: str, text: str) -> None:
    content = f"{form.separator.join(form.columns)}\n{line}\n"
    assert gathered(form.rows(content, "f"), "f").texts == [text]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "blank line"),
        ("좋다", "wrong column count"),
        ("좋다,1,1", "wrong column count"),
        (",1", "empty text"),
        ('"  ",1', "empty text"),
        (" ,9", "empty text"),
        ("좋다,9", "unknown label"),
        ("좋다,", "unknown label"),
        ("좋다, 1", "unknown label"),
        ('"좋다,1', "broken row"),
        ('"좋다"다,1', "broken row"),
        ("좋\r다,1", "broken row"),
        (f"{'가' * 200_000},1", "broken row"),  # over the limit of the csv module
    ],
)
def test_a_fault_costs_its_own_row_and_no_other(line: str, reason: str) -> None:
    split = gathered(QUOTED.rows(f"text,label\n앞,0\n{line}\n뒤,1", "f"), "f")
    assert split.audit.dropped == (Dropped(3, reason, "f"),)
    assert (split.texts, split.labels) == (["앞", "뒤"], ["싫음", "좋음"])


@pytest.mark.parametrize(
    ("each", "reason"),
    [
        ([], "broken row"),
        ({"text": "좋다"}, "broken row"),
        ({"label": "1"}, "broken row"),
        ({"text": None, "label": "1"}, "text is not a string"),
        ({"text": "좋다", "label": 1}, "unknown label"),
        ({"text": "좋다", "label": ["1"]}, "unknown label"),
        ({"text": "좋다", "label": "2"}, "unknown label"),
        ({"text": " ", "label": "1"}, "empty text"),
    ],
)
def test_a_fault_costs_its_own_object(each: object, reason: str) -> None:
    good = {"text": "좋다", "label": "1"}
    split = gathered(LIST.rows(json.dumps([good, each, good]), "f"), "f")
    assert split.audit.dropped == (Dropped(2, reason, "f"),)
    assert (split.texts, split.labels) == (["좋다"] * 2, ["좋음"] * 2)


@pytest.mark.parametrize("text", ["", "{", '{"text": "좋다"}', "[" * 100_000, "1"])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="'f' is no JSON list"):
        list(LIST.rows(text, "f"))


@pytest.mark.parametrize("text", ["", "\n", "좋다,1\n", "label,text\n", "text\tlabel\n"])
def test_another_header_is_refused(text: str) -> None:
    with pytest.raises(DataError, match=r"Expected: 'text,label'\. Received: '"):
        list(QUOTED.rows(text, "f"))


@pytest.mark.parametrize("form", [PLAIN, BARE, QUOTED, LIST])
def test_a_file_without_a_usable_row_is_refused(form: Form) -> None:
    text = "[1]" if form is LIST else "text,label\n1" if form is QUOTED else "text\tlabel\n1"
    with pytest.raises(DataError, match=r"no usable row in 'f' \(rows read: [12]\)"):
        gathered(form.rows(text, "f"), "f")


@given(ANY_TEXT)
@pytest.mark.parametrize("form", [PLAIN, BARE, QUOTED])
def test_read_is_kept_and_dropped_for_any_text(form: Table, text: str) -> None:
    first = form.separator.join(("좋다", "1"))
    head = f"{form.separator.join(form.columns)}\n" if form.header else ""
    split = gathered(form.rows(f"{head}{first}\n{text}", "f"), "f")
    lines = f"{first}\n{text}".removesuffix("\n").count("\n") + 1
    assert split.audit.read == lines == len(split) + len(split.audit.dropped)
    assert split.texts[0] == "좋다"


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (["가"], ("가", "")),
        (["가", "나"], ("", "several labels")),
        ([], ("", "no label")),
    ],
)
def test_only_a_single_label_is_a_label(labels: list[str], told: tuple[str, str]) -> None:
    assert only(labels) == told


@given(st.text(max_size=60))
@example("가각간 \ud83d ㅋㅋ")
def test_copies_of_a_text_stay_on_one_side(text: str) -> None:
    spaced = f"\u3000 {text}\t\n"
    assert in_test(text) == in_test(spaced) == in_test(unicodedata.normalize("NFD", text))


def test_the_share_of_the_test_split_and_its_members_are_fixed() -> None:
    inside = [number for number in range(10_000) if in_test(f"글 {number}")]
    assert abs(len(inside) / 10_000 - TEST_SHARE) < 0.01
    assert inside[:10] == [3, 7, 23, 25, 26, 32, 33, 39, 40, 59]


def read_steam(folder: Path, lines: list[str]) -> Corpus:
    path = folder / steam.SPEC.files[0].path
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines), "utf-8")
    return divided(steam.FORM)(steam.SPEC, folder)


def test_neither_order_nor_other_rows_move_a_text(tmp_path: Path) -> None:
    lines = [f"{number % 2}\t글 {number}" for number in range(200)]
    corpus = read_steam(tmp_path, lines)
    turned = read_steam(tmp_path, ["1\t처음 보는 글", "0\t", "?", *reversed(lines)])
    assert corpus.test is not None
    assert turned.test is not None
    assert {*corpus.test.texts} == {*turned.test.texts} - {"처음 보는 글"}
    assert {*corpus.train.texts} == {*turned.train.texts} - {"처음 보는 글"}
    assert turned.train.audit.read + turned.test.audit.read == 203
