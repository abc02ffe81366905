"""A stack of recurrent layers under a classifier: what ``simple_rnn``, ``lstm``, ``gru`` share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kosent.architectures.onnx import layers as onnx_layers
from kosent.architectures.onnx.graph import Graph, Tensor

if TYPE_CHECKING:
    import keras

Pooling = Literal["last", "max"]


def stacked_recurrent(
    cell: str,
    vocabulary_size: int,
    classes: int,
    *,
    embedding_size: int,
    units: int,
    depth: int,
    bidirectional: bool,
    pooling: Pooling,
    dropout: float,
    input_dropout: float,
    onehot: bool,
    sigmoid: bool,
) -> keras.Model:
    """Build embedding, ``depth`` recurrent layers, pooling over time, softmax.

    Args:
        cell: ``"simple_rnn"``, ``"lstm"`` or ``"gru"``.
        vocabulary_size: Rows of the embedding table, padding and unknown included.
        classes: Number of classes.
        embedding_size: Size of a token's vector.
        units: State size of one direction of one layer.
        depth: Number of recurrent layers.
        bidirectional: Read from both ends.
        pooling: ``"last"`` state, or the ``"max"`` of every unit over the tokens.
        dropout: Share dropped after the embedding, between layers and before the classifier.
        input_dropout: Share of its input that a recurrent layer does not see.
        onehot: Read tokens as axes of their own; there is no table, nor ``embedding_size``.
        sigmoid: Fix the score of the first class at 0.

    Returns:
        An uncompiled model from int32 ``(B, T)`` to float32 ``(B, classes)``.
    """
    import keras

    from kosent.architectures import layers
    from kosent.architectures.layers import uniqued as distinct

    ids = layers.token_ids()  # (B, T)
    mask = layers.token_mask(ids)
    first = 1
    plain = not (bidirectional or dropout or input_dropout or onehot)
    if cell == "lstm" and plain and distinct.pays():
        sequences = depth > 1 or pooling == "max"
        x = layers.lstm_of_ids(
            ids, mask, vocabulary_size, embedding_size, units, sequences, "lstm_1"
        )
        first = 2
    elif onehot:
        x = layers.one_hot(ids, mask, vocabulary_size)  # (B, T, V)
    else:
        x = layers.embed(ids, mask, vocabulary_size, embedding_size, dropout, "embedding")
    for level in range(first, depth + 1):
        sequences = level < depth or pooling == "max"
        if level > 1:
            x = keras.layers.Dropout(dropout, name=f"dropout_{level}")(x)
        name = f"{cell}_{level}"
        x = layers.recurrent(x, mask, cell, units, bidirectional, sequences, name, input_dropout)
    if pooling == "max":
        x = layers.max_over_time(x, mask)  # (B, U)
    return keras.Model(ids, layers.classify(x, classes, dropout, sigmoid), name=cell)


def stacked_recurrent_onnx(
    cell: str,
    graph: Graph,
    *,
    embedding_size: int,
    units: int,
    depth: int,
    bidirectional: bool,
    pooling: Pooling,
    dropout: float,
    input_dropout: float,
    onehot: bool,
    sigmoid: bool,
) -> Tensor:
    """Write the trained network as ONNX; the arguments are those it was built with."""
    del dropout, input_dropout  # of training only
    at = onnx_layers.tokens(graph)
    if onehot:
        x = onnx_layers.one_hot(graph, at)  # (B, T, V)
    else:
        x = onnx_layers.embed(graph, at, embedding_size, "embedding")  # (B, T, E)
    for level in range(1, depth + 1):
        sequences = level < depth or pooling == "max"
        name = f"{cell}_{level}"
        x = onnx_layers.recurrent(graph, x, at, cell, units, bidirectional, sequences, name)
    if pooling == "max":
        x = onnx_layers.max_over_time(graph, x, at)  # (B, U)
    return onnx_layers.classify(graph, x, sigmoid)
