"""The hash of n-grams in ONNX."""

from __future__ import annotations

import numpy as np

from kosent.architectures.hashing import M, P
from kosent.architectures.onnx.graph import IDS, INT64, Graph

_END = 2**31  # of an axis


def hashed_windows(graph: Graph, shortest: int, longest: int, buckets: int) -> tuple[str, str]:
    """Hash all windows of some sizes of the graph's input, as ``layers.hashing`` does.

    Returns:
        The rows of the table int64 ``(B, W, T)``, the sizes one after another, and where there is a
        window, bool ``(B, W, T)``.
    """
    ids = graph.node("Unsqueeze", graph.node("Cast", IDS, to=INT64), _ints(graph, [1]))  # (B, 1, T)
    times, modulus = (graph.constant(number, np.int64) for number in (P, M))
    value = graph.node("Add", ids, times)  # below M: no vocabulary has a billion tokens
    following = [ids]
    values = [value]
    padded = graph.node("Pad", ids, _ints(graph, [0] * 5 + [longest - 1])) if longest > 1 else ids
    for moved in range(1, longest):
        # From `moved` on, and as long as the ids.
        ends = [[moved], [moved + 1 - longest or _END], [2]]
        following.append(graph.node("Slice", padded, *(_ints(graph, end) for end in ends)))
        product = graph.node("Add", graph.node("Mul", value, times), following[-1])
        value = graph.node("Mod", product, modulus)
        values.append(value)
    hashes, last = (_beside(graph, each[shortest - 1 :]) for each in (values, following))
    places = graph.node("Mod", hashes, graph.constant(buckets, np.int64))
    return places, graph.node("Greater", last, graph.constant(0, np.int64))


def _beside(graph: Graph, parts: list[str]) -> str:
    return graph.node("Concat", *parts, axis=1) if len(parts) > 1 else parts[0]


def _ints(graph: Graph, values: list[int]) -> str:
    return graph.constant(values, np.int64)
