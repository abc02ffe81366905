"""The best reading of a run of Hangul."""

from __future__ import annotations

from collections.abc import Iterable

from kosent.text.openkorean.dictionary import Dictionary
from kosent.text.openkorean.grammar import Grammar
from kosent.text.openkorean.lattice import SHARED, Lattice
from kosent.text.openkorean.tags import NOUN, WORD_TAGS
from kosent.text.openkorean.vocabulary import Vocabulary

Token = tuple[str, str]

# In runs up to this length all counts fit the 14 bits that keep their packed sum small.
LONG_RUN = 2**13
_BITS = 14

REMEMBERED = 50_000  # runs whose tokens are kept; long ones do not come again


class Parser:
    """Reads runs of Hangul syllables. It may be called from threads.

    Args:
        dictionary: The words.
    """

    def __init__(self, dictionary: Dictionary) -> None:
        self._words = dictionary.words
        self._vocabulary = Vocabulary(dictionary)
        self._grammar = Grammar(_BITS)
        self._last: Lattice | None = None
        self._known: dict[str, tuple[Token, ...]] = {}

    def parse(self, run: str) -> tuple[Token, ...]:
        """Return the best reading's tokens with their tags.

        Args:
            run: At least one syllable of 가-힣, and nothing else.
        """
        known = self._known.get(run)
        if known is not None:
            return known
        known = self._parse(run)
        if len(run) <= SHARED:
            if len(self._known) >= REMEMBERED:
                self._known = {}
            self._known[run] = known
        return known

    def _parse(self, run: str) -> tuple[Token, ...]:
        tags = self._words.get(run, 0)
        if tags:  # a word of the dictionary is never split; its first tag is taken
            return ((run, WORD_TAGS[(tags & -tags).bit_length() - 1]),)
        if len(run) <= SHARED:
            # Runs that come sorted share the work on their common beginnings.
            lattice = self._last = Lattice(run, self._vocabulary, self._grammar, self._last)
        else:
            grammar = self._grammar if len(run) <= LONG_RUN else Grammar(len(run).bit_length() + 1)
            lattice = Lattice(run, self._vocabulary, grammar)
        return _with_joined_nouns(lattice.best())


def _with_joined_nouns(tokens: Iterable[tuple[str, int]]) -> tuple[Token, ...]:
    """Join neighbouring nouns of one syllable: such a row is mostly one unknown noun."""
    joined: list[Token] = []
    joining = False
    for text, tag in tokens:
        single = tag == NOUN and len(text) == 1
        if single and joining:
            joined[-1] = (joined[-1][0] + text, WORD_TAGS[NOUN])
        else:
            joined.append((text, WORD_TAGS[tag]))
        joining = single
    return tuple(joined)
