"""The library's score of a reading, rounded as it rounds: a sum of single-precision products."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from kosent.text.openkorean.grammar import (
    COVERAGE,
    DETERMINERS,
    EXCLAMATIONS,
    FLAGS,
    RARITY,
    TOKEN,
    UNKNOWN,
    WORD,
)

# How far a score in hundredths may lie from the library's, relative to its size, on both sides of
# a comparison: some 15 roundings of at most 2**-24 each, doubled, with room.
NEAR = 4e-6

# In the order in which the library sums the products up.
_WEIGHTS = array(
    "f",
    [
        weight / 100
        for weight in (
            *(TOKEN, UNKNOWN, WORD, COVERAGE, RARITY),
            *FLAGS[:3],
            *(DETERMINERS, EXCLAMATIONS),
            *FLAGS[3:],
        )
    ],
)


def library_score(
    size: int, cost: int, counts: Sequence[int], flags: Sequence[int], rarity: float
) -> float:
    """Return the score of a reading as the library's ``ParsedChunk.score`` computes it.

    Args:
        size: The number of tokens.
        cost: The score in hundredths, without the share of rarity.
        counts: The numbers of unknown tokens, words, determiners and exclamations.
        flags: The yes-no features, in the order of ``FLAGS``.
        rarity: The sum of the tokens' rarities, in single precision.
    """
    unknown, words, determiners, exclamations = counts
    others = TOKEN * size + UNKNOWN * unknown + WORD * words
    others += DETERMINERS * determiners + EXCLAMATIONS * exclamations
    others += sum(weight * flag for weight, flag in zip(FLAGS, flags, strict=True))
    covered = (cost - others) // COVERAGE  # syllables of unknown tokens
    cell = array("f", [rarity / size])  # what it holds is rounded to single precision
    numbers = (size, unknown, words, covered, cell[0], *flags[:3], determiners, exclamations)
    score = 0.0
    for number, weight in zip((*numbers, *flags[3:]), _WEIGHTS, strict=True):
        cell[0] = number * weight
        cell[0] += score
        score = cell[0]
    return score
