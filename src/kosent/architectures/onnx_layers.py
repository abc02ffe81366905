"""The pieces of the networks once more, as ONNX: each the twin of one in ``layers.py``.

They are written from the trained weights, import neither Keras nor TensorFlow, and give the
values of their twins to 1e-5, which ``tests/contracts/test_architectures.py`` holds them to.

``B`` is the batch, ``T`` the padded length, ``E`` the embedding size, ``C`` channels, ``U`` units,
``D`` directions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kosent.architectures.graph import FLOAT, IDS, INT32, Array, Graph, Tensor

_LOWEST = -1e9
_GATES = {"lstm": 4, "gru": 3}
_ONNX_LSTM_ORDER = (0, 3, 1, 2)  # i o f c from Keras' i f c o; for the GRU both have z r h


class Tokens(NamedTuple):
    """The ids and what follows from them.

    Attributes:
        mask: bool ``(B, T, 1)``, where there is a token.
        lengths: int32 ``(B,)``.
    """

    mask: str
    lengths: str


def tokens(graph: Graph) -> Tokens:
    """Read the network's input: int32 ids ``(B, T)``, 0 where padded at the end."""
    is_padding = graph.node("Equal", IDS, graph.constant(0, np.int32))  # (B, T)
    flat = graph.node("Not", is_padding)
    mask = graph.node("Unsqueeze", flat, graph.constant([2], np.int64))  # (B, T, 1)
    return Tokens(mask, _lengths(graph, flat))


def embed(graph: Graph, at: Tokens, size: int, name: str) -> Tensor:
    """Look up embeddings, zero where there is padding: ``(B, T, E)``."""
    table = graph.weight(f"{name}/embeddings", graph.vocabulary_size, size)
    return zero_padding(graph, Tensor(graph.rows(table, IDS), size), at)


def zero_padding(graph: Graph, x: Tensor, at: Tokens) -> Tensor:
    """Set the padded positions of ``x`` ``(B, T, C)`` to zero."""
    zero = graph.constant(0, np.float32)
    return Tensor(graph.node("Where", at.mask, x.name, zero), x.size)


def convolve(graph: Graph, x: Tensor, filters: int, width: int, name: str) -> Tensor:
    """Convolve with as many steps out as in, then cut negative values: ``(B, T, filters)``."""
    kernel = graph.weight(f"{name}/kernel", width, x.size, filters)
    bias = graph.weight(f"{name}/bias", filters)
    before = (width - 1) // 2
    wide = graph.node("Transpose", x.name, perm=[0, 2, 1])  # (B, C, T)
    out = graph.node(
        "Conv",
        wide,
        graph.matrix(kernel.transpose(2, 1, 0)),  # (filters, C, width)
        graph.constant(bias, np.float32),
        kernel_shape=[width],
        pads=[before, width - 1 - before],
    )
    relu = graph.node("Relu", out)
    return Tensor(graph.node("Transpose", relu, perm=[0, 2, 1]), filters)


def recurrent(
    graph: Graph,
    x: Tensor,
    at: Tokens,
    cell: str,
    units: int,
    bidirectional: bool,
    sequences: bool,
    name: str,
) -> Tensor:
    """Run an LSTM or GRU over the tokens; past a text's length its steps are zero.

    Returns:
        ``(B, T, D * U)`` with ``sequences``, else ``(B, D * U)``.
    """
    parts = [f"{name}/{way}_{cell}" for way in ("forward", "backward")] if bidirectional else [name]
    weights = [_gates(graph, f"{part}/{cell}_cell", cell, x.size, units) for part in parts]
    kernels, recurrents, biases = (np.stack(arrays) for arrays in zip(*weights, strict=True))
    settings = {"linear_before_reset": 1} if cell == "gru" else {}
    steps, last = graph.nodes(
        cell.upper(),
        2,
        graph.node("Transpose", x.name, perm=[1, 0, 2]),  # (T, B, C)
        graph.matrix(kernels, 2),  # (D, gates * U, C)
        graph.matrix(recurrents, 2),  # (D, gates * U, U)
        graph.constant(biases, np.float32),  # (D, 2 * gates * U)
        at.lengths,
        hidden_size=units,
        direction="bidirectional" if bidirectional else "forward",
        **settings,
    )
    size = len(parts) * units
    if sequences:
        together = graph.node("Transpose", steps, perm=[2, 0, 1, 3])  # (T, D, B, U) to (B, T, D, U)
        shape = graph.constant([0, 0, size], np.int64)
    else:
        together = graph.node("Transpose", last, perm=[1, 0, 2])  # (D, B, U) to (B, D, U)
        shape = graph.constant([0, size], np.int64)
    return Tensor(graph.node("Reshape", together, shape), size)


def max_over_time(graph: Graph, x: Tensor, at: Tokens) -> Tensor:
    """Return the maximum over the tokens: ``(B, T, C)`` to ``(B, C)``, 0 where there are none."""
    masked = graph.node("Where", at.mask, x.name, graph.constant(_LOWEST, np.float32))
    highest = graph.node("ReduceMax", masked, axes=[1], keepdims=0)  # (B, C)
    zero = graph.constant([0], np.int32)
    empty = graph.node("Equal", at.lengths, zero)  # (B,)
    empty = graph.node("Unsqueeze", empty, graph.constant([1], np.int64))  # (B, 1)
    found = graph.node("Where", empty, graph.constant(0, np.float32), highest)
    return Tensor(found, x.size)


def pool_in_steps(graph: Graph, x: Tensor, at: Tokens, size: int) -> tuple[Tensor, Tokens]:
    """Take the maximum of every ``size`` tokens, counted from the first, 0 at padding.

    Args:
        graph: The graph.
        x: Non-negative ``(B, T, C)``, zero at padding.
        at: Its tokens.
        size: Tokens a window.

    Returns:
        ``(B, ceil(T / size), C)`` and its tokens.
    """
    fill = graph.constant([0, 0, 0, 0, size - 1, 0], np.int64)
    kept = graph.node("Cast", at.mask, to=FLOAT)  # (B, T, 1)
    pooled, mask = (_windows(graph, graph.node("Pad", part, fill), size) for part in (x.name, kept))
    mask = graph.node("Greater", mask, graph.constant(0.5, np.float32))
    flat = graph.node("Squeeze", mask, graph.constant([2], np.int64))
    return Tensor(pooled, x.size), Tokens(mask, _lengths(graph, flat))


def concatenate(graph: Graph, parts: list[Tensor]) -> Tensor:
    """Put features ``(B, C)`` side by side."""
    names = [part.name for part in parts]
    return Tensor(graph.node("Concat", *names, axis=-1), sum(part.size for part in parts))


def classify(graph: Graph, x: Tensor) -> Tensor:
    """Turn features ``(B, C)`` into class probabilities ``(B, classes)``."""
    kernel = graph.weight("probabilities/kernel", x.size, graph.classes)
    bias = graph.weight("probabilities/bias", graph.classes)
    scores = graph.node(
        "Gemm", x.name, graph.matrix(kernel.T), graph.constant(bias, np.float32), transB=1
    )
    return Tensor(graph.node("Softmax", scores, axis=-1), graph.classes)


def _lengths(graph: Graph, mask: str) -> str:
    counted = graph.node("Cast", mask, to=INT32)  # int32 (B, T)
    return graph.node("ReduceSum", counted, graph.constant([1], np.int64), keepdims=0)


def _windows(graph: Graph, x: str, size: int) -> str:
    wide = graph.node("Transpose", x, perm=[0, 2, 1])  # (B, C, T)
    pooled = graph.node("MaxPool", wide, kernel_shape=[size], strides=[size])
    return graph.node("Transpose", pooled, perm=[0, 2, 1])


def _gates(
    graph: Graph, path: str, cell: str, channels: int, units: int
) -> tuple[Array, Array, Array]:
    """Return kernel ``(gates * U, C)``, recurrent kernel and bias of a cell in ONNX' order."""
    gates = _GATES[cell]
    kernel = graph.weight(f"{path}/kernel", channels, gates * units)
    states = graph.weight(f"{path}/recurrent_kernel", units, gates * units)
    if cell == "gru":
        bias = graph.weight(f"{path}/bias", 2, gates * units).reshape(-1)
        return kernel.T, states.T, bias
    bias = graph.weight(f"{path}/bias", gates * units)
    order = np.concatenate([np.arange(units) + gate * units for gate in _ONNX_LSTM_ORDER])
    return (
        kernel.T[order],
        states.T[order],
        np.concatenate([bias[order], np.zeros_like(bias)]),  # ONNX adds a second one
    )
