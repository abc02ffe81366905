"""Many texts cleaned at once, as one array of code points: the rules of the preset ``korean``.

Of 10 us that a review of NSMC takes rule by rule, 6 go to regular expressions that find little to
do. Here all texts are one string, the regular expressions comparisons of arrays, and a review takes
2 us. What is rare and would make that complicated (control characters, variation selectors, texts
of more than 300 characters) is left to the rules one by one: both give the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from kosent.text.cleaning.punctuation import KOREAN_MARKS
from kosent.text.cleaning.rules import REPLACED, Rules
from kosent.text.unicode import SYMBOLS

# Characters; to_nfc treats texts over 1,000 in another way, and composition can make three of one.
_LONGEST = 300
# Printable, and yet treated by a rule that looks beyond the character: fillers, an emoji's variant.
_ODD = ("\u3164", "\uffa0", "\ufe0f")
_BETWEEN = "\n"  # of two texts: not printable, so that no text here holds one

# What a character is, in the lowest bits, and what else it may be.
_WHITE, _WORD, _MARK, _SYMBOL, _BORDER = range(5)
_KIND, _DIGIT, _LATIN, _POINT, _APOSTROPHE = 7, 8, 16, 32, 64
_UNSEEN = 255
_KINDS = re.compile(rf"(?P<mark>[{KOREAN_MARKS}])|(?P<symbol>[{SYMBOLS}])|(?P<white>\s)")
_NUMBERS = {"mark": _MARK, "symbol": _SYMBOL, "white": _WHITE}
# Filled as characters are met: most of Unicode never is.
_kinds = np.full(0x110000, _UNSEEN, np.uint8)

Codes = NDArray[np.uint32]
Kinds = NDArray[np.uint8]


def is_covered(rules: Rules) -> bool:
    """Tell whether rules are those of the preset ``korean``, or fewer of them."""
    return rules.marks == "korean" and not any(getattr(rules, name) for name in REPLACED)


def clean_together(texts: Sequence[str], rules: Rules, clean: Callable[[str], str]) -> list[str]:
    """Clean texts.

    Args:
        texts: Any strings.
        rules: What :func:`is_covered` allows.
        clean: What the rules do to one text.
    """
    odd = {row for row, text in enumerate(texts) if not _is_plain(text)}
    plain = ["" if row in odd else text for row, text in enumerate(texts)] if odd else texts
    cleaned = _cleaned(f"{_BETWEEN}{_BETWEEN.join(plain)}{_BETWEEN}", rules)
    found = cleaned[1:-1].split(_BETWEEN)
    for row in odd:
        found[row] = clean(texts[row])
    return found


def _is_plain(text: str) -> bool:
    printable = text.isprintable() and len(text) <= _LONGEST
    return printable and not any(each in text for each in _ODD)


def _cleaned(joined: str, rules: Rules) -> str:
    """Clean plain texts, each between two borders."""
    joined = _composed(joined, rules)
    if rules.lower:
        joined = _composed(joined.lower(), rules)
    codes = np.frombuffer(joined.encode("utf-32-le"), "<u4")
    kinds = _kinds_of(codes)
    if rules.repeats:
        kept = _not_repeated(codes, kinds, rules.repeats)
        codes, kinds = codes[kept], kinds[kept]
    return _spaced(codes, _joining(kinds)).astype("<u4").tobytes().decode("utf-32-le")


def _composed(joined: str, rules: Rules) -> str:
    if not rules.nfc or unicodedata.is_normalized("NFC", joined):
        return joined
    return unicodedata.normalize("NFC", joined)


def _kinds_of(codes: Codes) -> Kinds:
    kinds: Kinds = _kinds[codes]
    unseen = kinds == _UNSEEN
    if unseen.any():
        for code in set(codes[unseen].tolist()):
            _kinds[code] = _kind_of(chr(code))
        kinds = _kinds[codes]
    return kinds


def _kind_of(character: str) -> int:
    if character == _BETWEEN:
        return _BORDER
    found = _KINDS.match(character)
    kind = _WORD if found is None else _NUMBERS[found.lastgroup or ""]
    digit = _DIGIT * character.isdecimal()
    latin = _LATIN * ("a" <= character <= "z")
    return kind | digit | latin | _POINT * (character in ".,:") | _APOSTROPHE * (character in "'’")


def _not_repeated(codes: Codes, kinds: Kinds, most: int) -> NDArray[np.bool_]:
    """Tell which characters are not the same as ``most`` before them, or digits or white space."""
    places = np.arange(len(codes), dtype=np.int32)
    begins = np.ones(len(codes), np.bool_)
    begins[1:] = codes[1:] != codes[:-1]
    since = places - np.maximum.accumulate(np.where(begins, places, 0))
    kind = kinds & _KIND
    fixed = (kinds & _DIGIT).astype(np.bool_) | (kind == _WHITE) | (kind == _BORDER)
    kept: NDArray[np.bool_] = (since < most) | fixed
    return kept


def _joining(kinds: Kinds) -> Kinds:
    """Make words of the marks inside numbers (3.5) and inside Latin words (don't)."""
    kind: Kinds = kinds & np.uint8(_KIND)
    within = _between(kinds, _POINT, _DIGIT) | _between(kinds, _APOSTROPHE, _LATIN)
    kind[1:-1][within] = _WORD
    return kind


def _between(kinds: Kinds, inside: int, beside: int) -> NDArray[np.bool_]:
    """Tell of all but the first and the last whether they stand between two of a kind."""
    sides = kinds[:-2] & kinds[2:] & beside
    found: NDArray[np.bool_] = (sides != 0) & ((kinds[1:-1] & inside) != 0)
    return found


def _spaced(codes: Codes, kind: Kinds) -> Codes:
    """Put one space between what is of different kinds, and where there was white space."""
    places = np.flatnonzero(kind != _WHITE)
    codes, kind = codes[places], kind[places]
    apart = (kind[1:] != kind[:-1]) | (np.diff(places) > 1)
    border = kind == _BORDER
    apart &= ~(border[1:] | border[:-1])
    ends = np.arange(len(codes))
    ends[1:] += np.cumsum(apart)
    found = np.full(ends[-1] + 1, ord(" "), np.uint32)
    found[ends] = codes
    return found
