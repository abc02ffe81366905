"""Okt's parts of speech."""

from __future__ import annotations

# New ones go to the end: their places are kept on disk.
TAGS = (
    "Noun",
    "Verb",
    "Adjective",
    "Adverb",
    "Determiner",
    "Exclamation",
    "Josa",
    "Eomi",
    "PreEomi",
    "Conjunction",
    "Modifier",
    "VerbPrefix",
    "Suffix",
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
