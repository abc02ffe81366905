"""CNN and BiLSTM side by side, the BiLSTM's steps laid out flat, as in the hybrid post."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kosent.architectures.networks.hybrid import embedded_twice
from kosent.architectures.onnx import layers as onnx_layers
from kosent.architectures.onnx.graph import Graph, Tensor

if TYPE_CHECKING:
    import keras


def flat_hybrid(
    vocabulary_size: int,
    classes: int,
    *,
    embedding_size: int = 64,
    shared_embedding: bool = True,
    filters: int = 300,
    width: int = 3,
    valid: bool = False,
    dense_units: int = 0,
    dense_dropout: float = 0.5,
    units: int = 300,
    length: int = 650,
    dropout: float = 0.2,
    sigmoid: bool = True,
) -> keras.Model:
    """Build a CNN pooled over time beside a BiLSTM whose every step has weights of its own.

    Where ``hybrid`` keeps the maximum of each unit, this gives each of the last ``length`` steps
    its own weights in the classifier, most of which long texts alone train.

    Args:
        vocabulary_size: Rows of an embedding table, padding and unknown included.
        classes: Number of classes.
        embedding_size: Size of a token's vector.
        shared_embedding: One table for both branches, or one each.
        filters: Convolution filters.
        width: Convolution width, in tokens.
        valid: Convolve only windows that lie wholly in the text.
        dense_units: Size of a layer with relu after the pooling; 0 leaves it out.
        dense_dropout: Share dropped after that layer.
        units: State size of one direction of the BiLSTM.
        length: Last tokens of a text whose states are seen; those before reach the CNN only.
        dropout: Share of single values dropped after the embedding.
        sigmoid: Fix the score of the first class at 0: of two classes one is learned.

    Returns:
        An uncompiled model from int32 token ids ``(B, T)``, 0 where padded at the end, to
        float32 class probabilities ``(B, classes)``.
    """
    import keras

    from kosent.architectures import layers

    ids = layers.token_ids()  # (B, T)
    mask = layers.token_mask(ids)

    def table(name: str) -> keras.KerasTensor:
        x = layers.embed(ids, mask, vocabulary_size, embedding_size, 0.0, name)
        return keras.layers.Dropout(dropout, name=f"{name}_values_dropout")(x)

    for_cnn, for_lstm = embedded_twice(table, shared=shared_embedding)  # (B, T, E)
    found = layers.convolve(for_cnn, filters, width, "conv", forward=valid)
    seen = layers.whole_windows(mask, width) if valid else mask
    pooled = layers.max_over_time(found, seen)  # (B, filters)
    if dense_units:
        pooled = keras.layers.Dense(dense_units, activation="relu", name="dense")(pooled)
        pooled = keras.layers.Dropout(dense_dropout, name="dense_dropout")(pooled)
    states = layers.recurrent(for_lstm, mask, "lstm", units, True, True, "bilstm")
    flat = layers.flatten_from_end(states, mask, length)  # (B, length * 2 * units)
    features = keras.ops.concatenate([pooled, flat], axis=-1)
    return keras.Model(ids, layers.classify(features, classes, 0.0, sigmoid), name="flat_hybrid")


def flat_hybrid_onnx(
    graph: Graph,
    *,
    embedding_size: int,
    shared_embedding: bool,
    filters: int,
    width: int,
    valid: bool,
    dense_units: int,
    dense_dropout: float,
    units: int,
    length: int,
    dropout: float,
    sigmoid: bool,
) -> Tensor:
    """Write the trained network as ONNX; the arguments are those of ``flat_hybrid``."""
    del dropout, dense_dropout  # of training only
    at = onnx_layers.tokens(graph)

    def table(name: str) -> Tensor:
        return onnx_layers.embed(graph, at, embedding_size, name)

    for_cnn, for_lstm = embedded_twice(table, shared=shared_embedding)  # (B, T, E)
    found = onnx_layers.convolve(graph, for_cnn, filters, width, "conv", forward=valid)
    seen = onnx_layers.whole_windows(graph, at, width) if valid else at
    pooled = onnx_layers.max_over_time(graph, found, seen)  # (B, filters)
    if dense_units:
        pooled = onnx_layers.relu(graph, onnx_layers.dense(graph, pooled, dense_units, "dense"))
    states = onnx_layers.recurrent(graph, for_lstm, at, "lstm", units, True, True, "bilstm")
    flat = onnx_layers.flatten_from_end(graph, states, at, length)
    return onnx_layers.classify(graph, onnx_layers.concatenate(graph, [pooled, flat]), sigmoid)
