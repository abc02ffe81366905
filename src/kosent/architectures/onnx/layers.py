"""The pieces of the networks once more, as ONNX.

They are written from the trained weights, import neither Keras nor TensorFlow, and give the
values of ``KerasBuilder`` to 1e-5, which ``tests/contracts/test_architectures.py`` holds them to.

``B`` is the batch, ``T`` the padded length, ``E`` the embedding size, ``C`` channels, ``U`` units,
``D`` directions.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from kosent.architectures.onnx.graph import FLOAT, IDS, INT32, INT64, Graph, Tensor
from kosent.architectures.onnx.hashing import hashed_windows
from kosent.architectures.onnx.packing import Array
from kosent.architectures.onnx.vectors import mean_and_max

_LOWEST = -1e9
_END = 2**31  # of an axis
_GATES = {"lstm": 4, "gru": 3, "simple_rnn": 1}
_OPERATORS = {"lstm": "LSTM", "gru": "GRU", "simple_rnn": "RNN"}
_ONNX_LSTM_ORDER = (0, 3, 1, 2)  # i o f c from Keras' i f c o; for the GRU both have z r h


class Tokens(NamedTuple):
    """Where the tokens are.

    Attributes:
        mask: bool ``(B, T, 1)``.
        lengths: Their number, int32 ``(B,)``.
    """

    mask: str
    lengths: str


class Steps(NamedTuple):
    """A vector a token.

    Attributes:
        values: float32 ``(B, T, C)``.
        at: Where its tokens are.
        ends: Whether it is zero past them.
    """

    values: Tensor
    at: Tokens
    ends: bool = False


class OnnxBuilder:
    """Lays the pieces that ``kosent.architectures.builder.Builder`` describes as ONNX operators.

    Args:
        graph: The graph, which has the weights.
        multilabel: Whether a text may have several of the classes.
    """

    def __init__(self, graph: Graph, multilabel: bool = False) -> None:
        self.graph = graph
        self.classes = graph.classes
        self.multilabel = multilabel

    @cached_property
    def at(self) -> Tokens:
        """Where the network's input, int32 ids ``(B, T)``, has tokens; 0 is padding."""
        graph = self.graph
        is_padding = graph.node("Equal", IDS, graph.constant(0, np.int32))  # (B, T)
        flat = graph.node("Not", is_padding)
        mask = graph.node("Unsqueeze", flat, graph.constant([2], np.int64))  # (B, T, 1)
        return Tokens(mask, self._lengths(flat))

    def embed(self, size: int, dropout: float, name: str) -> Steps:
        """Look up embeddings, zero where there is padding."""
        del dropout
        at = self.at
        table = self.graph.weight(f"{name}/embeddings", self.graph.vocabulary_size, size)
        return Steps(Tensor(self.graph.embeddings(table, IDS), size), at, ends=True)

    def mean_and_max_of_vectors(self, size: int, frozen: bool, name: str) -> Tensor:
        """Look up vectors, of which those of zeros are none, and pool them."""
        del frozen
        table = self.graph.weight(f"{name}/embeddings", self.graph.vocabulary_size, size)
        found = mean_and_max(self.graph, table, self.at.mask)
        return self.concatenate([Tensor(each, size) for each in found])

    def one_hot(self) -> Steps:
        """Give each token an axis of its own, zero at padding."""
        at, graph, size = self.at, self.graph, self.graph.vocabulary_size
        ids = graph.node("Cast", IDS, to=INT64)
        depth, values = graph.constant([size], np.int64), graph.constant([0, 1], np.float32)
        axes = graph.node("OneHot", ids, depth, values)
        return self._zero_padding(Steps(Tensor(axes, size), at))

    def dropout(self, x: Steps, share: float, name: str) -> Steps:
        """Leave everything as it is."""
        del share, name
        return x

    def recurrent(
        self,
        x: Steps,
        cell: str,
        units: int,
        name: str,
        *,
        bidirectional: bool = True,
        sequences: bool = True,
        input_dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
    ) -> Any:
        """Run a recurrent layer over the tokens; past a text's length its steps are zero."""
        del input_dropout, recurrent_dropout
        ways = [f"{name}/{way}_{cell}" for way in ("forward", "backward")]
        parts = ways if bidirectional else [name]
        graph = self.graph
        paths = [f"{part}/{cell}_cell" for part in parts]
        weights = [_gates(graph, path, cell, x.values.size, units) for path in paths]
        kernels, recurrents, biases = (np.stack(arrays) for arrays in zip(*weights, strict=True))
        settings = {"linear_before_reset": 1} if cell == "gru" else {}
        steps, last = graph.nodes(
            _OPERATORS[cell],
            2,
            graph.node("Transpose", x.values.name, perm=[1, 0, 2]),  # (T, B, C)
            graph.matrix(kernels, 2),  # (D, gates * U, C)
            graph.matrix(recurrents, 2),  # (D, gates * U, U)
            graph.constant(biases, np.float32),  # (D, 2 * gates * U)
            x.at.lengths,
            hidden_size=units,
            direction="bidirectional" if bidirectional else "forward",
            **settings,
        )
        size = len(parts) * units
        if not sequences:
            together = graph.node("Transpose", last, perm=[1, 0, 2])  # (D, B, U) to (B, D, U)
            return self._reshaped(together, [0, size])
        together = graph.node("Transpose", steps, perm=[2, 0, 1, 3])  # (T, D, B, U) to (B, T, D, U)
        return Steps(self._reshaped(together, [0, 0, size]), x.at, ends=True)

    def lstm_of_tokens(self, size: int, units: int, name: str, *, sequences: bool) -> Any:
        """Run an LSTM over embeddings."""
        x = self.embed(size, 0.0, "embedding")
        return self.recurrent(x, "lstm", units, name, bidirectional=False, sequences=sequences)

    def convolve(
        self, x: Steps, filters: int, width: int, name: str, *, forward: bool = False
    ) -> Steps:
        """Convolve with as many steps out as in, then cut negative values."""
        graph = self.graph
        kernel = graph.weight(f"{name}/kernel", width, x.values.size, filters)
        bias = graph.weight(f"{name}/bias", filters)
        before = 0 if forward else (width - 1) // 2
        wide = graph.node("Transpose", x.values.name, perm=[0, 2, 1])  # (B, C, T)
        out = graph.node(
            "Conv",
            wide,
            graph.matrix(kernel.transpose(2, 1, 0)),  # (filters, C, width)
            graph.constant(bias, np.float32),
            kernel_shape=[width],
            pads=[before, width - 1 - before],
        )
        relu = graph.node("Relu", out)
        found = Tensor(graph.node("Transpose", relu, perm=[0, 2, 1]), filters)
        return Steps(found, self._whole_windows(x.at, width) if forward else x.at)

    def convolve_in_steps(
        self, x: Steps, filters: int, width: int, size: int, name: str, *, forward: bool = False
    ) -> Steps:
        """Convolve, cut negative values, and take the maximum of every ``size`` steps.

        What is computed for a step is summed and compared before anything is as large as
        ``(B, T, filters)``, which no cache would hold: 10 us a review instead of 20.
        """
        graph = self.graph
        at = self._whole_windows(x.at, width) if forward else x.at
        matrix, bias = self._taps(x.values.size, filters, width, name)
        before = 0 if forward else (width - 1) // 2
        fill = [0, before, 0, 0, width - 1 - before + size - 1, 0]
        tokens = graph.node("Pad", x.values.name, graph.constant(fill, np.int64))
        beyond = graph.node("Cast", graph.node("Not", at.mask), to=FLOAT)  # (B, T, 1)
        fill, one = [0, 0, 0, 0, size - 1, 0], graph.constant(1, np.float32)
        beyond = graph.node("Pad", beyond, graph.constant(fill, np.int64), one)
        taps = [
            self._every(tokens, size, place, width + size - 2) for place in range(width + size - 1)
        ]
        parts = []
        for place in range(size):
            mask = self._every(beyond, size, place, size - 1)
            seen = graph.node("Concat", *taps[place : place + width], mask, axis=-1)
            parts.append(graph.node("MatMul", seen, matrix))  # (B, ceil(T / size), filters)
        highest = graph.node("Max", *parts) if size > 1 else parts[0]
        found = graph.node("Relu", graph.node("Add", highest, bias))
        return Steps(Tensor(found, filters), self._tokens(self._every(at.mask, size, 0, 0)))

    def scale(self, x: Steps, factor: float) -> Steps:
        """Multiply by a number."""
        times = self.graph.constant(factor, np.float32)
        scaled = self.graph.node("Mul", x.values.name, times)
        return Steps(Tensor(scaled, x.values.size), x.at)

    def side_by_side(self, parts: Sequence[Steps]) -> Steps:
        """Put the channels of the same tokens side by side."""
        return Steps(self.concatenate([part.values for part in parts]), parts[0].at)

    def max_over_time(self, x: Steps) -> Tensor:
        """Return the maximum over the tokens, 0 where there are none."""
        graph = self.graph
        lowest = graph.constant(_LOWEST, np.float32)
        masked = graph.node("Where", x.at.mask, x.values.name, lowest)
        highest = graph.node("ReduceMax", masked, axes=[1], keepdims=0)  # (B, C)
        zero = graph.constant([0], np.int32)
        empty = graph.node("Equal", x.at.lengths, zero)  # (B,)
        empty = graph.node("Unsqueeze", empty, graph.constant([1], np.int64))  # (B, 1)
        found = graph.node("Where", empty, graph.constant(0, np.float32), highest)
        return Tensor(found, x.values.size)

    def mean_over_time(self, x: Steps) -> Tensor:
        """Return the mean over the tokens, 0 where there are none."""
        graph = self.graph
        axis = graph.constant([1], np.int64)
        summed = graph.node("ReduceSum", self._zero_padding(x).values.name, axis, keepdims=0)
        floats = graph.node("Unsqueeze", graph.node("Cast", x.at.lengths, to=FLOAT), axis)  # (B, 1)
        number = graph.node("Max", floats, graph.constant(1, np.float32))
        return Tensor(graph.node("Div", summed, number), x.values.size)

    def flatten_from_end(self, x: Steps, length: int) -> Tensor:
        """Lay the last ``length`` steps side by side, the last one first."""
        graph, size = self.graph, length * x.values.size
        lengths = graph.node("Cast", x.at.lengths, to=INT64)
        backwards = graph.node("ReverseSequence", x.values.name, lengths, batch_axis=0, time_axis=1)
        kept = self._zero_padding(Steps(Tensor(backwards, x.values.size), x.at)).values.name
        padded = graph.node("Pad", kept, graph.constant([0, 0, 0, 0, length, 0], np.int64))
        ends = [graph.constant([place], np.int64) for place in (0, length, 1)]
        return self._reshaped(graph.node("Slice", padded, *ends), [-1, size])

    def ngram_sum(self, shortest: int, longest: int, buckets: int, size: int, name: str) -> Tensor:
        """Sum the rows of a text's n-grams, by the root of their number."""
        table = self.graph.weight(f"{name}/embeddings", buckets, size)
        return self._ngrams(table, shortest, longest)[1]

    def ngram_scores(
        self, shortest: int, longest: int, buckets: int, size: int, folds: int, name: str
    ) -> tuple[Steps, Tensor]:
        """Give each token the scores of the n-grams that begin there, and the text their sum."""
        del folds
        at, graph = self.at, self.graph
        table = graph.weight(f"{name}/scores", buckets, size)
        rows, total = self._ngrams(table, shortest, longest)
        by_class = graph.node("Transpose", rows, perm=[0, 2, 3, 1])  # (B, T, size, W)
        flat = self._reshaped(by_class, [0, 0, size * (longest - shortest + 1)])
        return Steps(flat, at), total

    def _ngrams(self, table: Array, shortest: int, longest: int) -> tuple[str, Tensor]:
        """Look the n-grams of a text up; return ``(B, W, T, size)``, and their sum ``(B, size)``.

        The sum is divided by the root of their number.
        """
        graph = self.graph
        buckets, size = table.shape
        places, found = hashed_windows(graph, shortest, longest, buckets)  # (B, W, T)
        floats = graph.node("Cast", found, to=FLOAT)
        present = graph.node("Unsqueeze", floats, graph.constant([3], np.int64))
        rows = graph.node("Mul", graph.rows(table, places), present)
        number = self._total(floats, 1)
        root = graph.node("Sqrt", graph.node("Max", number, graph.constant(1, np.float32)))
        total = graph.node("Div", self._total(rows, size), root)
        return rows, Tensor(total, size)

    def dense(self, x: Tensor, units: int, dropout: float, name: str) -> Tensor:
        """Apply a layer with relu."""
        del dropout
        return Tensor(self.graph.node("Relu", self._linear(x, units, name).name), units)

    def concatenate(self, parts: Sequence[Tensor]) -> Tensor:
        """Put features, or steps, side by side."""
        names = [part.name for part in parts]
        return Tensor(self.graph.node("Concat", *names, axis=-1), sum(part.size for part in parts))

    def classify(self, x: Tensor, dropout: float, sigmoid: bool = False) -> Tensor:
        """Turn features into class probabilities ``(B, classes)``."""
        del dropout
        graph = self.graph
        # As float32 even in int8: a few kilobytes, and the columns of a layer that was solved for
        # features of very different size differ as much (EXACT_NOTE).
        if self.multilabel:
            scores = self._linear(x, self.classes, "probabilities", exact=True).name
            return Tensor(graph.node("Sigmoid", scores), self.classes)
        scores = self._linear(x, self.classes - sigmoid, "probabilities", exact=True).name
        if sigmoid:
            scores = graph.node("Pad", scores, graph.constant([0, 1, 0, 0], np.int64))
        return Tensor(graph.node("Softmax", scores, axis=-1), self.classes)

    def _linear(self, x: Tensor, units: int, name: str, *, exact: bool = False) -> Tensor:
        """Multiply and add: ``(B, C)`` to ``(B, units)``; ``exact`` never as int8."""
        graph = self.graph
        kernel = graph.weight(f"{name}/kernel", x.size, units)
        bias = graph.weight(f"{name}/bias", units)
        matrix = graph.matrix(kernel.T, exact=exact)
        vector = graph.constant(bias, np.float32)
        return Tensor(graph.node("Gemm", x.name, matrix, vector, transB=1), units)

    def _zero_padding(self, x: Steps) -> Steps:
        """Set the padded positions to zero."""
        if x.ends:
            return x
        zero = self.graph.constant(0, np.float32)
        kept = self.graph.node("Where", x.at.mask, x.values.name, zero)
        return Steps(Tensor(kept, x.values.size), x.at, ends=True)

    def _whole_windows(self, at: Tokens, width: int) -> Tokens:
        """Return where a window of ``width`` tokens lies in the text; a shorter text has one."""
        graph = self.graph
        counted = graph.node("Cast", at.mask, to=INT32)  # (B, T, 1)
        number = graph.node("CumSum", counted, graph.constant(1, np.int64))  # (B, T, 1), from 1
        length = graph.node("Unsqueeze", at.lengths, graph.constant([1, 2], np.int64))  # (B, 1, 1)
        end = graph.node("Add", number, graph.constant(width - 1, np.int32))
        beyond = graph.node("Greater", end, length)
        later = graph.node("Greater", number, graph.constant(1, np.int32))
        outside = graph.node("And", beyond, later)
        return self._tokens(graph.node("And", at.mask, graph.node("Not", outside)))

    def _tokens(self, mask: str) -> Tokens:
        """Count the tokens of a mask ``(B, T, 1)``."""
        flat = self.graph.node("Squeeze", mask, self.graph.constant([2], np.int64))
        return Tokens(mask, self._lengths(flat))

    def _lengths(self, flat: str) -> str:
        """Count the tokens of a mask ``(B, T)``: int32 ``(B,)``."""
        counted = self.graph.node("Cast", flat, to=INT32)
        axis = self.graph.constant([1], np.int64)
        return self.graph.node("ReduceSum", counted, axis, keepdims=0)

    def _total(self, x: str, size: int) -> str:
        """Sum ``(B, W, T, size)`` to ``(B, size)``; over one axis it takes a third of the time."""
        flat = self._reshaped(x, [0, -1] if size == 1 else [0, -1, size]).name
        axis = self.graph.constant([1], np.int64)
        return self.graph.node("ReduceSum", flat, axis, keepdims=int(size == 1))

    def _every(self, x: str, size: int, first: int, after: int) -> str:
        """Take every ``size``-th step of ``(B, T + after, C)`` from one on, of ``T`` steps."""
        ends: list[Any] = [[first], [first - after or _END], [1], [size]]  # start, end, axis, step
        places = [self.graph.constant(end, np.int64) for end in ends]
        return self.graph.node("Slice", x, *places)

    def _taps(self, channels: int, filters: int, width: int, name: str) -> tuple[str, str]:
        """Return a convolution as a matrix ``(width * C + 1, filters)``, and its bias.

        The last row is for a channel that is 1 past the text, where nothing may be the maximum.
        """
        graph = self.graph
        kernel = graph.weight(f"{name}/kernel", width, channels, filters)
        bias = graph.weight(f"{name}/bias", filters)
        stored = graph.matrix(kernel.transpose(2, 1, 0))  # (filters, C, width)
        turned = graph.node("Transpose", stored, perm=[2, 1, 0])
        flat = self._reshaped(turned, [width * channels, filters]).name
        never = graph.constant([[_LOWEST] * filters], np.float32)
        return graph.node("Concat", flat, never, axis=0), graph.constant(bias, np.float32)

    def _reshaped(self, x: str, shape: list[int]) -> Tensor:
        """Lay values out anew; 0 is an axis of the same size as before, -1 takes the rest."""
        return Tensor(
            self.graph.node("Reshape", x, self.graph.constant(shape, np.int64)), shape[-1]
        )


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
