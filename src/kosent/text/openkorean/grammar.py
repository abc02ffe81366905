"""Which parts of speech may follow each other, and what each step costs.

Open Korean Text reads a run of Hangul as words, each a sequence of parts of speech that one of
``_PATTERNS`` allows, and scores a reading by counts and yes-no features of it. Here the patterns
and the features are compiled into one automaton: a :class:`State` knows all that decides how the
next morpheme may continue and what it adds to the score, so that scores are carried along instead
of being computed anew for each reading.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kosent.text.openkorean.tags import (
    DETERMINER,
    EOMI,
    EXCLAMATION,
    JOSA,
    NOUN,
    PRE_EOMI,
    SUFFIX,
    VERB,
    VERB_PREFIX,
)

# A word's parts of speech: required once (1), optional (0), any number (*), at least one (+).
# The order, which breaks ties, is the one in which the library's hash map holds its patterns.
_PATTERNS = ("v*J1r*e0", "D0m*N1s0j0", "A1", "E+", "v*V1r*e0", "C1", "j1")
_LETTERS = "NVJADEjerCmvs"  # of the parts of speech, in the order of their numbers
_ENDINGS = (SUFFIX, EOMI, JOSA, PRE_EOMI)

# Costs in hundredths; the library's are the same numbers in single precision.
TOKEN, UNKNOWN, WORD, COVERAGE, RARITY = 18, 30, 30, 50, 20
DETERMINERS, EXCLAMATIONS = -1, 1
# The yes-no features: more than one token; some token is no noun; not noun + josa; an ending in
# front; no noun + 하다 in front; a josa that does not fit its noun.
FLAGS = (50, 10, 60, 20, 30, 300)

# Classes of words, packed into one number with the parts of speech: see `word_class`.
_HA, _MISFIT, _LENGTH = 13, 14, 15


class _Node(NamedTuple):
    """A place in a pattern: this part of speech, what may follow, whether the word may end here."""

    tag: int
    loops: bool
    following: tuple[_Node, ...]
    ends: bool


class State(NamedTuple):
    """What a reading up to some syllable means for its continuation.

    Attributes:
        following: The places that the current pattern allows next.
        ends: Whether a new word may begin.
        size: The number of tokens, at most 3.
        head: The first token's part of speech while it is the only one, then -1.
        after_noun: Whether the last token is a noun.
        flags: The yes-no features of the reading, 0 or 1, in the order of ``FLAGS``.
    """

    following: tuple[_Node, ...]
    ends: bool
    size: int
    head: int
    after_noun: bool
    flags: tuple[int, ...]


class Step(NamedTuple):
    """A token added to a reading.

    Attributes:
        noun: Whether it is a noun, whose rarity counts.
        cost: What it adds to the score, rarity aside, in hundredths.
        counts: What it adds to the reading's packed counts.
        tag: Its part of speech.
        place: Where it leads to.
    """

    noun: bool
    cost: int
    counts: int
    tag: int
    place: Place


class Place:
    """A state, and what has been found out about it.

    Attributes:
        state: The state.
        flags: Its yes-no features.
        steps: By class of the word that comes next: the lowest cost of a step, and the steps, each
            with its cost and its tag in front. Filled by :meth:`Grammar.find_steps`.
    """

    __slots__ = ("flags", "state", "steps")

    def __init__(self, state: State) -> None:
        self.state = state
        self.flags = state.flags
        self.steps: Steps = {}


_Ways = tuple[int, tuple[tuple[int, int, Step], ...]]
Steps = dict[int, _Ways]


def word_class(tags: int, ha: bool = False, misfit: bool = False, unknown: int = 0) -> int:
    """Pack all that the grammar asks of a word.

    Args:
        tags: The parts of speech that the dictionary gives it, as a sum of ``1 << number``.
        ha: Whether it begins with 하 or 해.
        misfit: Whether, as a josa, it does not fit the syllable before it.
        unknown: Its length where it would be an unknown noun, else 0.
    """
    return tags | ha << _HA | misfit << _MISFIT | unknown << _LENGTH


class Grammar:
    """The automaton, whose states and steps are made as texts ask for them.

    Args:
        bits: The width of a packed count; no count of a reading may need more.

    Attributes:
        start: Where a run begins.
    """

    def __init__(self, bits: int) -> None:
        self._root = tuple(node for rule in _PATTERNS for node in _nodes(rule))
        self._bits = bits
        self._places: dict[State, Place] = {}
        self.start = self._place(State(self._root, False, 0, -1, False, (0,) * len(FLAGS)))

    def unpack(self, counts: int) -> tuple[int, int, int, int]:
        """Return the packed numbers of unknown tokens, words, determiners and exclamations."""
        mask, bits = (1 << self._bits) - 1, self._bits
        return (
            counts & mask,
            counts >> bits & mask,
            counts >> 2 * bits & mask,
            counts >> 3 * bits,
        )

    def pack(self, unknown: int, words: int, determiners: int, exclamations: int) -> int:
        """Pack counts of a reading into one number."""
        bits = self._bits
        return unknown | words << bits | determiners << 2 * bits | exclamations << 3 * bits

    def find_steps(self, place: Place, word: int) -> _Ways:
        """Return what words of a class can be at a place, and keep it in its ``steps``."""
        ways = [(node, 0) for node in place.state.following]
        if place.state.ends:
            ways += [(node, 1) for node in self._root]
        steps = tuple(
            self._step(place.state, node, words, word)
            for node, words in ways
            if node.tag == NOUN or word >> node.tag & 1
        )
        lowest = min((step.cost for step in steps), default=0)
        cheapest = lowest, tuple((step.cost, step.tag, step) for step in steps)
        place.steps[word] = cheapest
        return cheapest

    def _step(self, state: State, node: _Node, words: int, word: int) -> Step:
        tag = node.tag
        unknown = word >> _LENGTH if tag == NOUN else 0
        following = (node, *node.following) if node.loops else node.following
        flags = _flags(state, tag, word)
        after = State(
            following,
            node.ends,
            min(state.size + 1, 3),
            -1 if state.size else tag,
            tag == NOUN,
            flags,
        )
        cost = TOKEN + WORD * words + DETERMINERS * (tag == DETERMINER)
        cost += EXCLAMATIONS * (tag == EXCLAMATION)
        if unknown:
            cost += UNKNOWN + COVERAGE * unknown
        for weight, old, new in zip(FLAGS, state.flags, flags, strict=True):
            cost += weight * (new - old)
        counts = self.pack(int(unknown > 0), words, tag == DETERMINER, tag == EXCLAMATION)
        return Step(tag == NOUN, cost, counts, tag, self._place(after))

    def _place(self, state: State) -> Place:
        # Two threads may come here at once: the place that is kept is one for both.
        return self._places.get(state) or self._places.setdefault(state, Place(state))


def _flags(state: State, tag: int, word: int) -> tuple[int, ...]:
    """Return the yes-no features after a token is added."""
    first, second = state.size == 0, state.size == 1
    _, some_other, _, ending_first, no_ha, misfit = state.flags
    if first:
        no_ha = 1
    elif second and state.head in (NOUN, VERB_PREFIX) and tag == VERB and word >> _HA & 1:
        no_ha = 0
    return (
        int(not first),
        int(some_other or tag != NOUN),
        int(not (second and state.head == NOUN and tag == JOSA)),
        int(tag in _ENDINGS) if first else ending_first,
        no_ha,
        int(misfit or (state.after_noun and tag == JOSA and bool(word >> _MISFIT & 1))),
    )


def _nodes(rule: str) -> Iterable[_Node]:
    """Return the places at which a pattern (or the rest of one) may begin."""
    if not rule:
        return
    rest = tuple(_nodes(rule[2:]))
    ends = not any(sign in rule[2:] for sign in "1+")
    yield _Node(_LETTERS.index(rule[0]), rule[1] in "*+", rest, ends)
    if rule[1] in "*0":
        yield from rest
