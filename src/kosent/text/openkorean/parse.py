"""The best reading of a run of Hangul."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kosent.text.openkorean.dictionary import Dictionary
from kosent.text.openkorean.grammar import Grammar
from kosent.text.openkorean.lattice import SHARED, Lattice
from kosent.text.openkorean.tags import NOUN, WORD_TAGS
from kosent.text.openkorean.vocabulary import Vocabulary

if TYPE_CHECKING:
    from kosent.text.openkorean.automaton import Automaton

Token = tuple[str, str]

# In runs up to this length all counts fit the 14 bits that keep their packed sum small.
LONG_RUN = 2**13
_BITS = 14

REMEMBERED = 50_000  # runs whose tokens are kept; long ones do not come again

MANY = 150  # runs from which on they are read together: 100 cost the same one by one
_TOGETHER = 2_000


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
        self._automata: list[Automaton] = []  # that no thread is using

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

    def parse_all(self, runs: Iterable[str]) -> dict[str, tuple[Token, ...]]:
        """Return the tokens of each run; many cost less together.

        Args:
            runs: Each at least one syllable of 가-힣, and nothing else.
        """
        known = self._known
        found = {run: known[run] for run in runs if run in known}
        lacking = [run for run in dict.fromkeys(runs) if run not in found]
        if len(lacking) >= MANY:
            found |= self._read_together([run for run in lacking if not self._words.get(run)])
        return found | {run: self.parse(run) for run in lacking if run not in found}

    def _read_together(self, runs: Sequence[str]) -> dict[str, tuple[Token, ...]]:
        """Return the tokens of the runs whose readings can be found so, and remember them."""
        from kosent.text.openkorean.automaton import Automaton
        from kosent.text.openkorean.lattices import LONGEST_RUN, best_readings

        short = [run for run in runs if len(run) <= LONGEST_RUN]
        try:
            automaton = self._automata.pop()
        except IndexError:
            automaton = Automaton(self._vocabulary, self._grammar)
        found: dict[str, tuple[Token, ...]] = {}
        for start in range(0, len(short), _TOGETHER):
            part = short[start : start + _TOGETHER]
            for run, tokens in zip(part, best_readings(part, automaton), strict=True):
                if tokens is not None:
                    found[run] = _with_joined_nouns(tokens)
        self._automata.append(automaton)
        if len(self._known) >= REMEMBERED:
            self._known = {}
        self._known.update(found)
        return found

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
