"""The pieces of the networks once more, as ONNX: each the twin of one in ``layers.py``.

They are written from the trained weights, import neither Keras nor TensorFlow, and give the
values of their twins to 1e-5, which ``tests/contracts/test_architectures.py`` holds them to.

``B`` is the batch, ``T`` the padded length, ``E`` the embedding size, ``C`` channels, ``U`` units,
``D`` directions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kosent.architectures.onnx.graph import FLOAT, IDS, INT32, INT64, Array, Graph, Tensor

_LOWEST = -1e9
_GATES = {"lstm": 4, "gru": 3, "simple_rnn": 1}
_OPERATORS = {"lstm": "LSTM", "gru": "GRU", "simple_rnn": "RNN"}
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


def one_hot(graph: Graph, at: Tokens) -> Tensor:
    """Give each token an axis of its own, zero at padding: ``(B, T, V)``."""
    size = graph.vocabulary_size
    ids = graph.node("Cast", IDS, to=INT64)
    depth, values = graph.constant([size], np.int64), graph.constant([0, 1], np.float32)
    return zero_padding(graph, Tensor(graph.node("OneHot", ids, depth, values), size), at)


def zero_padding(graph: Graph, x: Tensor, at: Tokens) -> Tensor:
    """Set the padded positions of ``x`` ``(B, T, C)`` to zero."""
    zero = graph.constant(0, np.float32)
    return Tensor(graph.node("Where", at.mask, x.name, zero), x.size)


def convolve(
    graph: Graph, x: Tensor, filters: int, width: int, name: str, *, forward: bool = False
) -> Tensor:
    """Convolve with as many steps out as in, then cut negative values: ``(B, T, filters)``.

    Args:
        graph: The graph.
        x: ``(B, T, C)``, zero at padding.
        filters: Filters.
        width: Their width in tokens.
        name: Name of the layer.
        forward: A window begins at its token, instead of having it in the middle.
    """
    kernel = graph.weight(f"{name}/kernel", width, x.size, filters)
    bias = graph.weight(f"{name}/bias", filters)
    before = 0 if forward else (width - 1) // 2
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
    """Run a recurrent layer over the tokens; past a text's length its steps are zero.

    Returns:
        ``(B, T, D * U)`` with ``sequences``, else ``(B, D * U)``.
    """
    parts = [f"{name}/{way}_{cell}" for way in ("forward", "backward")] if bidirectional else [name]
    weights = [_gates(graph, f"{part}/{cell}_cell", cell, x.size, units) for part in parts]
    kernels, recurrents, biases = (np.stack(arrays) for arrays in zip(*weights, strict=True))
    settings = {"linear_before_reset": 1} if cell == "gru" else {}
    steps, last = graph.nodes(
        _OPERATORS[cell],
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


def mean_over_time(graph: Graph, x: Tensor, at: Tokens) -> Tensor:
    """Return the mean over the tokens: ``(B, T, C)`` to ``(B, C)``, 0 where there are none."""
    axis = graph.constant([1], np.int64)
    summed = graph.node("ReduceSum", zero_padding(graph, x, at).name, axis, keepdims=0)
    floats = graph.node("Unsqueeze", graph.node("Cast", at.lengths, to=FLOAT), axis)  # (B, 1)
    number = graph.node("Max", floats, graph.constant(1, np.float32))
    return Tensor(graph.node("Div", summed, number), x.size)


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
    """Put features ``(B, C)``, or steps ``(B, T, C)``, side by side."""
    names = [part.name for part in parts]
    return Tensor(graph.node("Concat", *names, axis=-1), sum(part.size for part in parts))


def whole_windows(graph: Graph, at: Tokens, width: int) -> Tokens:
    """Return where a window of ``width`` tokens lies wholly in the text; a shorter text has one."""
    counted = graph.node("Cast", at.mask, to=INT32)  # (B, T, 1)
    number = graph.node("CumSum", counted, graph.constant(1, np.int64))  # (B, T, 1), from 1
    length = graph.node("Unsqueeze", at.lengths, graph.constant([1, 2], np.int64))  # (B, 1, 1)
    end = graph.node("Add", number, graph.constant(width - 1, np.int32))
    beyond = graph.node("Greater", end, length)
    later = graph.node("Greater", number, graph.constant(1, np.int32))
    outside = graph.node("And", beyond, later)
    mask = graph.node("And", at.mask, graph.node("Not", outside))
    flat = graph.node("Squeeze", mask, graph.constant([2], np.int64))
    return Tokens(mask, _lengths(graph, flat))


def flatten_from_end(graph: Graph, x: Tensor, at: Tokens, length: int) -> Tensor:
    """Lay the last ``length`` steps side by side, the last one first: ``(B, length * C)``."""
    lengths = graph.node("Cast", at.lengths, to=INT64)
    backwards = graph.node("ReverseSequence", x.name, lengths, batch_axis=0, time_axis=1)
    kept = zero_padding(graph, Tensor(backwards, x.size), at)
    padded = graph.node("Pad", kept.name, graph.constant([0, 0, 0, 0, length, 0], np.int64))
    ends = [graph.constant([place], np.int64) for place in (0, length, 1)]
    places = graph.node("Slice", padded, *ends)
    size = length * x.size
    return Tensor(graph.node("Reshape", places, graph.constant([-1, size], np.int64)), size)


def dense(graph: Graph, x: Tensor, units: int, name: str) -> Tensor:
    """Multiply and add: ``(B, C)`` to ``(B, units)``."""
    kernel = graph.weight(f"{name}/kernel", x.size, units)
    bias = graph.weight(f"{name}/bias", units)
    out = graph.node(
        "Gemm", x.name, graph.matrix(kernel.T), graph.constant(bias, np.float32), transB=1
    )
    return Tensor(out, units)


def relu(graph: Graph, x: Tensor) -> Tensor:
    """Cut negative values."""
    return Tensor(graph.node("Relu", x.name), x.size)


def classify(graph: Graph, x: Tensor, sigmoid: bool = False) -> Tensor:
    """Turn features ``(B, C)`` into class probabilities ``(B, classes)``.

    Args:
        graph: The graph.
        x: The features.
        sigmoid: The score of the first class is 0.
    """
    scores = dense(graph, x, graph.classes - sigmoid, "probabilities").name
    if sigmoid:
        scores = graph.node("Pad", scores, graph.constant([0, 1, 0, 0], np.int64))
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
    if cell == "simple_rnn":
        return kernel.T, states.T, np.concatenate([bias, np.zeros_like(bias)])
    order = np.concatenate([np.arange(units) + gate * units for gate in _ONNX_LSTM_ORDER])
    return (
        kernel.T[order],
        states.T[order],
        np.concatenate([bias[order], np.zeros_like(bias)]),  # ONNX adds a second one
    )
