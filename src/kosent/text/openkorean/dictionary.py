"""Open Korean Text's dictionaries: which word may be what, how frequent, which names, which typos.

Source: the text files of Open Korean Text 2.1.0 (Apache License 2.0), read from its jar.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping

from kosent.text.openkorean.conjugation import all_forms
from kosent.text.openkorean.hangul import CODAS, ONSETS, compose, decompose
from kosent.text.openkorean.jar import read_lists
from kosent.text.openkorean.stemmer import Stems
from kosent.text.openkorean.tags import WORD_TAGS

_NOUNS = "nouns entities spam names twitter lol slangs company_names foreign geolocations profane"
_NOUNS += " kpop bible pokemon congress wikipedia_title_nouns"
_FULL_NAMES = ("noun/kpop.txt", "noun/foreign.txt", "noun/names.txt")
_GIVEN_NAMES = "substantives/given_names.txt"
_FAMILY_NAMES = "substantives/family_names.txt"
_FREQUENCIES = "freq/entity-freq.txt.gz"
_TYPOS = "typos/typos.txt"

# The file, or files, of each part of speech that is not conjugated.
_FILES = {
    "Noun": (*(f"noun/{name}.txt" for name in _NOUNS.split()), _GIVEN_NAMES),
    "Adverb": ("adverb/adverb.txt",),
    "Determiner": ("auxiliary/determiner.txt",),
    "Exclamation": ("auxiliary/exclamation.txt",),
    "Josa": ("josa/josa.txt",),
    "Eomi": ("verb/eomi.txt",),
    "PreEomi": ("verb/pre_eomi.txt",),
    "Conjunction": ("auxiliary/conjunctions.txt",),
    "Modifier": ("substantives/modifier.txt",),
    "VerbPrefix": ("verb/verb_prefix.txt",),
    "Suffix": ("substantives/suffix.txt",),
}
_STEMS = {"Verb": "verb/verb.txt", "Adjective": "adjective/adjective.txt"}

# The lengths of mistyped words, in the order in which the library goes through them.
_TYPO_LENGTHS = (1, 6, 2, 3, 4)

_NUMERALS = frozenset("일이삼사오육칠팔구천백십해경조억만")
_LAST_NUMERALS = _NUMERALS | frozenset("원배분초")

# Syllables whose onset may be the coda of the one before, with the 이 of names after it: 니, ㄴ.
_SLURRED = {compose(onset, "ㅣ"): onset for onset in ONSETS if onset in CODAS and onset != "ㅇ"}


class Dictionary:
    """All that is known about words.

    Attributes:
        words: For each word the parts of speech it may be, as a sum of ``1 << number``; 0 for
            words of which only the frequency is known.
        rarity: 1 minus the frequency (0 to 1) of the words that have one, in single precision.
        stems: The stems of ``"Verb"`` and of ``"Adjective"``.
        typos: Mistyped words and what they stand for: a mapping for each length.
    """

    def __init__(self) -> None:
        names = [name for files in _FILES.values() for name in files]
        names += [*_STEMS.values(), _FAMILY_NAMES, _FREQUENCIES, _TYPOS]
        lists = dict(zip(names, read_lists(*names), strict=True))
        self.words: dict[str, int] = {}
        for tag, files in _FILES.items():
            for name in files:
                self._add(lists[name], tag)
        self.stems = {}
        for tag, name in _STEMS.items():
            adjective = tag == "Adjective"
            self._add(all_forms(lists[name], adjective), tag)
            self.stems[tag] = Stems(lists[name], adjective)
        self.rarity = _rarity(lists[_FREQUENCIES])
        for word in self.rarity:
            self.words.setdefault(word, 0)
        self.typos = _typos(lists[_TYPOS])
        self._family_names = frozenset(lists[_FAMILY_NAMES])
        self._given_names = frozenset(lists[_GIVEN_NAMES])
        self._name_heads = frozenset(name[0] for name in self._family_names)
        heads, tails = "".join(self._name_heads), "".join(_SLURRED)
        numbers = f"[{''.join(_NUMERALS)}]*[{''.join(_LAST_NUMERALS)}]"
        self._name_or_number = re.compile(f"{numbers}|[{heads}].{{2,3}}|.{{2,4}}[{tails}]")
        self._names = self._given_names.union(*(lists[name] for name in _FULL_NAMES))

    def _add(self, words: Iterable[str], tag: str) -> None:
        known, bit = self.words, 1 << WORD_TAGS.index(tag)
        if not known:
            known.update(dict.fromkeys(words, bit))
            return
        for word in words:
            known[word] = known.get(word, 0) | bit

    def with_words(self, words: Mapping[str, str]) -> Dictionary:
        """Return a dictionary that also knows these words, each with its part of speech.

        The files' contents are shared; this dictionary does not change.
        """
        other = Dictionary.__new__(Dictionary)
        other.__dict__.update(self.__dict__)
        other.words = dict(self.words)
        for word, tag in words.items():
            other._add([word], tag)
        return other

    def is_a(self, word: str, tag: int) -> bool:
        """Say whether a word may be of the part of speech with this number."""
        return bool(self.words.get(word, 0) >> tag & 1)

    def may_understand(self, words: Iterable[str]) -> Iterator[bool]:
        """Say of each word, at little cost, whether to ask :meth:`understands`."""
        return map(bool, map(self._name_or_number.fullmatch, words))

    def understands(self, word: str) -> bool:
        """Say whether a word that is no noun of the dictionary can pass for one all the same.

        Names of persons and numbers can; anything else is an unknown noun.
        """
        last = word[-1]
        if last in _LAST_NUMERALS and _NUMERALS.issuperset(word[:-1]):
            return True
        if not 3 <= len(word) <= 5:
            return False
        if word[0] in self._name_heads and self._is_full_name(word):
            return True
        return last in _SLURRED and self._is_slurred_name(word)

    def _is_full_name(self, word: str) -> bool:
        family = len(word) - 2
        return (
            family in (1, 2)
            and word[family:] in self._given_names
            and word[:family] in self._family_names
        )

    def _is_slurred_name(self, word: str) -> bool:
        """Say whether a name is spelled as it sounds: 우혀니 for 우현이."""
        onset, vowel, coda = decompose(word[-2])
        if coda != " ":
            return False
        name = word[:-2] + compose(onset, vowel, _SLURRED[word[-1]])
        return any(each in self._names or self._is_full_name(each) for each in (name + "이", name))


def _rarity(lines: Iterable[str]) -> dict[str, float]:
    """Return ``1 - frequency`` by word; the library reads six characters of each figure."""
    words, figures = [], []
    for line in lines:
        word, tab, figure = line.partition("\t")
        if tab:
            words.append(word)
            figures.append(float(figure[:6]))
    frequencies = array("f", figures)
    return dict(zip(words, array("f", [1.0 - figure for figure in frequencies]), strict=True))


def _typos(lines: Iterable[str]) -> tuple[tuple[int, dict[str, str]], ...]:
    by_length: dict[int, dict[str, str]] = {length: {} for length in _TYPO_LENGTHS}
    for line in lines:
        wrong, _, right = line.partition(" ")
        if right:
            by_length[len(wrong)][wrong] = right
    return tuple(by_length.items())
