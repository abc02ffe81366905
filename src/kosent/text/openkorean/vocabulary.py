"""What the grammar has to know of a word, kept for the words that texts have held."""

from __future__ import annotations

from collections.abc import Sequence

from kosent.text.openkorean.dictionary import Dictionary
from kosent.text.openkorean.grammar import COVERAGE, word_class
from kosent.text.openkorean.tags import JOSA, LONGEST, NOUN

# Word classes after a syllable without coda, after one with ㄹ, after one with another coda; the
# rarity as a noun; the least that the word adds to a score in hundredths, where the share of rarity
# of a common token is already counted.
Word = tuple[tuple[int, int, int], float, int]

COMMON = 1.0  # the rarity of all tokens but frequent nouns

# Josa that do not fit a noun with a coda, and those that do not fit one without.
_NOT_AFTER_CODA = frozenset({"는", "를", "다"})
_ONLY_AFTER_CODA = frozenset({"은", "을", "이"})

# The least that a token adds to a score in hundredths, rarity aside: a determiner, and an unknown
# noun without its syllables.
LEAST_COST = 17
# The most that a frequent noun's share of rarity is below a common token's: the most frequent one
# has the rarity 0.1135, of which 20 hundredths count in a reading of one token.
MOST_SAVED = 18
_UNKNOWN_COST = 48


class Vocabulary:
    """The words of a dictionary as the grammar sees them.

    Attributes:
        known: The words of the dictionary that have been described so far.
    """

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self._words = dictionary.words
        self.known: dict[str, Word] = {}
        self._understood = _plain(0)
        self._unknown = tuple(_plain(size) for size in range(LONGEST + 1))

    def describe(self, word: str) -> Word:
        """Describe a word, and keep the description if it is in the dictionary."""
        if word in self._words:
            return self._learn(word)
        return self._understood if self._dictionary.understands(word) else self._unknown[len(word)]

    def describe_unknown(self, length: int) -> Word:
        """Describe a word that is no word, by its length."""
        return self._unknown[length]

    def may_know(self, words: Sequence[str]) -> list[bool]:
        """Say of each word whether it has to be described: all others are unknown."""
        listed, others = (
            map(self._words.__contains__, words),
            self._dictionary.may_understand(words),
        )
        return [one or other for one, other in zip(listed, others, strict=True)]

    def _learn(self, word: str) -> Word:
        dictionary = self._dictionary
        tags = self._words[word]
        noun = tags >> NOUN & 1 or dictionary.understands(word)
        unknown = 0 if noun else len(word)
        ha = word[0] in "하해"
        misfits = (False, False, False)
        if tags >> JOSA & 1:
            bad = word in _NOT_AFTER_CODA
            misfits = (word in _ONLY_AFTER_CODA or word[0] == "으", bad, bad or word[0] == "로")
        first, second, third = (word_class(tags, ha, misfit, unknown) for misfit in misfits)
        rarity = dictionary.rarity.get(word, COMMON)
        cost = LEAST_COST if rarity == COMMON else LEAST_COST - MOST_SAVED
        learned = self.known[word] = ((first, second, third), rarity, cost)
        return learned


def _plain(unknown: int) -> Word:
    kind = word_class(0, unknown=unknown)
    cost = _UNKNOWN_COST + COVERAGE * unknown if unknown else LEAST_COST
    return ((kind, kind, kind), COMMON, cost)
