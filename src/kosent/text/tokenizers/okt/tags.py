"""Okt's parts of speech."""

from __future__ import annotations

from kosent.text.openkorean.tags import WORD_TAGS

# New ones go to the end: their places are kept on disk.
TAGS = (
    *WORD_TAGS,
    "Unknown",
    "Korean",
    "Foreign",
    "Number",
    "KoreanParticle",
    "Alpha",
    "Punctuation",
    "Hashtag",
    "ScreenName",
    "Email",
    "URL",
    "CashTag",
    "Others",
    "ProperNoun",
)
