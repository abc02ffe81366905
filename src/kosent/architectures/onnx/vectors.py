"""Vectors of tokens in ONNX."""

from __future__ import annotations

import numpy as np

from kosent.architectures.onnx.graph import FLOAT, Graph
from kosent.architectures.onnx.packing import ZERO, Array, layout


def vectors(graph: Graph, table: Array, ids: str) -> tuple[str, str]:
    """Look up rows of a table, and tell which are not all zeros.

    In a graph that is to be int8 they take four bits a number, and are unpacked after they are
    looked up.

    Args:
        graph: The graph to write to.
        table: float32 ``(V, E)``.
        ids: Name of int32 ids ``(B, T)``.

    Returns:
        The names of float32 ``(B, T, E)`` and of bool ``(B, T, 1)``.
    """
    if graph.int8:
        return _unpacked(graph, table, ids)
    values = graph.rows(table, ids)
    zeros = graph.node("Equal", values, graph.constant(0, np.float32))
    axis = graph.constant([2], np.int64)
    number = graph.node("ReduceSum", graph.node("Cast", zeros, to=FLOAT), axis)  # (B, T, 1)
    return values, graph.node("Greater", graph.constant(table.shape[1], np.float32), number)


def _unpacked(graph: Graph, table: Array, ids: str) -> tuple[str, str]:
    size = table.shape[1]
    groups, width = layout(size)
    numbers, codes, factors = graph.packed(table)
    places = graph.node("Gather", numbers, ids, axis=0)  # (B, T)
    pairs, scales = (graph.node("Gather", each, places, axis=0) for each in (codes, factors))
    four = graph.constant(4, np.uint8)
    raised = graph.node("BitShift", pairs, four, direction="LEFT")  # the high bits fall out
    low, high = (graph.node("BitShift", each, four, direction="RIGHT") for each in (raised, pairs))
    floats = graph.node("Cast", graph.node("Concat", low, high, axis=-1), to=FLOAT)  # (B, T, W)
    centred = graph.node("Sub", floats, graph.constant(ZERO, np.float32))
    parts = graph.node("Reshape", centred, graph.constant([0, 0, groups, width], np.int64))
    deep = graph.node("Unsqueeze", scales, graph.constant([3], np.int64))  # (B, T, G, 1)
    scaled = graph.node("Mul", parts, deep)
    shape = graph.constant([0, 0, groups * width], np.int64)
    values = graph.node("Reshape", scaled, shape)
    if groups * width > size:
        ends = (graph.constant([place], np.int64) for place in (0, size, 2))
        values = graph.node("Slice", values, *ends)
    total = graph.node("ReduceSum", scales, graph.constant([2], np.int64))  # (B, T, 1)
    return values, graph.node("Greater", total, graph.constant(0, np.float32))
