"""Where Korean without spaces is cut."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.explanation.unspaced import cut


def pieces(word: str, *, alone: bool = False) -> list[str]:
    return [word[start:end] for start, end in cut(word, alone=alone)]


@pytest.mark.parametrize(
    ("word", "alone", "expected"),
    [
        ("재미있었습니다만", False, ["재미있었습니다만"]),
        ("재미있었습니다만", True, ["재미", "있었습", "니다만"]),
        ("좋아요ㅠㅠ!!", True, ["좋아요ㅠㅠ!!"]),
        ("정말재미있게봤습니다추천!ㅋㅋ", False, ["정말재", "미있게", "봤습니", "다추천!", "ㅋㅋ"]),
        ("https://example.org/a/very/long/address", True, None),
        ("disappointing,", True, None),
        ("넷플릭스netflix에서2번봤는데최고", False, None),
    ],
)
def test_pieces(word: str, alone: bool, expected: list[str] | None) -> None:
    found = pieces(word, alone=alone)
    if expected is None:
        expected = (
            [word] if word.isascii() else ["넷플릭스", "netflix", "에서", "2", "번봤는", "데최고"]
        )
    assert found == expected
    assert "".join(found) == word


def test_what_is_one_character_on_the_screen_stays_whole() -> None:
    word = "정말재미있게봤습니다추천" + "👨‍👩‍👧" + "👍🏽" + "🇰🇷" + "❤️" + "\ud83d\ude00"
    found = pieces(word)
    assert "".join(found) == word
    for piece in found:
        assert not piece.startswith(("\u200d", "\ufe0f", "\U0001f3fd", "\ude00"))


@given(st.text(alphabet="가나다라마바사아자차각힣 ㅋ!a1", min_size=1, max_size=40))
def test_a_decomposed_text_is_cut_at_the_same_places(text: str) -> None:
    word = text.replace(" ", "") or "가"
    for alone in (False, True):
        decomposed = pieces(unicodedata.normalize("NFD", word), alone=alone)
        assert [unicodedata.normalize("NFC", piece) for piece in decomposed] == pieces(
            word, alone=alone
        )
