from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.inspection.encodings import odd_encodings

GOOD = "정말 최고의 영화"
NFD = unicodedata.normalize("NFD", GOOD)


def as_latin(text: str, written: str) -> str:
    return text.encode(written).decode("latin-1")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (as_latin(GOOD, "utf-8"), ["mojibake"]),
        (as_latin(GOOD, "cp949"), ["mojibake"]),
        ("최고".encode().decode("cp949"), ["mojibake"]),  # 理쒓퀬
        ("모노로라충전".encode().decode("cp949"), ["mojibake"]),
        ("이 영화 진짜 별로다 돈 아깝다".encode().decode("cp949", "ignore"), ["mojibake"]),
        ("don’t".encode().decode("cp1252"), ["mojibake"]),  # donâ€™t
        ("점 · 하나".replace("·", as_latin("·", "utf-8")), ["mojibake", "mixed encodings"]),
        ("영화 占쏙옙占쏙옙", ["mojibake", "mixed encodings"]),
        ("占쏙옙占쏙옙", ["mojibake"]),
        (f"좋아요 {NFD}", ["mixed encodings", "decomposed"]),
        (NFD, ["decomposed"]),
        (unicodedata.normalize("NFD", "café"), ["decomposed"]),
        ("영\ufffd 최고", ["replacement character"]),
        ("\ud83d 최고", ["lone surrogate"]),
        (f"\ud800\ufffd{NFD}", ["replacement character", "decomposed", "lone surrogate"]),
    ],
)
def test_oddities(text: str, kinds: list[str]) -> None:
    assert odd_encodings(text) == kinds


@pytest.mark.parametrize(
    "text",
    [
        *("", "plain ASCII ???", GOOD, "ㅋㅋㅋ ㅠㅠ ㅡㅡ", "👨\u200d👩\u200d👧 ❤️", "½ × 10° ±3"),
        *("café où êtes-vous", "À Ã É", "Straße größer Ärger", "señor ¿qué?", "привет", "ÀÉ"),
        *(
            "大韓民國 영화 金樂",
            "樂園가는 길 絶對로",
            "日本語のテキスト",
            "樂각樂갓",
        ),
        *("한글과 «naïve» 낱말", "…—‘’“”", "金", "漢字", "理想"),
    ],
)
def test_sound_texts(text: str) -> None:
    assert odd_encodings(text) == []


@given(st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=2))
def test_hangul_is_sound_and_its_mojibake_is_not(text: str) -> None:
    assert odd_encodings(text) == []
    assert odd_encodings(as_latin(text, "utf-8")) == ["mojibake"]
    assert odd_encodings(f"{text} {as_latin(text, 'utf-8')}") == ["mojibake", "mixed encodings"]


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    odd_encodings(text)


def test_a_long_text() -> None:
    text = "가" + "\u0301" * 200_000 + " " + as_latin("나", "utf-8") * 100_000
    assert odd_encodings(text) == ["mojibake", "mixed encodings"]
