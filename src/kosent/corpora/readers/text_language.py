"""The language of a user's own texts, where nobody says it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kosent.corpora.base import Language

_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


def language_of(texts: Sequence[str], most: int = 1000) -> Language:
    """Korean where at least a tenth of the letters of the first texts are Hangul."""
    sample = "".join(text[:1000] for text in texts[:most])
    letters = sum(letter.isalpha() for letter in sample)
    return "ko" if len(_HANGUL.findall(sample)) * 10 >= max(letters, 1) else "en"
