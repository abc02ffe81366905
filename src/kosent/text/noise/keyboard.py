"""The two-set keyboard (두벌식, KS X 5002): syllables as keystrokes, slips, and what they write.

Three rows of keys, each half a key to the right of the one above; a key's neighbours are those that
touch it. Not covered: mobile layouts (천지인, 나랏글), and keys that were pressed twice or missed.
"""

from __future__ import annotations

import re
from functools import cache

from kosent.text.openkorean.hangul import CODAS, ONSETS, VOWELS, compose, decompose

ROWS = ("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ")
SHIFTED = dict(zip("ㅂㅈㄷㄱㅅㅐㅔ", "ㅃㅉㄸㄲㅆㅒㅖ", strict=True))
# Letters that take two keys. 'ㅘ' is typed ㅗ, ㅏ.
PAIRS = {
    **{"ㅘ": "ㅗㅏ", "ㅙ": "ㅗㅐ", "ㅚ": "ㅗㅣ", "ㅝ": "ㅜㅓ", "ㅞ": "ㅜㅔ", "ㅟ": "ㅜㅣ"},
    **{"ㅢ": "ㅡㅣ", "ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ"},
    **{"ㄼ": "ㄹㅂ", "ㄽ": "ㄹㅅ", "ㄾ": "ㄹㅌ", "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ"},
}

_PLAIN = {shifted: plain for plain, shifted in SHIFTED.items()}
_LETTER = {keys: letter for letter, keys in PAIRS.items()}


@cache
def keystrokes(syllable: str) -> str:
    """Return the keys of a syllable, a shifted one as the letter that it writes: 있 as ㅇㅣㅆ."""
    onset, vowel, coda = decompose(syllable)
    return f"{onset}{PAIRS.get(vowel, vowel)}{PAIRS.get(coda, coda)}".rstrip()


@cache
def slips(key: str) -> tuple[str, ...]:
    """Return what may be written instead of a key.

    Its neighbours, with Shift held where it was and means something, and the key itself with
    Shift the other way.
    """
    plain = _PLAIN.get(key, key)
    hit = [SHIFTED.get(near, near) if key in _PLAIN else near for near in _neighbours(plain)]
    other = _PLAIN.get(key) or SHIFTED.get(key)
    return (*hit, other) if other else tuple(hit)


def write(keys: str) -> str:
    """Return what an input method makes of keystrokes: syllables, and letters that join none.

    A consonant becomes the end of a syllable unless a vowel follows; two vowels or two final
    consonants join where Hangul has their pair. Letters that begin no syllable stay as they are,
    except that such vowels join, too.
    """
    return _SYLLABLE.sub(_written, keys)


def _neighbours(key: str) -> list[str]:
    row = next(number for number, keys in enumerate(ROWS) if key in keys)
    column = ROWS[row].index(key)
    near = ((row, -1), (row, 1), (row - 1, 0), (row - 1, 1), (row + 1, -1), (row + 1, 0))
    return [
        ROWS[each][column + by]
        for each, by in near
        if 0 <= each < len(ROWS) and 0 <= column + by < len(ROWS[each])
    ]


def _either(letters: str) -> str:
    """Return a pattern of a pair of keys or a single one that writes one of the letters."""
    pairs = [PAIRS[letter] for letter in letters if letter in PAIRS]
    single = "".join(letter for letter in letters if letter not in PAIRS)
    return f"(?:{'|'.join(pairs)}|[{single}])"


_VOWEL, _CODA = _either(VOWELS), _either(CODAS.strip())
_SYLLABLE = re.compile(f"([{ONSETS}])({_VOWEL})({_CODA}(?!{_VOWEL}))?|{_VOWEL}")


def _written(match: re.Match[str]) -> str:
    onset, vowel, coda = match.groups()
    if onset is None:
        return _LETTER.get(match[0], match[0])
    return compose(onset, _LETTER.get(vowel, vowel), _LETTER.get(coda, coda) or " ")
