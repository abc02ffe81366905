"""The lattices of many runs of Hangul at once, as arrays.

What :class:`~kosent.text.openkorean.lattice.Lattice` does for one run is done here for thousands
together, syllable by syllable: a run costs 22 µs instead of 60 to 70. Scores are whole numbers, in
units of 2**-30 hundredths. Where the library's rounding may have decided between two readings,
which the lattice of a single run looks into, none is given here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kosent.text.openkorean.automaton import MOST_STEPS, NEVER, UNIT, Automaton, Numbers
from kosent.text.openkorean.grammar import RARITY, WORD
from kosent.text.openkorean.lattice import AFTER, BEST, ROUND
from kosent.text.openkorean.score import NEAR
from kosent.text.openkorean.tags import LONGEST
from kosent.text.openkorean.vocabulary import COMMON, MOST_SAVED

LONGEST_RUN = 16  # syllables; longer ones are rare, and their scores would need more bits

_AFTER = np.array(AFTER)
_LOOKED_AT = 16  # of the readings that end at a syllable, the best: more than 5 may be as good
_NO_SCORE = NEVER // 2

# A candidate is sorted by one number: its score, the sum of its tags, its place among the others.
_PLACES, _TAGS = 10, 9

Rarities = NDArray[np.float32]
Truths = NDArray[np.bool_]
Reading = list[tuple[str, int]]


def best_readings(runs: Sequence[str], automaton: Automaton) -> list[Reading | None]:
    """Return each run's tokens with the numbers of their tags.

    Args:
        runs: Syllables of 가-힣, at least one and at most ``LONGEST_RUN``.
        automaton: The words and the grammar.

    Returns:
        For each run its best reading; None where it takes the library's rounding to find it.
    """
    order = sorted(range(len(runs)), key=lambda number: -len(runs[number]))
    batch = _Batch([runs[number] for number in order], automaton)
    found: list[Reading | None] = [None] * len(runs)
    for number, reading in zip(order, batch.readings(), strict=True):
        found[number] = reading
    return found


class _Candidates(NamedTuple):
    """Readings that end at a syllable, the best of each run first: shape (runs, ``_LOOKED_AT``).

    Attributes:
        there: Whether there is one.
        score: Its score.
        tags: The sum of its tags.
        source: The last word's distance - 1, times ``BEST``, and the rank of what it continues.
        size: The number of its tokens.
        counts: Its packed counts.
        rarity: The sum of its rarities.
        place: Its place in the grammar.
        tag: The last token's tag.
        flags: The number of its yes-no features.
    """

    there: Truths
    score: Numbers
    tags: Numbers
    source: Numbers
    size: Numbers
    counts: Numbers
    rarity: Rarities
    place: Numbers
    tag: Numbers
    flags: Numbers

    def part(self, ranks: slice) -> _Candidates:
        """Return the readings of some ranks."""
        return _Candidates(*(each[:, ranks] for each in self))  # type: ignore[arg-type]


class _Batch:
    """The lattices of runs, the longest first.

    The arrays of readings have the shape (runs, syllables + 1, ``BEST``): a reading ends before
    that syllable. ``_base`` and ``_plain`` are its score without the last share of rarity, with and
    without a common token's.
    """

    def __init__(self, runs: Sequence[str], automaton: Automaton) -> None:
        self._runs = runs
        self._automaton = automaton
        self._lengths = np.array([len(run) for run in runs])
        self._read_words()
        self._open()
        self._unsure = np.zeros(len(runs), np.bool_)
        for end in range(1, len(runs[0]) + 1):
            self._extend(end)

    def readings(self) -> Iterator[Reading | None]:
        """Yield each run's best reading."""
        sizes, tags = self._trace()
        run, place = np.nonzero(sizes)
        ends = np.cumsum(np.bincount(run, minlength=len(self._runs))).tolist()
        last, size = (place + 1).tolist(), sizes[run, place].tolist()
        tag = tags[run, place].tolist()
        for text, unsure, (start, end) in zip(
            self._runs, self._unsure.tolist(), pairwise([0, *ends]), strict=True
        ):
            mine = slice(start, end)
            tokens = zip(last[mine], size[mine], tag[mine], strict=True)
            yield None if unsure else [(text[to - many : to], each) for to, many, each in tokens]

    def _trace(self) -> tuple[Numbers, Numbers]:
        """Return the lengths and the tags of the best readings' tokens, each at its last syllable.

        Both have the shape (runs, syllables), and zeros where no token ends.
        """
        sizes, tags = (np.zeros(self._base[:, 1:, 0].shape, np.int64) for _ in range(2))
        run = np.flatnonzero(~self._unsure)
        end, rank = self._lengths[run], np.zeros(len(run), np.int64)
        while len(run):
            here = run, end, rank
            distance, rank = np.divmod(self._source[here], BEST)
            sizes[run, end - 1], tags[run, end - 1] = distance + 1, self._tag[here]
            end = end - 1 - distance
            run, end, rank = (each[end > 0] for each in (run, end, rank))
        return sizes, tags

    def _read_words(self) -> None:
        """Find the class and the rarity of each word: by run, end and distance of its start."""
        ends = np.arange(1, len(self._runs[0]) + 1)
        distances = np.arange(1, LONGEST + 1)
        inside = (distances <= ends[:, None]) & (ends[:, None] <= self._lengths[:, None, None])
        spans = chain.from_iterable(map(run.__getitem__, _spans(len(run))) for run in self._runs)
        words = np.zeros(inside.shape, np.int64)
        words[inside] = self._automaton.find_words(list(spans))
        known = self._automaton.words
        classes = np.stack([known["none"], known["liquid"], known["other"]], axis=1)
        after = np.zeros((len(self._runs), len(ends) + 1), np.int64)
        codes = np.frombuffer("".join(self._runs).encode("utf-32-le"), np.uint32).astype(np.int64)
        after[:, 1:][ends <= self._lengths[:, None]] = _AFTER[(codes - ord("가")) % len(AFTER)]
        starts = np.maximum(ends[:, None] - distances, 0)
        self._classes = classes[words, after[:, starts]]
        self._rarities = known["rarity"][words]
        self._saved = np.where(self._rarities == COMMON, 0, MOST_SAVED * UNIT)

    def _open(self) -> None:
        """Begin with a reading without tokens before each run."""
        shape = (len(self._runs), len(self._runs[0]) + 1, BEST)
        self._base = np.full(shape, _NO_SCORE)
        self._plain, self._place, self._tags, self._counts, self._source, self._tag = (
            np.zeros(shape, np.int64) for _ in range(6)
        )
        self._size = np.ones(shape, np.int64)  # with the next token
        self._rarity = np.zeros(shape, np.float32)
        self._base[:, 0, 0] = (WORD + RARITY) * UNIT
        self._plain[:, 0, 0] = WORD * UNIT
        self._counts[:, 0, 0] = self._automaton.start

    def _extend(self, end: int) -> None:
        """Find the best readings that end with a syllable."""
        count = int(np.searchsorted(-self._lengths, -end, side="right"))
        best = self._decode(self._sorted_keys(end, count), end, count)
        self._unsure[:count] |= _are_near(best)
        kept = best.part(slice(BEST))
        plain = kept.score - _share(kept.rarity, kept.size)
        with_common = plain + _share(kept.rarity + np.float32(COMMON), kept.size + 1)
        here = slice(count), end
        self._plain[here] = plain
        self._base[here] = np.where(kept.there, with_common, _NO_SCORE)
        self._place[here] = np.where(kept.there, kept.place, 0)
        self._tags[here], self._counts[here], self._rarity[here] = (
            kept.tags,
            kept.counts,
            kept.rarity,
        )
        self._size[here] = kept.size + 1
        self._source[here], self._tag[here] = kept.source, kept.tag

    def _sorted_keys(self, end: int, count: int) -> Numbers:
        """Return the keys of the readings that may be among the best, sorted; by run."""
        width = min(LONGEST, end)
        back = slice(end - 1, end - 1 - width if end > width else None, -1)
        classes = self._classes[:count, end - 1, :width, None]
        rows = self._automaton.find_rows(self._place[:count, back], classes)
        table, steps = self._automaton.rows, self._automaton.steps
        least = self._base[:count, back] + table["least"][rows]
        limit = _limits(least.reshape(count, -1))
        least -= self._saved[:count, end - 1, :width, None]  # a noun's may be that much lower
        run, source = np.divmod(np.flatnonzero(least <= limit[:, None, None]), width * BEST)
        here = self._before(run, source, end)
        bases = self._base.ravel()[here]
        rarity = self._rarity.ravel()[here] + self._rarities[run, end - 1, source // BEST]
        nouns = self._plain.ravel()[here] + _share(rarity, self._size.ravel()[here])
        # From here on by step: those of a row stand one after another.
        row = rows.reshape(count, -1)[run, source]
        which, within = _numbered(table["count"][row])
        step = table["first"][row][which] + within
        score = np.where(steps["noun"][step], nouns[which], bases[which]) + steps["cost"][step]
        tags = self._tags.ravel()[here][which] + steps["tag"][step]
        places = source[which] * MOST_STEPS + within
        low = score <= limit[run][which]
        keys = (((score << _TAGS) | tags) << _PLACES) | places
        return _sorted_by_run(keys[low], run[which][low], count)

    def _decode(self, keys: Numbers, end: int, count: int) -> _Candidates:
        """Return all about the readings with the lowest keys."""
        there = keys < NEVER * 2
        source, within = np.divmod(keys & (1 << _PLACES) - 1, MOST_STEPS)
        source[~there] = 0
        run, distance = np.arange(count)[:, None], source // BEST
        here = self._before(run, source, end)
        classes = self._classes[run, end - 1, distance]
        rows = self._automaton.find_rows(self._place.ravel()[here], classes)
        step = self._automaton.rows["first"][rows] + within
        step[~there] = 0
        steps = self._automaton.steps
        added = np.where(steps["noun"][step], self._rarities[run, end - 1, distance], COMMON)
        place = steps["place"][step]
        return _Candidates(
            there,
            keys >> _PLACES + _TAGS,
            keys >> _PLACES & (1 << _TAGS) - 1,
            source,
            self._size.ravel()[here],
            self._counts.ravel()[here] + steps["counts"][step],
            self._rarity.ravel()[here] + added.astype(np.float32),
            place,
            steps["tag"][step],
            self._automaton.features["flags"][place],
        )

    def _before(self, run: Numbers, source: Numbers, end: int) -> Numbers:
        """Return where in the arrays the readings are that others continue."""
        distance, rank = np.divmod(source, BEST)
        return (run * self._base.shape[1] + end - 1 - distance) * BEST + rank


@cache
def _spans(size: int) -> list[slice]:
    """Return the words of a run by their ends, the shortest first."""
    return [
        slice(start, end)
        for end in range(1, size + 1)
        for start in range(end - 1, max(end - LONGEST, 0) - 1, -1)
    ]


def _share(rarity: Rarities, size: Numbers) -> Numbers:
    """Return the share of rarity in a score, as the lattice of a single run rounds it."""
    share = RARITY * rarity.astype(np.float64) / size + ROUND - ROUND
    return (share * UNIT).astype(np.int64)


def _limits(scores: Numbers) -> Numbers:
    """Return what no reading that is among the best, or as good, can exceed.

    Args:
        scores: Scores of some readings that end there, shape (runs, any).
    """
    if scores.shape[1] > BEST:
        scores = np.partition(scores, BEST - 1, axis=1)
    limit: Numbers = scores[:, BEST - 1]
    limit = limit + np.ceil(limit * NEAR).astype(np.int64)
    return np.minimum(limit, _NO_SCORE - 1)


def _numbered(counts: Numbers) -> tuple[Numbers, Numbers]:
    """Return for each thing whose it is, and which of theirs."""
    which = np.repeat(np.arange(len(counts)), counts)
    return which, np.arange(len(which)) - (np.cumsum(counts) - counts)[which]


def _sorted_by_run(keys: Numbers, run: Numbers, count: int) -> Numbers:
    """Return the lowest keys of each run, shape (count, ``_LOOKED_AT``)."""
    _, column = _numbered(np.bincount(run, minlength=count))
    table = np.full((count, max(int(column.max(initial=0)) + 1, _LOOKED_AT)), NEVER * 2)
    table[run, column] = keys
    table.sort(axis=1)
    return table[:, :_LOOKED_AT]


def _are_near(found: _Candidates) -> Truths:
    """Say of each run whether the library's rounding may change the order of its readings."""
    last = np.minimum(found.there.sum(axis=1), BEST) - 1
    limit = np.take_along_axis(found.score, last[:, None], axis=1) * (1 + NEAR)
    good = found.there & (found.score <= limit)
    one, other = found.part(slice(-1)), found.part(slice(1, None))
    near = good[:, 1:] & (other.score - one.score <= other.score * NEAR)
    differ: Truths = (one.size != other.size) | (one.counts != other.counts)
    differ |= (one.flags != other.flags) | (one.rarity != other.rarity)
    unsure: Truths = np.any(near & differ, axis=1, keepdims=True)[:, 0]
    return unsure | good[:, -1]
