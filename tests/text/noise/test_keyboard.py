"""The two-set keyboard: every syllable can be typed, slips are neighbours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.text.noise.keyboard import ROWS, SHIFTED, keystrokes, slips, write

KEYS = "".join(ROWS) + "".join(SHIFTED.values())
QWERTY = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
SYLLABLES = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3))


@pytest.mark.parametrize(
    ("syllable", "keys"),
    [
        ("가", "ㄱㅏ"),
        ("밌", "ㅁㅣㅆ"),
        ("괜", "ㄱㅗㅐㄴ"),
        ("읊", "ㅇㅡㄹㅍ"),
        ("뷁", "ㅂㅜㅔㄹㄱ"),
    ],
)
def test_keystrokes(syllable: str, keys: str) -> None:
    assert keystrokes(syllable) == keys


def test_every_syllable_is_written_again() -> None:
    for code in range(0xAC00, 0xD7A4):
        assert write(keystrokes(chr(code))) == chr(code)


@given(SYLLABLES)
def test_syllables_in_a_row_keep_apart(text: str) -> None:
    assert write("".join(map(keystrokes, text))) == text


@pytest.mark.parametrize(
    ("keys", "written"),
    [
        ("ㄱㅏㄱㅅㅏ", "각사"),  # a vowel takes the last consonant with it
        ("ㄱㅏㄱㅅㅇㅏ", "갃아"),
        ("ㄱㅏㄲㅏ", "가까"),
        ("ㄱㅏㄸ", "가ㄸ"),  # no final
        ("ㅎㅏㄴㅛㅣ", "하뇨ㅣ"),
        ("ㄱㅗㅓ", "고ㅓ"),
        ("ㅗㅏㄱ", "ㅘㄱ"),
        ("ㅋㅋㅋ", "ㅋㅋㅋ"),
        ("", ""),
    ],
)
def test_the_input_method(keys: str, written: str) -> None:
    assert write(keys) == written


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("ㅎ", "ㄹㅗㅅㅛㅍㅠ"),  # g: f h t y v b
        ("ㅂ", "ㅈㅁㅃ"),  # q: w a, and Q
        ("ㅃ", "ㅉㅁㅂ"),  # Q: W A, and q
        ("ㅡ", "ㅜㅓㅏ"),  # m: n j k
        ("ㅔ", "ㅐㅣㅖ"),  # p: o l, and P
    ],
)
def test_slips(key: str, near: str) -> None:
    assert set(slips(key)) == set(near)


def test_a_neighbour_is_one_of_both() -> None:
    for key in "".join(ROWS):
        for near in slips(key):
            if near in "".join(ROWS):
                assert key in slips(near)
    assert tuple(map(len, ROWS)) == tuple(map(len, QWERTY))


def test_no_key_is_its_own_slip() -> None:
    for key in KEYS:
        assert slips(key)
        assert key not in slips(key)
        assert len(set(slips(key))) == len(slips(key))
