"""Convolution and pooling, then stacked BiLSTM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kosent.architectures.onnx import layers as onnx_layers
from kosent.architectures.onnx.graph import Graph, Tensor

if TYPE_CHECKING:
    import keras


def cnn_bilstm(
    vocabulary_size: int,
    classes: int,
    *,
    embedding_size: int = 128,
    filters: int = 96,
    width: int = 5,
    pool_size: int = 4,
    units: int = 64,
    dropout: float = 0.4,
    valid: bool = False,
    plain_dropout: bool = False,
    sigmoid: bool = False,
) -> keras.Model:
    """Build a convolution that shortens the text by ``pool_size`` and two BiLSTMs over it.

    Args:
        vocabulary_size: Rows of the embedding table, padding and unknown included.
        classes: Number of classes.
        embedding_size: Size of a token's vector.
        filters: Convolution filters.
        width: Convolution width, in tokens.
        pool_size: Tokens that become one step of the recurrent layers.
        units: State size of one direction of the first BiLSTM; the second has half.
        dropout: Share dropped after the embedding, between layers and before the classifier.
        valid: Convolve only windows that lie wholly in the text.
        plain_dropout: Drop single values of the embedding instead of whole channels, and nothing
            before the classifier.
        sigmoid: Fix the score of the first class at 0: of two classes one is learned.

    Returns:
        An uncompiled model from int32 token ids ``(B, T)``, 0 where padded at the end, to
        float32 class probabilities ``(B, classes)``.
    """
    import keras

    from kosent.architectures import layers

    ids = layers.token_ids()  # (B, T)
    mask = layers.token_mask(ids)
    spatial = 0.0 if plain_dropout else dropout
    x = layers.embed(ids, mask, vocabulary_size, embedding_size, spatial, "embedding")
    if plain_dropout:
        x = keras.layers.Dropout(dropout, name="dropout_1")(x)
    x = layers.convolve(x, filters, width, "conv", forward=valid)
    if valid:
        mask = layers.whole_windows(mask, width)
    x = layers.zero_padding(x, mask)  # the bias makes padding positive
    x, mask = layers.pool_in_steps(x, mask, pool_size)  # (B, ceil(T / pool_size), filters)
    x = layers.recurrent(x, mask, "lstm", units, True, True, "bilstm_1")
    x = keras.layers.Dropout(dropout, name="dropout_2")(x)
    x = layers.recurrent(x, mask, "lstm", max(1, units // 2), True, False, "bilstm_2")
    return keras.Model(ids, layers.classify(x, classes, spatial, sigmoid), name="cnn_bilstm")


def cnn_bilstm_onnx(
    graph: Graph,
    *,
    embedding_size: int,
    filters: int,
    width: int,
    pool_size: int,
    units: int,
    dropout: float,
    valid: bool,
    plain_dropout: bool,
    sigmoid: bool,
) -> Tensor:
    """Write the trained network as ONNX; the arguments are those of ``cnn_bilstm``."""
    del dropout, plain_dropout  # of training only
    at = onnx_layers.tokens(graph)
    x = onnx_layers.embed(graph, at, embedding_size, "embedding")
    x = onnx_layers.convolve(graph, x, filters, width, "conv", forward=valid)
    if valid:
        at = onnx_layers.whole_windows(graph, at, width)
    x = onnx_layers.zero_padding(graph, x, at)
    x, at = onnx_layers.pool_in_steps(graph, x, at, pool_size)
    x = onnx_layers.recurrent(graph, x, at, "lstm", units, True, True, "bilstm_1")
    half = max(1, units // 2)
    x = onnx_layers.recurrent(graph, x, at, "lstm", half, True, False, "bilstm_2")
    return onnx_layers.classify(graph, x, sigmoid)
