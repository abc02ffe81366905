"""Tokens are the letters that Hangul syllables are written with.

A syllable becomes its conjoining letters (``각``: U+1100 U+1161 U+11A8), as its canonical
decomposition (Unicode Standard, section 3.12) has it; everything else stays as it is. A letter
that was typed alone (``ㅋㅋ``, ``ㅠㅠ``) is a compatibility letter (U+3131 to U+318E) and remains
one, so it stays distinct from the first letter of a syllable, and :func:`compose` restores the
text exactly.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

from kosent.text.tokenizers.character import Character

_FIRST, _LAST = 0xAC00, 0xD7A3
_LEADING, _VOWEL, _TRAILING = 0x1100, 0x1161, 0x11A7  # the trailing one stands for none
_VOWELS, _TRAILINGS = 21, 28
_SYLLABLE = re.compile("([\u1100-\u1112])([\u1161-\u1175])([\u11a8-\u11c2]?)")


def decompose(text: str) -> str:
    """Write each Hangul syllable as its letters; any other character stays."""
    return text.translate(_letters())


def compose(text: str) -> str:
    """Write letters as syllables wherever they form one: undoes :func:`decompose`.

    Of a text in NFC nothing else changes: there no two letters are left that would form one.
    """
    return _SYLLABLE.sub(_syllable, text)


class Jamo(Character):
    """Split into the letters of Hangul, robust to typing errors; other scripts into characters.

    Args:
        spaces: Give each run of white space inside the text as one ``" "`` token. Without it
            the text reads the same however it is spaced.
        edges: Also put a ``" "`` before and after the text, so that its first and last word look
            the same to n-grams as those between.
    """

    name = "jamo"

    def __init__(self, spaces: bool = True, edges: bool = False) -> None:
        super().__init__(spaces, edges)

    def characters(self, texts: Sequence[str]) -> list[str]:
        """Return each text in letters, with white space as the settings say."""
        return list(map(decompose, super().characters(texts)))

    def decode(self, tokens: Sequence[str]) -> str:
        """Join the letters of one text to the text again, in syllables."""
        return compose("".join(tokens))


@cache
def _letters() -> Mapping[int, str]:
    """Return the letters of each of the 11,172 syllables; 8 ms, at the first use."""
    return {code: unicodedata.normalize("NFD", chr(code)) for code in range(_FIRST, _LAST + 1)}


def _syllable(match: re.Match[str]) -> str:
    leading, vowel, trailing = match.groups()
    place = (ord(leading) - _LEADING) * _VOWELS + ord(vowel) - _VOWEL
    final = ord(trailing) - _TRAILING if trailing else 0
    return chr(_FIRST + place * _TRAILINGS + final)
