"""Normalisation rules: each alone, switched by name, linear."""

from __future__ import annotations

import html
import pickle
import re
import unicodedata
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.errors import UsageError
from kosent.text import Cleaner, Rules, TextEncoder, clean
from kosent.text.cleaning import PRESETS
from kosent.text.cleaning.punctuation import MARKS
from kosent.text.cleaning.rules import NAMES, SWITCHES
from kosent.text.unicode import repair

PARTS = [
    *"a1.,:@/&;#x가ㅋᄀ\u1161 \n<>br！Ａﾡ\u3000\u0301\u037e\u200b\0\ud800😂\ufe0f",
    *("&amp;", "&lt;", "&#38;", "http://", "www.", "quot;", "a@b.kr"),
]
FREE = st.text(st.characters()) | st.lists(st.sampled_from(PARTS)).map("".join)
SWITCHED = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.booleans() for name in SWITCHES},
        "repeats": st.integers(0, 5),
        "marks": st.sampled_from(sorted(MARKS)),
    },
)


@pytest.mark.parametrize(
    ("options", "raw", "cleaned"),
    [
        ({"invisible": False}, "좋\u200b다\x07", "좋\u200b다\x07"),
        ({"invisible": False}, "\ud800", "\ufffd"),  # nothing else could be written to a file
        ({"nfc": False}, "\u1100\u1161", "\u1100\u1161"),
        ({"nfc": False, "invisible": False}, "\u1100\u1161\0", "\u1100\u1161\0"),
        ({"entities": True}, "&lt;3 &amp;quot;명작&amp;quot; &#44032;&#x3131;", '<3 "명작" 가ㄱ'),
        ({"entities": True}, "a&copy=1 &nope; &amp;nope; AT&T &#99999999;", None),
        ({"entities": True}, "&#1114112;&#xD800;&#0;&#8203;.", "\ufffd\ufffd ."),
        ({"entities": True}, "&#4352;&#4449;", "가"),  # composed, although nfc ran before
        ({"width": True}, "ＯＫ！\u3000１０ ﾡﾡ ￦ ｶﾞ", "OK! 10 ㄱㄱ ₩ ガ"),
        ({"width": True}, "ㅋㅋ 한글 、。", "ㅋㅋ 한글 、。"),
        ({"breaks": True}, "가<br />나<BR>다< / br >", "가 나 다 "),
        ({"urls": True}, "여기 https://a.kr/b?c=1&d=2. 끝", "여기 xurl. 끝"),
        ({"urls": True}, "(www.Naver.com)에서http://x.y/가", "(xurl)에서 xurl 가"),
        ({"urls": True}, "awww.!! httpx 와우www.", "awww.!! httpx 와우www."),
        ({"emails": True}, "me.too+x@mail.naver.com으로, @me a@b", "xemail 으로, @me a@b"),
        ({"numbers": True}, "별3.5개 1,000원 12:30 mp3 v1.5 007.", None),
        ({"lower": True}, "OST H\u0331", "ost ẖ"),
        ({"repeats": 2}, "ㅋㅋㅋㅋㅋ 졸려어어어 10000 !!!", "ㅋㅋ 졸려어어 10000 !!"),
        ({"repeats": 1}, "ㅋㅋ 좋아ㅠㅠ❤️❤️", "ㅋ 좋아ㅠ❤️"),
        ({"marks": "korean"}, "좋다!! 3.5점", "좋다 !! 3.5점"),
        ({"marks": "english"}, "don't  go.", "do n't go ."),
        ({"marks": "source"}, "IT'S ㅋㅋ", "its"),
    ],
)  # fmt: skip
def test_a_rule_alone(options: dict[str, Any], raw: str, cleaned: str | None) -> None:
    expected = {
        "a&copy=1 &nope; &amp;nope; AT&T &#99999999;": "a&copy=1 &nope; &nope; AT&T &#99999999;",
        "별3.5개 1,000원 12:30 mp3 v1.5 007.": "별xnumber개 xnumber원 xnumber mp3 v1.5 xnumber.",
    }
    assert clean(raw, "none", **options) == (expected[raw] if cleaned is None else cleaned)


def test_placeholders_are_words_in_every_preset() -> None:
    raw = "http://a.kr 로 me@b.kr 에 5"
    for preset in PRESETS:
        cleaned = clean(raw, preset, urls=True, emails=True, numbers=True, repeats=1)
        assert cleaned == "xurl 로 xemail 에 xnumber"


def test_presets_are_made_of_rules() -> None:
    assert PRESETS["none"] == Rules()
    assert asdict(PRESETS["korean"]) == asdict(Rules()) | {
        "lower": True,
        "repeats": 3,
        "marks": "korean",
    }
    assert clean("OKAY!!", "korean", lower=False) == "OKAY !!"
    assert clean("ㅋㅋㅋㅋㅋ", repeats=0) == "ㅋㅋㅋㅋㅋ"


@given(text=FREE)
def test_the_rules_of_every_text_are_repair(text: str) -> None:
    assert clean(text, "none") == repair(text)


@given(text=FREE, options=SWITCHED)
def test_steps_are_what_the_cleaner_does(text: str, options: dict[str, Any]) -> None:
    cleaner = Cleaner("korean", options)
    by_steps = text
    for _, step in cleaner.rules.steps():
        by_steps = step(by_steps)
    assert cleaner(text) == by_steps
    by_steps.encode("utf-8")
    names = [name for name, _ in cleaner.rules.steps()]
    assert len(set(names)) == len(names)
    assert set(names) <= {*NAMES, "surrogates"}


@given(text=FREE, options=SWITCHED)
def test_composed_and_decomposed_text_come_out_equal(text: str, options: dict[str, Any]) -> None:
    text = re.sub("[\ud800-\udfff]", "", text)
    cleaner = Cleaner("none", options | {"nfc": True})
    results = {cleaner(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert len(results) == 1
    assert unicodedata.is_normalized("NFC", results.pop())


@given(text=FREE, options=SWITCHED, preset=st.sampled_from(sorted(PRESETS)))
def test_cleaning_twice_changes_nothing(text: str, options: dict[str, Any], preset: str) -> None:
    """But for entities: what is written as ``&#38;lt;`` asks for two rounds."""
    cleaner = Cleaner(preset, {"nfc": True, **options, "entities": False})
    once = cleaner(text)
    assert cleaner(once) == once


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20))
def test_entities_undo_escaping(text: str) -> None:
    text = repair(text)
    escaped = html.escape(text)
    assert clean(escaped, "none", entities=True) == clean(text, "none", entities=True)
    if "&" not in text:
        assert clean(html.escape(escaped), "none", entities=True) == text


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("entities", "&amp;"),
        ("entities", "&amp"),
        ("entities", "amp;"),
        ("entities", "&#"),
        ("width", "Ａ가"),
        ("breaks", "<br"),
        ("urls", "http://"),
        ("urls", "www.!"),
        ("urls", "!(://"),
        ("emails", "a"),
        ("emails", "a@"),
        ("emails", "a."),
        ("emails", "a@a."),
        ("numbers", "1"),
        ("numbers", "1."),
        ("numbers", "1.a"),
        ("lower", "H\u0331"),
        ("repeats", "ab"),
        ("repeats", "❤\ufe0f"),
    ],
)
def test_time_grows_with_length(
    name: str, unit: str, growth: Callable[[Callable[[str], object], str, int], float]
) -> None:
    value = 3 if name == "repeats" else True
    text_end = "a" if unit == "1." else ""
    assert growth(lambda text: Cleaner("none", {name: value})(text + text_end), unit, 20_000) < 24


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"repeat": 2}, "Did you mean 'repeats'"),
        ({3: True}, "cleaning rule"),
        ({"repeats": -1}, "repeats must be"),
        ({"repeats": True}, "repeats must be"),
        ({"repeats": 10**9}, "repeats must be"),
        ({"urls": "yes"}, "urls must be True or False"),
        ({"marks": "koraen"}, "Did you mean 'korean'"),
        ({"marks": ["korean"]}, "treatment of marks"),
    ],
)
def test_impossible_options(options: dict[Any, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Cleaner("korean", options)
    with pytest.raises(UsageError, match=message):
        TextEncoder(cleaning_options=options)


def test_a_cleaner_is_a_value() -> None:
    cleaner = Cleaner("korean", {"repeats": 2})
    again = pickle.loads(pickle.dumps(cleaner))  # noqa: S301
    assert again == cleaner != Cleaner("korean")
    assert hash(again) == hash(cleaner)
    assert again("ㅋㅋㅋ") == cleaner("ㅋㅋㅋ") == "ㅋㅋ"
    assert (again.preset, again.options) == ("korean", {"repeats": 2})


def test_options_travel_with_the_encoder() -> None:
    texts = ["ㅋㅋㅋㅋㅋ 좋다", "http://a.kr 봐"]
    encoder = TextEncoder("whitespace", cleaning_options={"repeats": 2, "urls": True}).fit(texts)
    assert set(encoder.vocabulary.entries[2:]) == {"ㅋㅋ", "좋다", "xurl", "봐"}
    files = encoder.files()
    again = TextEncoder.from_files(files)
    assert again.cleaner == encoder.cleaner
    assert again.files() == files
    assert again(texts).tolist() == encoder(texts).tolist()


def test_keras_marks_are_those_of_its_tokenizer() -> None:
    text = 'I don\'t like it.<br /><br />Really: "bad_ly" done!'
    found = clean(text, "none", lower=True, marks="keras")
    assert found == "i don't like it br br really bad ly done"
