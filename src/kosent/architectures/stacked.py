"""A stack of recurrent layers under a classifier: what ``lstm`` and ``gru`` share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

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
) -> keras.Model:
    """Build embedding, ``depth`` recurrent layers, pooling over time, softmax.

    Args:
        cell: ``"lstm"`` or ``"gru"``.
        vocabulary_size: Rows of the embedding table, padding and unknown included.
        classes: Number of classes.
        embedding_size: Size of a token's vector.
        units: State size of one direction of one layer.
        depth: Number of recurrent layers.
        bidirectional: Read from both ends.
        pooling: ``"last"`` state, or the ``"max"`` of every unit over the tokens.
        dropout: Share dropped after the embedding, between layers and before the classifier.

    Returns:
        An uncompiled model from int32 ``(B, T)`` to float32 ``(B, classes)``.
    """
    import keras

    from kosent.architectures import layers

    ids = layers.token_ids()  # (B, T)
    mask = layers.token_mask(ids)
    x = layers.embed(ids, mask, vocabulary_size, embedding_size, dropout, "embedding")  # (B, T, E)
    for level in range(1, depth + 1):
        sequences = level < depth or pooling == "max"
        if level > 1:
            x = keras.layers.Dropout(dropout, name=f"dropout_{level}")(x)
        x = layers.recurrent(x, mask, cell, units, bidirectional, sequences, f"{cell}_{level}")
    if pooling == "max":
        x = layers.max_over_time(x, mask)  # (B, U)
    return keras.Model(ids, layers.classify(x, classes, dropout), name=cell)
