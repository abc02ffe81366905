"""Places at which an eojeol is cut that stands for a whole sentence: ``정말재미있게봤습니다``.

Without a dictionary, which would be another opinion than the model's: where the script changes
(syllables, letters of other scripts, single jamo, digits, all else), and long runs of syllables
evenly into two to four. What belongs to one character on the screen is never cut apart: jamo of a
decomposed syllable, marks, surrogates, emoji with their joiners.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import groupby, pairwise

_LONG = 10  # syllables: an eojeol with more is Korean without spaces; of NSMC's 2 in 100
_LONG_ALONE = 4  # the same where it is the whole text
_RUN = 3  # syllables of a piece, as near as it goes

_JOINER = "\u200d"
_SKIN = range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)
_VOWELS_AND_FINALS = range(0x1160, 0x1200)
_LEADING = range(0x1100, 0x1160)


def cut(word: str, *, alone: bool) -> list[tuple[int, int]]:
    """Cut an eojeol.

    Args:
        word: The eojeol.
        alone: Whether it is the whole text.

    Returns:
        Start and end of each piece; a single one where it is not cut.
    """
    letters = list(_letters(word))
    kinds = [_kind(word[start]) for start, _ in letters]
    if kinds.count("syllable") <= (_LONG_ALONE if alone else _LONG):
        return [(0, len(word))]
    starts = [0]
    place = 0
    for kind, same in groupby(kinds):
        size = len(list(same))
        if kind == "syllable":
            pieces = max(round(size / _RUN), 1)
            starts += [letters[place + size * piece // pieces][0] for piece in range(pieces)]
        elif kind != "mark":  # what closes a word stays with it
            starts.append(letters[place][0])
        place += size
    return list(pairwise(sorted({*starts, len(word)})))


def _letters(word: str) -> Iterator[tuple[int, int]]:
    """Give start and end of each character as it is seen."""
    start = 0
    for place in range(1, len(word)):
        if not _continues(word, place):
            yield start, place
            start = place
    yield start, len(word)


def _continues(word: str, place: int) -> bool:
    """Tell whether a code point belongs to the character before it."""
    before, here = word[place - 1], word[place]
    code, previous = ord(here), ord(before)
    if "\udc00" <= here <= "\udfff":
        return "\ud800" <= before <= "\udbff"
    if code in _VOWELS_AND_FINALS:
        return previous in _VOWELS_AND_FINALS or previous in _LEADING
    if code in _FLAGS:
        return previous in _FLAGS
    return (
        unicodedata.category(here).startswith("M")
        or _JOINER in (here, before)
        or code in _SKIN
        or 0xFE00 <= code <= 0xFE0F
    )


def _kind(character: str) -> str:
    if "ㄱ" <= character <= "ㆎ":
        return "jamo"
    category = unicodedata.category(character)
    if category == "Lo":  # Hangul, kana, Chinese, Thai: what may be written without spaces
        return "syllable"
    if category.startswith("L"):
        return "letter"
    if category.startswith("N"):
        return "digit"
    return "mark" if category.startswith("P") else "other"
