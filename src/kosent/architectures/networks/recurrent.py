"""Stacks of recurrent layers under a classifier.

``simple_rnn`` is of Elman 1990, "Finding Structure in Time", ``lstm`` of Hochreiter and Schmidhuber
1997, "Long Short-Term Memory", and ``gru`` of Cho et al. 2014, "Learning Phrase Representations
using RNN Encoder-Decoder".
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from kosent.architectures.onnx import layers as onnx_layers
from kosent.architectures.onnx.graph import Graph, Tensor

if TYPE_CHECKING:
    import keras

Pooling = Literal["last", "max"]


def simple_rnn(
    vocabulary_size: int,
    classes: int,
    *,
    embedding_size: int = 128,
    units: int = 96,
    depth: int = 1,
    bidirectional: bool = True,
    pooling: Pooling = "max",
    dropout: float = 0.4,
    input_dropout: float = 0.0,
    onehot: bool = False,
    sigmoid: bool = False,
) -> keras.Model:
    """Build one or more simple recurrent layers, by default bidirectional with max pooling.

    Args:
        vocabulary_size: Rows of the embedding table, padding and unknown included.
        classes: Number of classes.
        embedding_size: Size of a token's vector.
        units: State size of one direction of one layer.
        depth: Number of recurrent layers.
        bidirectional: Read from both ends.
        pooling: ``"last"`` state, or the ``"max"`` of every unit over the tokens.
        dropout: Share dropped after the embedding, between layers and before the classifier.
        input_dropout: Share of its input that a layer does not see at training.
        onehot: Read each token as an axis of its own, without an embedding table.
        sigmoid: Fix the score of the first class at 0: of two classes one is learned.

    Returns:
        An uncompiled model from int32 token ids ``(B, T)``, 0 where padded at the end, to
        float32 class probabilities ``(B, classes)``.
    """
    return stacked_recurrent(
        "simple_rnn",
        vocabulary_size,
        classes,
        embedding_size=embedding_size,
        units=units,
        depth=depth,
        bidirectional=bidirectional,
        pooling=pooling,
        dropout=dropout,
        input_dropout=input_dropout,
        onehot=onehot,
        sigmoid=sigmoid,
    )


def lstm(
    vocabulary_size: int,
    classes: int,
    *,
    embedding_size: int = 128,
    units: int = 96,
    depth: int = 1,
    bidirectional: bool = True,
    pooling: Pooling = "max",
    dropout: float = 0.4,
    input_dropout: float = 0.0,
    onehot: bool = False,
    sigmoid: bool = False,
) -> keras.Model:
    """Build one or more LSTM layers, by default bidirectional with max pooling over time.

    Args:
        vocabulary_size: Rows of the embedding table, padding and unknown included.
        classes: Number of classes.
        embedding_size: Size of a token's vector.
        units: State size of one direction of one layer.
        depth: Number of LSTM layers.
        bidirectional: Read from both ends.
        pooling: ``"last"`` state, or the ``"max"`` of every unit over the tokens.
        dropout: Share dropped after the embedding, between layers and before the classifier.
        input_dropout: Share of its input that an LSTM layer does not see at training.
        onehot: Read each token as an axis of its own, without an embedding table.
        sigmoid: Fix the score of the first class at 0: of two classes one is learned.

    Returns:
        An uncompiled model from int32 token ids ``(B, T)``, 0 where padded at the end, to
        float32 class probabilities ``(B, classes)``.
    """
    return stacked_recurrent(
        "lstm",
        vocabulary_size,
        classes,
        embedding_size=embedding_size,
        units=units,
        depth=depth,
        bidirectional=bidirectional,
        pooling=pooling,
        dropout=dropout,
        input_dropout=input_dropout,
        onehot=onehot,
        sigmoid=sigmoid,
    )


def gru(
    vocabulary_size: int,
    classes: int,
    *,
    embedding_size: int = 128,
    units: int = 96,
    depth: int = 1,
    bidirectional: bool = True,
    pooling: Pooling = "max",
    dropout: float = 0.4,
    input_dropout: float = 0.0,
    onehot: bool = False,
    sigmoid: bool = False,
) -> keras.Model:
    """Build one or more GRU layers, by default bidirectional with max pooling over time.

    Args:
        vocabulary_size: Rows of the embedding table, padding and unknown included.
        classes: Number of classes.
        embedding_size: Size of a token's vector.
        units: State size of one direction of one layer.
        depth: Number of GRU layers.
        bidirectional: Read from both ends.
        pooling: ``"last"`` state, or the ``"max"`` of every unit over the tokens.
        dropout: Share dropped after the embedding, between layers and before the classifier.
        input_dropout: Share of its input that a GRU layer does not see at training.
        onehot: Read each token as an axis of its own, without an embedding table.
        sigmoid: Fix the score of the first class at 0: of two classes one is learned.

    Returns:
        An uncompiled model from int32 token ids ``(B, T)``, 0 where padded at the end, to
        float32 class probabilities ``(B, classes)``.
    """
    return stacked_recurrent(
        "gru",
        vocabulary_size,
        classes,
        embedding_size=embedding_size,
        units=units,
        depth=depth,
        bidirectional=bidirectional,
        pooling=pooling,
        dropout=dropout,
        input_dropout=input_dropout,
        onehot=onehot,
        sigmoid=sigmoid,
    )


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


simple_rnn_onnx = partial(stacked_recurrent_onnx, "simple_rnn")
lstm_onnx = partial(stacked_recurrent_onnx, "lstm")
gru_onnx = partial(stacked_recurrent_onnx, "gru")
