"""Syllables taken apart and put together, with positions in the Unicode block as the alphabet."""

from __future__ import annotations

FIRST, LAST = "가", "힣"
ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
CODAS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"  # a blank: none

_BASE = ord(FIRST)


def decompose(syllable: str) -> tuple[str, str, str]:
    """Return onset, vowel and coda of a syllable in 가-힣; no coda is a blank."""
    number, coda = divmod(ord(syllable) - _BASE, len(CODAS))
    onset, vowel = divmod(number, len(VOWELS))
    return ONSETS[onset], VOWELS[vowel], CODAS[coda]


def compose(onset: str, vowel: str, coda: str = " ") -> str:
    """Return the syllable of these letters."""
    number = ONSETS.index(onset) * len(VOWELS) + VOWELS.index(vowel)
    return chr(_BASE + number * len(CODAS) + CODAS.index(coda))


def coda_number(syllable: str) -> int:
    """Return the place of a syllable's coda in ``CODAS``; 0 is none."""
    return (ord(syllable) - _BASE) % len(CODAS)
