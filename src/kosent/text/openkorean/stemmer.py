"""Dictionary forms of verbs and adjectives, and the joining of their endings.

Open Korean Text keeps one stem for each conjugated form. Where several stems share a form (나는:
나다, 날다), the last one wins in the iteration order of a Scala hash set of (form, stem) pairs, so
that order is reproduced here: the result is Open Korean Text's, not a linguistic judgement.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from kosent.text.openkorean.conjugation import forms
from kosent.text.openkorean.hangul import FIRST, LAST, compose, decompose

_MASK = 0xFFFFFFFF
_PAIR_SEED = 0xCAFEBABE  # of scala.util.hashing.MurmurHash3 for tuples


# Texts ask for the forms of few stems, over and over.
_forms = lru_cache(maxsize=4096)(forms)


class Stems:
    """The stems of one part of speech.

    Args:
        stems: The words of the dictionary, without 다.
        adjective: Whether they are adjectives.
    """

    def __init__(self, stems: Iterable[str], adjective: bool) -> None:
        self._adjective = adjective
        self._stems = set(stems)
        self._known: dict[str, str] = {}
        self._lasts: dict[str, list[str]] = {}
        for stem in self._stems:
            self._lasts.setdefault(stem[:-1], []).append(stem)

    def of(self, form: str) -> str:
        """Return the dictionary form (먹었 -> 먹다), or the form itself if no stem has it."""
        stem = self._known.get(form)
        if stem is None:
            stem = self._known[form] = self._find(form)
        return stem

    def _find(self, form: str) -> str:
        pairs = [
            (_order(_pair_hash(form, stem + "다")), stem + "다")
            for stem in self._candidates(form)
            if form in _forms(stem, self._adjective)
        ]
        return max(pairs)[1] if pairs else form

    def _candidates(self, form: str) -> set[str]:
        """Return the stems that may have the form: a tail is one or two syllables."""
        stems: set[str] = set()
        for rest in (form[:-1], form[:-2]):
            stems.update(self._lasts.get(rest, ()))
            if rest and FIRST <= rest[-1] <= LAST:  # 골라 may be a form of 고르다
                onset, vowel, coda = decompose(rest[-1])
                stem = rest[:-1] + compose(onset, vowel) + "르"
                if coda == "ㄹ" and stem in self._stems:
                    stems.add(stem)
        return stems


def _order(value: int) -> tuple[int, ...]:
    """Return what a Scala hash trie set orders its elements by: five bits a level, lowest first."""
    value = (value + ~(value << 9)) & _MASK
    value ^= value >> 14
    value = (value + (value << 4)) & _MASK
    value ^= value >> 10
    return tuple((value >> level) & 31 for level in range(0, 32, 5))


def _pair_hash(first: str, second: str) -> int:
    """Return Scala's hash of a pair of strings: MurmurHash3, 32 bits."""
    value = _PAIR_SEED
    for text in (first, second):
        value = _mix(value, _string_hash(text))
    value ^= 2  # the number of elements
    value = ((value ^ (value >> 16)) * 0x85EBCA6B) & _MASK
    value = ((value ^ (value >> 13)) * 0xC2B2AE35) & _MASK
    return value ^ (value >> 16)


def _mix(value: int, data: int) -> int:
    data = _rotate((data * 0xCC9E2D51) & _MASK, 15)
    value = _rotate(value ^ ((data * 0x1B873593) & _MASK), 13)
    return (value * 5 + 0xE6546B64) & _MASK


def _rotate(value: int, bits: int) -> int:
    return ((value << bits) | (value >> (32 - bits))) & _MASK


def _string_hash(text: str) -> int:
    value = 0
    for character in text:
        value = (value * 31 + ord(character)) & _MASK
    return value
