"""A recurrent network that also reads what a linear model thinks of every n-gram.

A linear model on character n-grams is more accurate than recurrent networks of its size, but does
not see in which order things are said. Here its score of each n-gram stands beside the token where
the n-gram begins, and a convolution and a BiGRU read both. The scores are those of the network
``ngrams``; ``kosent.training.cross_fitting`` learns them before Keras learns the rest, and sees to
it that at training a text's scores come from a model that has not seen the text ("cross-fitting";
as in stacking, Wolpert 1992, "Stacked Generalization"). Otherwise the network would only learn that
the linear model is always right. To begin with naive Bayes n-grams is the idea of Li et al. 2017,
"Initializing Convolutional Filters with Semantic Features for Text Classification".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kosent.architectures.networks.ngrams import M, P, hashed_windows_onnx, linear_size
from kosent.architectures.onnx import layers as onnx_layers
from kosent.architectures.onnx.graph import FLOAT, Graph, Tensor

if TYPE_CHECKING:
    import keras

SCORES = "scores"
_SCALE = 4.0  # the scores of a review's n-grams have a standard deviation of about 1 (NSMC)


def ngram_gru(
    vocabulary_size: int,
    classes: int,
    *,
    shortest: int = 1,
    longest: int = 5,
    buckets: int = 2**22,
    weighting: str = "nb",
    l2: float = 0.125,
    folds: int = 5,
    embedding_size: int = 32,
    filters: int = 96,
    width: int = 3,
    pool_size: int = 3,
    units: int = 48,
    dropout: float = 0.3,
) -> keras.Model:
    """Build a convolution, pooling and a BiGRU over tokens and the scores of their n-grams.

    Args:
        vocabulary_size: Rows of the embedding table, padding and unknown included.
        classes: Number of classes.
        shortest: Tokens of the shortest n-grams.
        longest: Tokens of the longest.
        buckets: Rows of the table of scores; n-grams that meet in one share it.
        weighting: As in ``kosent.architectures.ngrams``.
        l2: As in ``kosent.architectures.ngrams``.
        folds: Parts of the training texts, each of which gets the scores of a model that learned
            from the others.
        embedding_size: Size of a token's vector.
        filters: Convolution filters.
        width: Convolution width, in tokens.
        pool_size: Tokens that become one step of the BiGRU.
        units: State size of one direction of the BiGRU.
        dropout: Share dropped after the embedding and before the classifier.

    Returns:
        An uncompiled model from int32 token ids ``(B, T)``, 0 where padded at the end, to
        float32 class probabilities ``(B, classes)``.
    """
    import keras
    from keras import ops

    from kosent.architectures import layers
    from kosent.architectures.layers.ngram_scores import NgramScores

    del weighting, l2
    size = linear_size(classes)
    ids = layers.token_ids()  # (B, T)
    mask = layers.token_mask(ids)
    windows = layers.hashed_windows(ids, shortest, max(shortest, longest), buckets, P, M)
    places = ops.stack([place for place, _ in windows], axis=-1)  # (B, T, W)
    present = ops.cast(ops.stack([found for _, found in windows], axis=-1), "float32")
    rows = NgramScores(buckets, size, folds, name=SCORES)(places, ids)  # (B, T, W, size)
    rows = rows * ops.expand_dims(present, -1)
    number = ops.sum(present, axis=(1, 2))  # (B,)
    summed = ops.sum(rows, axis=(1, 2))  # (B, size)
    total = summed / ops.expand_dims(ops.sqrt(ops.maximum(number, 1.0)), -1)
    scores = ops.concatenate([rows[..., column] for column in range(size)], axis=-1)
    x = layers.embed(ids, mask, vocabulary_size, embedding_size, dropout, "embedding")
    x = ops.concatenate([x, scores * _SCALE], axis=-1)  # (B, T, E + size * W)
    x = layers.zero_padding(layers.convolve(x, filters, width, "conv"), mask)
    x, mask = layers.pool_in_steps(x, mask, pool_size)  # (B, ceil(T / pool_size), filters)
    states = layers.recurrent(x, mask, "gru", units, True, True, "bigru")
    found = [layers.max_over_time(states, mask), layers.mean_over_time(states, mask), total]
    features = ops.concatenate(found, axis=-1)  # (B, 4 * units + size)
    return keras.Model(ids, layers.classify(features, classes, dropout), name="ngram_gru")


def ngram_gru_onnx(
    graph: Graph,
    *,
    shortest: int,
    longest: int,
    buckets: int,
    weighting: str,
    l2: float,
    folds: int,
    embedding_size: int,
    filters: int,
    width: int,
    pool_size: int,
    units: int,
    dropout: float,
) -> Tensor:
    """Write the trained network as ONNX; the arguments are those of ``ngram_gru``."""
    del weighting, l2, folds, dropout  # of training only
    size = linear_size(graph.classes)
    at = onnx_layers.tokens(graph)
    rows, total = _scores(graph, shortest, max(shortest, longest), buckets, size)
    embedded = onnx_layers.embed(graph, at, embedding_size, "embedding")
    scaled = graph.node("Mul", rows.name, graph.constant(_SCALE, np.float32))
    x = onnx_layers.concatenate(graph, [embedded, Tensor(scaled, rows.size)])
    x = onnx_layers.convolve(graph, x, filters, width, "conv")
    x = onnx_layers.zero_padding(graph, x, at)
    x, at = onnx_layers.pool_in_steps(graph, x, at, pool_size)
    states = onnx_layers.recurrent(graph, x, at, "gru", units, True, True, "bigru")
    highest = onnx_layers.max_over_time(graph, states, at)
    mean = onnx_layers.mean_over_time(graph, states, at)
    return onnx_layers.classify(graph, onnx_layers.concatenate(graph, [highest, mean, total]))


def _scores(
    graph: Graph, shortest: int, longest: int, buckets: int, size: int
) -> tuple[Tensor, Tensor]:
    """Give each token the scores of the n-grams that begin there, and the linear model's own.

    Returns:
        ``(B, T, size * W)``, ``W`` window sizes, and ``(B, size)``.
    """
    windows = hashed_windows_onnx(graph, shortest, longest, buckets)
    last = graph.constant([2], np.int64)
    places, present = (
        graph.node("Concat", *[graph.node("Unsqueeze", each, last) for each in part], axis=2)
        for part in zip(*windows, strict=True)
    )  # (B, T, W)
    table = graph.weight(f"{SCORES}/scores", buckets, size)
    floats = graph.node("Cast", present, to=FLOAT)
    deep = graph.node("Unsqueeze", floats, graph.constant([3], np.int64))
    rows = graph.node("Mul", graph.rows(table, places), deep)  # (B, T, W, size)
    axes = graph.constant([1, 2], np.int64)
    number = graph.node("ReduceSum", deep, axes, keepdims=0)  # (B, 1)
    root = graph.node("Sqrt", graph.node("Max", number, graph.constant(1, np.float32)))
    total = graph.node("Div", graph.node("ReduceSum", rows, axes, keepdims=0), root)
    channels = size * len(windows)
    by_class = graph.node("Transpose", rows, perm=[0, 1, 3, 2])
    flat = graph.node("Reshape", by_class, graph.constant([0, 0, channels], np.int64))
    return Tensor(flat, channels), Tensor(total, size)
