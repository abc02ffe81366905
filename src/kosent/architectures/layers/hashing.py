"""The hash of n-grams in Keras."""

from __future__ import annotations

from typing import Any

from keras import ops

from kosent.architectures.hashing import M, P


def hashed_windows(ids: Any, shortest: int, longest: int, buckets: int) -> list[tuple[Any, Any]]:
    """Hash all windows of some sizes, as ``kosent.architectures.hashing`` describes it.

    Args:
        ids: int32 ``(B, T)``, 0 where padded at the end.
        shortest: Tokens of the shortest windows.
        longest: Tokens of the longest.
        buckets: Number of values of the hash.

    Returns:
        For each size the int64 hashes of the windows that begin at each token ``(B, T)``, and
        where they lie in the text, bool ``(B, T)``.
    """
    ids = ops.cast(ids, "int64")
    value = ops.ones_like(ids)
    windows = []
    for size in range(1, longest + 1):
        following = ops.pad(ids, [[0, 0], [0, size - 1]])[:, size - 1 :]  # (B, T)
        value = ops.mod(value * P + following, M)
        if size >= shortest:
            windows.append((ops.mod(value, buckets), following > 0))
    return windows
