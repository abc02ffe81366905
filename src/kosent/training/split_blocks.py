"""Held-out blocks: rows that follow each other stay on one side of the validation split."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]

# A block as long as 100 rows parts few of the families of rows that it begins and ends in; fewer
# than four blocks of a class would tell of too few of its texts.
_LONGEST, _FEWEST = 100, 4


def choose_blocks(numbers: npt.NDArray[np.int32], fraction: float, seed: int) -> Rows:
    """Choose blocks of rows to hold out, of each class its part.

    Texts that stand together in a file often belong together: paraphrases of a sentence, sentences
    of a document, turns of a conversation. Held out one by one, each has a sibling that is
    learned, and tells nothing of texts without one (Roberts et al. 2017, "Cross-validation
    strategies for data with temporal, spatial, hierarchical, or phylogenetic structure").

    Args:
        numbers: Class numbers in the order of the file ``(n,)``. Consecutive are the rows of a
            class, so that a file that is sorted by its labels is cut like another.
        fraction: Share of the rows to hold out.
        seed: Seed of the choice.

    Returns:
        Sorted row numbers, one or more of each class.
    """
    rng = np.random.default_rng(seed)
    chosen = [
        _of_one(np.flatnonzero(numbers == number), fraction, rng) for number in np.unique(numbers)
    ]
    return np.sort(np.concatenate(chosen))


def _of_one(rows: Rows, fraction: float, rng: np.random.Generator) -> Rows:
    wanted = len(rows) * fraction
    length = max(1, min(_LONGEST, int(wanted / _FEWEST)))
    blocks = max(1, len(rows) // length)
    count = max(1, round(wanted / length))
    block = np.minimum(np.arange(len(rows)) // length, blocks - 1)  # the last takes what is left
    found: Rows = rows[np.isin(block, rng.permutation(blocks)[:count])]
    return found
