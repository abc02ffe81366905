"""Mean and maximum of the tokens' vectors in ONNX.

All that is as large as the vectors of a batch is done as seldom as can be, since it is all the time
that prediction takes: what is left out is multiplied by 0 and lowered by ``_LOW``, by numbers that
each token has one of.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kosent.architectures.onnx.graph import FLOAT, IDS, Graph
from kosent.architectures.onnx.packing import ZERO, Array, layout

_LOW = 1e9


class _Pooled(NamedTuple):
    """Of each text sum and maximum ``(B, E)`` and number ``(B, 1)`` of its vectors, all float32."""

    total: str
    highest: str
    number: str


def mean_and_max(graph: Graph, table: Array, mask: str) -> tuple[str, str]:
    """Look up the vectors of the network's input; of zeros is none.

    In a graph that is to be int8 they take four bits a number, and are unpacked after they are
    looked up.

    Args:
        graph: The graph to write to.
        table: float32 ``(V, E)``.
        mask: Name of bool ``(B, T, 1)``: where there are tokens.

    Returns:
        The names of mean and maximum ``(B, E)``, 0 where a text has no vector.
    """
    found = (_pooled_in_four_bits if graph.int8 else _pooled)(graph, table, mask)
    one = graph.constant(1, np.float32)
    mean = graph.node("Div", found.total, graph.node("Max", found.number, one))
    present = graph.node("Greater", found.number, graph.constant(0, np.float32))
    return mean, graph.node("Mul", found.highest, graph.node("Cast", present, to=FLOAT))


def _pooled(graph: Graph, table: Array, mask: str) -> _Pooled:
    values = graph.rows(table, IDS)  # (B, T, E)
    zeros = graph.node("Equal", values, graph.constant(0, np.float32))
    last = graph.constant([2], np.int64)
    number = graph.node("ReduceSum", graph.node("Cast", zeros, to=FLOAT), last)  # (B, T, 1)
    some = graph.node("Greater", graph.constant(table.shape[1], np.float32), number)
    kept = _kept(graph, mask, some)
    low = _low(graph, kept)
    axis = graph.constant([1], np.int64)
    total = graph.node("ReduceSum", graph.node("Mul", values, kept), axis, keepdims=0)
    highest = graph.node("ReduceMax", graph.node("Add", values, low), axes=[1], keepdims=0)
    return _Pooled(total, highest, graph.node("ReduceSum", kept, axis, keepdims=0))


def _pooled_in_four_bits(graph: Graph, table: Array, mask: str) -> _Pooled:
    groups, width = layout(table.shape[1])
    numbers, codes, factors = graph.packed(table)
    places = graph.node("Gather", numbers, IDS, axis=0)  # (B, T)
    pairs, scales = (graph.node("Gather", each, places, axis=0) for each in (codes, factors))
    axis, last, deep = (graph.constant([place], np.int64) for place in (1, 2, 3))
    sums = graph.node("ReduceSum", scales, last)  # (B, T, 1)
    kept = _kept(graph, mask, graph.node("Greater", sums, graph.constant(0, np.float32)))
    stored = _unpacked(graph, pairs, groups, width)  # (B, T, G, W), 8 too much
    scales = graph.node("Mul", scales, kept)  # (B, T, G)
    scaled = graph.node("Mul", stored, graph.node("Unsqueeze", scales, deep))
    less = graph.node("Mul", scales, graph.constant(-ZERO, np.float32))
    total = graph.node("ReduceSum", scaled, axis, keepdims=0)  # (B, G, W)
    all_less = graph.node("ReduceSum", less, axis, keepdims=0)  # (B, G)
    total = graph.node("Add", total, graph.node("Unsqueeze", all_less, last))
    lower = graph.node("Unsqueeze", graph.node("Add", less, _low(graph, kept)), deep)
    highest = graph.node("ReduceMax", graph.node("Add", scaled, lower), axes=[1], keepdims=0)
    total, highest = (_flat(graph, each, table.shape[1]) for each in (total, highest))
    return _Pooled(total, highest, graph.node("ReduceSum", kept, axis, keepdims=0))


def _kept(graph: Graph, mask: str, some: str) -> str:
    """Return 1 where a token has a vector and 0 elsewhere, float32 ``(B, T, 1)``."""
    return graph.node("Cast", graph.node("And", mask, some), to=FLOAT)


def _low(graph: Graph, kept: str) -> str:
    """Return 0 where a token has a vector and ``-_LOW`` elsewhere ``(B, T, 1)``."""
    less = graph.node("Sub", kept, graph.constant(1, np.float32))
    return graph.node("Mul", less, graph.constant(_LOW, np.float32))


def _unpacked(graph: Graph, pairs: str, groups: int, width: int) -> str:
    """Lay the low four bits of uint8 ``(B, T, G * W / 2)`` before the high ones, as float32."""
    four = graph.constant(4, np.uint8)
    raised = graph.node("BitShift", pairs, four, direction="LEFT")  # the high bits fall out
    low, high = (graph.node("BitShift", each, four, direction="RIGHT") for each in (raised, pairs))
    floats = graph.node("Cast", graph.node("Concat", low, high, axis=-1), to=FLOAT)
    return graph.node("Reshape", floats, graph.constant([0, 0, groups, width], np.int64))


def _flat(graph: Graph, x: str, size: int) -> str:
    """Lay groups side by side: ``(B, G, W)`` to ``(B, size)``."""
    groups, width = layout(size)
    flat = graph.node("Reshape", x, graph.constant([0, groups * width], np.int64))
    if groups * width == size:
        return flat
    ends = (graph.constant([place], np.int64) for place in (0, size, 1))
    return graph.node("Slice", flat, *ends)
