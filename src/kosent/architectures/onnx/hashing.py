"""The hash of n-grams in ONNX."""

from __future__ import annotations

from typing import Any

import numpy as np

from kosent.architectures.hashing import M, P
from kosent.architectures.onnx.graph import IDS, INT64, Graph


def hashed_windows(
    graph: Graph, shortest: int, longest: int, buckets: int
) -> list[tuple[str, str]]:
    """Hash all windows of some sizes of the graph's input, as ``layers.hashing`` does.

    Returns:
        For each size the rows of the table int64 ``(B, T)``, and where there is a window, bool
        ``(B, T)``.
    """
    ids = graph.node("Cast", IDS, to=INT64)  # (B, T)
    zero, times, modulus = (graph.constant(number, np.int64) for number in (0, P, M))
    value = graph.constant(1, np.int64)
    windows = []
    for size in range(1, longest + 1):
        following = _moved(graph, ids, size - 1)
        product = graph.node("Mul", value, times)
        value = graph.node("Mod", graph.node("Add", product, following), modulus)
        if size >= shortest:
            place = graph.node("Mod", value, graph.constant(buckets, np.int64))
            windows.append((place, graph.node("Greater", following, zero)))
    return windows


def _moved(graph: Graph, ids: str, steps: int) -> str:
    """Move ids ``(B, T)`` to the front, zeros following."""
    if steps == 0:
        return ids
    padded = graph.node("Pad", ids, graph.constant([0, 0, 0, steps], np.int64))
    ends: list[Any] = [[steps], [2**31], [1]]  # start, end, axis
    return graph.node("Slice", padded, *(graph.constant(end, np.int64) for end in ends))
