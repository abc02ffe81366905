"""A bag of hashed n-grams: the linear model that recurrent networks of Korean have to beat.

Windows of 1 to 5 tokens (of characters, in the recipes) are hashed to the rows of one table (the
"hashing trick", Weinberger et al. 2009), the rows of a text are summed and divided by the root of
their number. With ``embedding_size=0`` a row is the score itself, and the network a logistic
regression on n-grams (Wang and Manning 2012, "Baselines and Bigrams"), which
``kosent.training.linear`` fits to its optimum at once. Otherwise it is fastText's network (Joulin
et al. 2017) and is trained as any other.

The hash is part of the bundle format: windows of ids ``a b c`` go to row
``(((1 * P + a) * P + b) * P + c) mod M mod buckets``, each step taken mod ``M``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kosent.architectures.onnx import layers as onnx_layers
from kosent.architectures.onnx.graph import FLOAT, IDS, INT64, Graph, Tensor

if TYPE_CHECKING:
    import keras

# The Mersenne prime M keeps every product below 2^62; P is the multiplier of ANSI C's rand.
M = 2**31 - 1
P = 1_103_515_245
TABLE = "ngrams"


def ngrams(
    vocabulary_size: int,
    classes: int,
    *,
    shortest: int = 1,
    longest: int = 5,
    buckets: int = 2**20,
    embedding_size: int = 0,
    weighting: str = "nb",
    l2: float = 0.125,
    dropout: float = 0.3,
) -> keras.Model:
    """Build a sum over hashed n-grams, and a linear classifier of it.

    Args:
        vocabulary_size: Number of token ids, padding and unknown included.
        classes: Number of classes.
        shortest: Tokens of the shortest n-grams.
        longest: Tokens of the longest.
        buckets: Rows of the table; n-grams that meet in one share it.
        embedding_size: Size of an n-gram's vector; with 0 it is its score and the network linear.
        weighting: What the solver multiplies an n-gram with, ``"nb"`` for its naive Bayes log-count
            ratio or ``"idf"`` for its inverse document frequency; only where ``embedding_size``
            is 0.
        l2: Weight of the penalty on the squared scores, the inverse of scikit-learn's ``C``;
            only where ``embedding_size`` is 0.
        dropout: Share of single values of the sum dropped at training; only where
            ``embedding_size`` is not 0.

    Returns:
        An uncompiled model from int32 token ids ``(B, T)``, 0 where padded at the end, to
        float32 class probabilities ``(B, classes)``.
    """
    import keras
    from keras import ops

    from kosent.architectures import layers

    del vocabulary_size, weighting, l2
    ids = layers.token_ids()  # (B, T)
    windows = layers.hashed_windows(ids, shortest, max(shortest, longest), buckets, P, M)
    places, present = (ops.concatenate(part, axis=1) for part in zip(*windows, strict=True))
    size = embedding_size or linear_size(classes)
    rows = layers.Embedding(buckets, size, name=TABLE)(places)  # (B, N, E)
    summed = ops.sum(layers.zero_padding(rows, present), axis=1)  # (B, E)
    number = ops.sum(ops.cast(present, "float32"), axis=1, keepdims=True)  # (B, 1)
    features = summed / ops.sqrt(ops.maximum(number, 1.0))
    share = dropout if embedding_size else 0.0
    return keras.Model(ids, layers.classify(features, classes, share), name="ngrams")


def ngrams_onnx(
    graph: Graph,
    *,
    shortest: int,
    longest: int,
    buckets: int,
    embedding_size: int,
    weighting: str,
    l2: float,
    dropout: float,
) -> Tensor:
    """Write the trained network as ONNX; the arguments are those of ``ngrams``."""
    del weighting, l2, dropout
    size = embedding_size or linear_size(graph.classes)
    windows = hashed_windows_onnx(graph, shortest, max(shortest, longest), buckets)
    places, found = (graph.node("Concat", *part, axis=1) for part in zip(*windows, strict=True))
    present = graph.node("Unsqueeze", found, graph.constant([2], np.int64))  # (B, N, 1)
    table = graph.weight(f"{TABLE}/embeddings", buckets, size)
    rows = graph.node("Where", present, graph.rows(table, places), graph.constant(0, np.float32))
    axis = graph.constant([1], np.int64)
    summed = graph.node("ReduceSum", rows, axis, keepdims=0)  # (B, E)
    floats = graph.node("Cast", present, to=FLOAT)  # (B, N, 1)
    number = graph.node("ReduceSum", floats, axis, keepdims=0)  # (B, 1)
    one = graph.constant(1, np.float32)
    root = graph.node("Sqrt", graph.node("Max", number, one))
    return onnx_layers.classify(graph, Tensor(graph.node("Div", summed, root), size))


def linear_size(classes: int) -> int:
    """Return the scores of an n-gram: one for two classes, otherwise one for each."""
    return 1 if classes == 2 else classes


def is_linear(embedding_size: int) -> bool:
    """Tell whether the network is a linear model, which a solver fits."""
    return embedding_size == 0


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


def hashed_windows_onnx(
    graph: Graph, shortest: int, longest: int, buckets: int
) -> list[tuple[str, str]]:
    """Do what ``kosent.architectures.layers.hashed_windows`` does, of the graph's input.

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
