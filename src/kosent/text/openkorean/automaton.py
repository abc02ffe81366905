"""The words and the grammar as arrays of numbers, for many runs at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kosent.text.openkorean.grammar import Grammar, Place
from kosent.text.openkorean.tags import LONGEST
from kosent.text.openkorean.vocabulary import Vocabulary, Word

Numbers = NDArray[np.int64]

# A score is a whole number of these: all shares of rarity are rounded to multiples of 2**-30.
UNIT = 2**30
NEVER = 2**61  # more than any score
MOST_STEPS = 16  # from a place by one word; Korean's grammar needs 8
_ROOM = 64
_MOST_SPANS = 500_000


class _Table:
    """Columns that grow together; beyond the last row they hold zeros."""

    def __init__(self, **types: type[np.generic]) -> None:
        self._length = 0
        self._columns: dict[str, NDArray[Any]] = {
            name: np.zeros(_ROOM, kind) for name, kind in types.items()
        }

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, column: str) -> NDArray[Any]:
        return self._columns[column]

    def append(self, **row: float) -> None:
        """Add a row, a value for each column."""
        for name, column in self._columns.items():
            if self._length == len(column):
                column = self._columns[name] = np.concatenate([column, np.zeros_like(column)])
            column[self._length] = row[name]
        self._length += 1


class Automaton:
    """Numbers for spans of syllables, and for the steps that a grammar allows.

    All steps from a place by a word of some class are one row, made when texts first ask for it.
    Not for several threads at once.

    Args:
        vocabulary: The words.
        grammar: What may follow what. Its start is place 0.

    Attributes:
        start: The packed counts of a reading without tokens.
        rows: Where the steps of a row begin (``first``), their number (``count``), and the lowest
            cost of one (``least``), ``NEVER`` where there is none.
        steps: What a step adds to the score, rarity aside, in ``UNIT`` (``cost``), to the sum of
            tags (``tag``) and to the packed counts (``counts``); whether it is a ``noun``, whose
            rarity counts, and the number of the ``place`` it leads to.
        features: The number of a place's yes-no features (``flags``).
        words: A description's class after each sort of coda (``none``, ``liquid``, ``other``) and
            its ``rarity`` as a noun.
    """

    def __init__(self, vocabulary: Vocabulary, grammar: Grammar) -> None:
        whole = np.int64
        self.start = grammar.pack(0, 1, 0, 0)
        self.rows = _Table(first=whole, count=whole, least=whole)
        self.steps = _Table(cost=whole, tag=whole, noun=np.bool_, counts=whole, place=whole)
        self.features = _Table(flags=whole)
        self.words = _Table(none=whole, liquid=whole, other=whole, rarity=np.float32)
        self._vocabulary = vocabulary
        self._grammar = grammar
        self._spans: dict[str, int] = {}
        self._words: dict[Word, int] = {}
        self._classes: list[int] = []
        self._class_numbers: dict[int, int] = {}
        self._places: list[Place] = []
        self._place_numbers: dict[Place, int] = {}
        self._flags: dict[tuple[int, ...], int] = {}
        self._row = np.full((_ROOM, _ROOM), -1, np.int32)
        self._number_of(grammar.start)
        unknown = map(vocabulary.describe_unknown, range(LONGEST + 1))
        self._unknown = np.array(list(map(self._word_number, unknown)))  # by length

    def find_words(self, spans: Sequence[str]) -> Numbers:
        """Return the number of each span's description, a row of ``words``."""
        if len(self._spans) > _MOST_SPANS:
            self._spans = {}
        numbers = np.fromiter(map(self._spans.get, spans, repeat(-1)), np.int64, len(spans))
        places = np.flatnonzero(numbers < 0)
        new = [spans[place] for place in places.tolist()]
        numbers[places] = self._unknown[np.fromiter(map(len, new), np.int64, len(new))]
        known = self._vocabulary.may_know(new)
        for place, span in compress(zip(places.tolist(), new, strict=True), known):
            numbers[place] = self._describe(span)
        return numbers

    def find_rows(self, places: Numbers, classes: Numbers) -> Numbers:
        """Return the rows of places and classes of words."""
        size, width = self._row.shape
        if len(self._places) > size or len(self._classes) > width:
            self._grow()
        rows = self._row[places, classes]
        if rows.size and rows.min() < 0:
            lacking = rows < 0
            pairs = (each[lacking].tolist() for each in np.broadcast_arrays(places, classes))
            for place, kind in {*zip(*pairs, strict=True)}:
                self._add_row(place, kind)
            return self.find_rows(places, classes)
        return rows.astype(np.int64)

    def _describe(self, span: str) -> int:
        word = self._vocabulary.known.get(span) or self._vocabulary.describe(span)
        number = self._spans[span] = self._word_number(word)
        return number

    def _word_number(self, word: Word) -> int:
        number = self._words.setdefault(word, len(self._words))
        if number == len(self.words):
            none, liquid, other = map(self._class_of, word[0])
            self.words.append(none=none, liquid=liquid, other=other, rarity=word[1])
        return number

    def _class_of(self, kind: int) -> int:
        number = self._class_numbers.setdefault(kind, len(self._classes))
        if number == len(self._classes):
            self._classes.append(kind)
        return number

    def _number_of(self, place: Place) -> int:
        number = self._place_numbers.setdefault(place, len(self._places))
        if number == len(self._places):
            self._places.append(place)
            self.features.append(flags=self._flags.setdefault(place.flags, len(self._flags)))
        return number

    def _add_row(self, place: int, kind: int) -> None:
        here, word = self._places[place], self._classes[kind]
        least, steps = here.steps.get(word) or self._grammar.find_steps(here, word)
        if len(steps) > MOST_STEPS:
            raise AssertionError(f"{len(steps)} steps by one word")
        least = least * UNIT if steps else NEVER
        self._row[place, kind] = len(self.rows)
        self.rows.append(first=len(self.steps), count=len(steps), least=least)
        for cost, tag, step in steps:
            to, counts = self._number_of(step.place), step.counts
            self.steps.append(cost=cost * UNIT, tag=tag, noun=step.noun, counts=counts, place=to)

    def _grow(self) -> None:
        old = self._row
        height, width = old.shape
        self._row = np.full(
            (max(len(self._places), height) + _ROOM, max(len(self._classes), width) + _ROOM),
            -1,
            np.int32,
        )
        self._row[:height, :width] = old
