"""All readings of a run of Hangul that are worth keeping: Open Korean Text's dynamic programme.

For every syllable the library keeps the five best readings that end there, made by adding a word
of at most eight syllables to the readings that end before it. It copies and rescores each reading
whole, in time quadratic in the length of the run; here a reading is a link to the shorter one it
continues, its score is carried along, and the time is linear.
"""

from __future__ import annotations

from array import array
from itertools import pairwise

from kosent.text.openkorean.grammar import RARITY, WORD, Grammar, Place, Step, Steps
from kosent.text.openkorean.hangul import CODAS, coda_number
from kosent.text.openkorean.score import NEAR, library_score
from kosent.text.openkorean.tags import LONGEST
from kosent.text.openkorean.vocabulary import COMMON, LEAST_COST, MOST_SAVED, Vocabulary, Word

# One way to read a run up to some syllable:
#   0 score: in hundredths, lower is better; the library's but for its rounding
#   1 tags: the sum of the numbers of the parts of speech
#   2 order: the place among all readings that end at the same syllable
#   3 step: the last token's step in the grammar
#   4 rarity: the sum of the tokens' rarities, in single precision
#   5 before: the opening of the reading that this one continues; None where there is no token yet
#   6 start: where the last token begins
# A plain tuple is made in a quarter of the time of a NamedTuple.
_Reading = tuple[float, int, int, Step, float, "_Opening | None", int]

# A reading prepared for its continuation: the score with a common token's share of rarity but
# without its cost; the sum of rarities with a common token; the score without its share of rarity;
# its place in the grammar, and the steps from there; tags, rarity, counts; the size with one more
# token; the reading.
_Opening = tuple[float, float, float, Place, Steps, int, float, int, int, _Reading]
# All readings up to a syllable, and a lower bound of the score of whatever continues them, without
# the costs of what is added.
_Place = tuple[float, list[_Opening]]

SHARED = 64  # syllables of a run whose lattice is kept whole, for runs with the same beginning
BEST = 5  # readings kept at each syllable

# A share of rarity plus and minus this is rounded to a multiple of 2**-30. Sums of such shares
# and whole numbers are exact, so that equal readings have equal scores whatever their order.
ROUND = 1.5 * 2.0**22


# What matters to a josa: no coda (0), ㄹ (1), another coda (2).
AFTER = tuple(0 if coda == " " else 1 if coda == "ㄹ" else 2 for coda in CODAS)


class Lattice:
    """The readings of one run, computed on creation.

    Args:
        run: Syllables of 가-힣.
        vocabulary: The words.
        grammar: What may follow what.
        other: The lattice of another run, of at most ``SHARED`` syllables, with the same words and
            grammar. What the two have in common at their beginnings is taken over from it.
    """

    def __init__(
        self, run: str, vocabulary: Vocabulary, grammar: Grammar, other: Lattice | None = None
    ) -> None:
        self._run = run
        self._vocabulary = vocabulary
        self._grammar = grammar
        self._cell = array("f", [0.0])  # rounds what is put into it to single precision
        common = _common(run, other._run) if other is not None else 0
        if other is not None and common:
            self._best: list[list[_Reading]] = other._best[: common + 1]
            self._places: list[_Place] = other._places[: common + 1]
        else:
            step = Step(False, 0, 0, 0, grammar.start)
            self._best = [[(float(WORD), 0, 0, step, 0.0, None, 0)]]
            self._places = []
        self._after = [0, *(AFTER[coda_number(syllable)] for syllable in run)]
        for end in range(common + 1, len(run) + 1):
            if len(self._places) < end:
                self._places.append(self._open(self._best[-1]))
            self._best.append(self._rank(self._ending_at(end)))
            if end > SHARED + LONGEST:  # nothing looks back further
                self._best[end - 1] = []
                self._places[end - LONGEST] = (0.0, [])

    def best(self) -> list[tuple[str, int]]:
        """Return the tokens of the best reading with the numbers of their tags."""
        tokens: list[tuple[str, int]] = []
        reading, end = self._best[-1][0], len(self._run)
        while reading[5] is not None:
            tokens.append((self._run[reading[6] : end], reading[3].tag))
            reading, end = reading[5][9], reading[6]
        tokens.reverse()
        return tokens

    def _open(self, readings: list[_Reading]) -> _Place:
        """Prepare readings for their continuation."""
        cell = self._cell
        openings: list[_Opening] = []
        for reading in readings:
            score, tags, _, step, rarity, before, _ = reading
            place = step.place
            if before is None:
                counts, size, plain = self._grammar.pack(0, 1, 0, 0), 0, score
            else:
                counts, size = before[7] + step.counts, before[8]
                plain = score - (RARITY * rarity / size + ROUND - ROUND)
            cell[0] = rarity + COMMON
            total = cell[0]
            size += 1
            base = plain + (RARITY * total / size + ROUND - ROUND)
            openings.append(
                (base, total, plain, place, place.steps, tags, rarity, counts, size, reading)
            )
        return min([opening[0] for opening in openings]), openings

    def _ending_at(self, end: int) -> list[_Reading]:
        """Return the readings that end with a syllable: the best ones and some others."""
        run, words = self._run, self._vocabulary
        readings: list[_Reading] = []
        limit = float("inf")
        for start in range(end - 1, max(end - LONGEST, 0) - 1, -1):
            least, openings = self._places[start]
            if least + (LEAST_COST - MOST_SAVED) > limit:
                continue
            text = run[start:end]
            word = words.known.get(text) or words.describe(text)
            if least + word[2] > limit:
                continue
            before = len(readings)
            if word[1] == COMMON:
                self._add_common(openings, word, start, limit, readings)
            else:
                self._add_frequent(openings, word, start, limit, readings)
            if before != len(readings) > BEST:
                readings.sort()
                limit = _limit(readings)
        return readings

    def _add_common(
        self,
        openings: list[_Opening],
        word: Word,
        start: int,
        limit: float,
        readings: list[_Reading],
    ) -> None:
        """Append to ``readings`` those up to ``start`` with a word more, within the limit."""
        kind = word[0][self._after[start]]
        order = len(readings)
        for opening in openings:
            base, total, _, place, steps_of, tags, _, _, _, _ = opening
            least, steps = steps_of.get(kind) or self._grammar.find_steps(place, kind)
            if base + least > limit:
                continue
            for cost, tag, step in steps:
                score = base + cost
                if score <= limit:
                    order += 1
                    readings.append((score, tags + tag, order, step, total, opening, start))

    def _add_frequent(
        self,
        openings: list[_Opening],
        word: Word,
        start: int,
        limit: float,
        readings: list[_Reading],
    ) -> None:
        """Do the same with a word that is a frequent one if it is a noun."""
        kind, rare, cell = word[0][self._after[start]], word[1], self._cell
        order = len(readings)
        for opening in openings:
            base, total, plain, place, steps_of, tags, rarity, _, size, _ = opening
            _, steps = steps_of.get(kind) or self._grammar.find_steps(place, kind)
            cell[0] = rarity + rare
            noun_total = cell[0]
            noun_base = plain + (RARITY * noun_total / size + ROUND - ROUND)
            for cost, tag, step in steps:
                score = (noun_base if step.noun else base) + cost
                if score <= limit:
                    order += 1
                    added = noun_total if step.noun else total
                    readings.append((score, tags + tag, order, step, added, opening, start))

    def _rank(self, readings: list[_Reading]) -> list[_Reading]:
        """Return the best readings in the library's order."""
        readings.sort()
        limit = _limit(readings)
        for one, other in pairwise(readings):
            if other[0] > limit:
                break
            if other[0] - one[0] <= other[0] * NEAR and self._differ(one, other):
                readings.sort(key=lambda reading: (self._library_score(reading), *reading[1:3]))
                break
        return readings[:BEST]

    def _differ(self, one: _Reading, other: _Reading) -> bool:
        """Say whether rounding may part the scores of two readings."""
        return self._features(one) != self._features(other)

    def _features(self, reading: _Reading) -> tuple[int, int, tuple[int, ...], float]:
        """Return what the library's score depends on: size, counts, flags and rarity."""
        _, _, _, step, rarity, before, _ = reading
        size, counts = (before[8], before[7]) if before is not None else (0, 0)
        return size, counts + step.counts, step.place.flags, rarity

    def _library_score(self, reading: _Reading) -> float:
        size, counts, flags, rarity = self._features(reading)
        cost = reading[0] - (RARITY * rarity / size + ROUND - ROUND)
        return library_score(size, int(cost), self._grammar.unpack(counts), flags, rarity)


def _limit(readings: list[_Reading]) -> float:
    """Return the score above which no reading can be one of the best, given a sorted list."""
    return readings[min(BEST, len(readings)) - 1][0] * (1 + NEAR)


def _common(one: str, other: str) -> int:
    """Return the length of what two runs have in common at their beginnings."""
    for place, (mine, yours) in enumerate(zip(one, other, strict=False)):
        if mine != yours:
            return place
    return min(len(one), len(other))
