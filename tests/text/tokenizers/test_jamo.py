"""Jamo: the letters of Hangul, and back."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.errors import UsageError
from kosent.text.cleaning import clean
from kosent.text.tokenizers import Jamo
from kosent.text.tokenizers.jamo import compose, decompose

LETTERS = st.text(
    st.sampled_from("가각힣깻ㅋㅠㄱㅏᄀ\u1113\u1161\u1175\u1176\u11a8\u11c2\u11c3\u0301e é 😂")
)
ANY = (st.text(st.characters(exclude_categories=["Cs"])) | LETTERS).map(
    lambda text: unicodedata.normalize("NFC", text)
)


def test_by_hand() -> None:
    assert decompose("각") == "\u1100\u1161\u11a8"
    assert decompose("가a") == "\u1100\u1161a"
    assert Jamo()(["ㅋㅋ 쿠"]) == [["ㅋ", "ㅋ", " ", "\u110f", "\u116e"]]
    assert Jamo(spaces=False)(["ㅋ 쿠"]) == [["ㅋ", "\u110f", "\u116e"]]


def test_typed_letters_are_not_those_of_syllables() -> None:
    (typed,), (written,) = Jamo()(["ㅋㅜ"]), Jamo()(["쿠"])
    assert len(typed) == len(written) == 2
    assert not set(typed) & set(written)


@given(ANY)
def test_composing_restores_exactly(text: str) -> None:
    letters = decompose(text)
    assert compose(letters) == text
    assert not any("가" <= letter <= "힣" for letter in letters)


@given(ANY)
def test_a_cleaned_text_is_restored_exactly(text: str) -> None:
    cleaned = clean(text)
    jamo = Jamo()
    assert jamo.decode(jamo([cleaned])[0]) == cleaned


def test_every_syllable() -> None:
    syllables = "".join(map(chr, range(0xAC00, 0xD7A4)))
    assert decompose(syllables) == unicodedata.normalize("NFD", syllables)
    assert compose(decompose(syllables)) == syllables


def test_accents_stay_whole() -> None:
    assert Jamo()(["café"]) == [["c", "a", "f", "é"]]


def test_impossible_settings() -> None:
    with pytest.raises(UsageError, match="spaces"):
        Jamo(spaces="yes")  # type: ignore[arg-type]
