"""The hash of n-grams, which is part of the bundle format.

Windows of ids ``a b c`` go to row ``(((1 * P + a) * P + b) * P + c) mod M mod buckets``, each step
taken mod ``M`` (the "hashing trick", Weinberger et al. 2009).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# The Mersenne prime M keeps every product below 2^62; P is the multiplier of ANSI C's rand.
M = 2**31 - 1
P = 1_103_515_245


def hashed_rows(
    ids: npt.NDArray[np.int32],
    lengths: npt.NDArray[np.int64],
    shortest: int,
    longest: int,
    buckets: int,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Give the n-grams of many texts as the network sees them.

    Args:
        ids: The token ids of all texts, one text after another.
        lengths: Tokens of each text ``(n,)``.
        shortest: Tokens of the shortest n-grams.
        longest: Tokens of the longest.
        buckets: Rows of the table.

    Returns:
        For each n-gram the number of its text and its row in the table.
    """
    total = len(ids)
    text = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(total)  # tokens to the text's end
    texts, rows = [], []
    value = np.ones(total, np.int64)
    for size in range(1, max(shortest, longest) + 1):
        following = np.zeros(total, np.int64)
        following[: max(total - size + 1, 0)] = ids[size - 1 :]
        value = (value * P + following) % M
        if size >= shortest:
            whole = np.flatnonzero(left >= size)
            texts.append(text[whole])
            rows.append((value[whole] % buckets).astype(np.int32))
    return np.concatenate(texts), np.concatenate(rows)
