"""What every text passes first: nothing breaks later, nothing visible is lost."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.text.unicode import repair, replace_surrogates, to_nfc

ANY = st.text(st.characters())  # lone surrogates and NUL included
TRICKY = st.text(
    st.sampled_from("a가각ㄱㅏᄀ\u1161\u11a8 \n\0\u200b\u200d\ufe0f❤😂👩\u0301\ud83d\ude02\u3164")
)


@given(ANY | TRICKY)
def test_result_is_nfc_encodable_and_without_controls(text: str) -> None:
    repaired = repair(text)
    assert unicodedata.is_normalized("NFC", repaired)
    repaired.encode("utf-8")
    assert not any(
        unicodedata.category(character) == "Cc" and character not in "\t\n\r"
        for character in repaired
    )


@given(ANY | TRICKY)
def test_repairing_twice_changes_nothing(text: str) -> None:
    assert repair(repair(text)) == repair(text)


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs"], exclude_characters="\u3164\uffa0"))
)
def test_visible_characters_are_only_composed(text: str) -> None:
    assert repair(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("raw", "repaired"),
    [
        (unicodedata.normalize("NFD", "각하 café"), "각하 café"),
        ("ㅋㅋㅠㅠ ﬁ １ ％", "ㅋㅋㅠㅠ ﬁ １ ％"),  # NFKC would change every one of them
        ("\ud83d", "\ufffd"),
        ("a\udc00\udc00b", "a\ufffd\ufffdb"),
        ("\ud83d\ude00", "😀"),
        ("재\0밌\x07다\x85", "재 밌 다 "),
        ("\ufeff재\u200b밌\u00ad다\u202e", "재밌다"),
        ("좋\u3164아", "좋 아"),
        ("재\u200d밌다", "재밌다"),
        ("a\ufe0f\u200d😂", "a\ufe0f😂"),
        ("줄\n바꿈\t탭", "줄\n바꿈\t탭"),
    ],
)
def test_examples(raw: str, repaired: str) -> None:
    assert repair(raw) == repaired


@pytest.mark.parametrize(
    "emoji", ["👨‍👩‍👧", "❤️‍🔥", "1️⃣", "👍🏽", "🏳️‍🌈", "🇰🇷", "🏴\U000e0067\U000e007f"]
)
def test_emoji_keep_their_invisible_parts(emoji: str) -> None:
    assert repair(f"최고{emoji}!") == f"최고{emoji}!"


@given(ANY)
def test_replacing_surrogates_touches_nothing_else(text: str) -> None:
    replaced = replace_surrogates(text)
    assert replaced.encode("utf-8", "surrogatepass").decode("utf-8") == replaced
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert replaced == text


def test_a_tower_of_accents_takes_linear_time() -> None:
    tower = "a" + "\u0301\u0323" * 250_000
    start = time.perf_counter()
    composed = to_nfc(tower)
    assert time.perf_counter() - start < 10  # 0.7 s alone; minutes with unicodedata by itself
    assert composed.count("\u0323") + composed.count("\u1ea1") == 250_000


def test_short_towers_are_plain_nfc() -> None:
    text = "x" * 2000 + "a" + "\u0301\u0323" * 15
    assert to_nfc(text) == unicodedata.normalize("NFC", text)
