"""Texts that tests of explanations share."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

# What users type, and what breaks programs: NFD, emoji with joiners, lone surrogates, fillers.
PIECES = st.sampled_from(
    [
        *("영화가 ", "정말", "재밌다", "안 ", "좋다. ", "ㅋㅋㅋㅋ", "ㅠㅠ", "\u1112\u1161\u11ab"),
        *("👍🏽", "👨‍👩‍👧", "🇰🇷", "❤️", "\ud83d", "\ude00", "\u200b", "\u3164", "\t", "\n", "!"),
        *("https://a.b/c?d=e", "not ", "good ", "１２３", "<b>", "정말재미있게봤습니다추천합니다"),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=30).map("".join)


@pytest.fixture(scope="session")
def typed() -> st.SearchStrategy[str]:
    """Return a strategy of texts as people and programs write them."""
    return TEXTS
