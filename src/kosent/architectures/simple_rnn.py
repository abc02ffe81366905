"""Simple recurrent classifier (Elman 1990, "Finding Structure in Time")."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from kosent.architectures.recurrent import Pooling, stacked_recurrent, stacked_recurrent_onnx

if TYPE_CHECKING:
    import keras


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


simple_rnn_onnx = partial(stacked_recurrent_onnx, "simple_rnn")
