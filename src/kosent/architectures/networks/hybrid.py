"""CNN and BiLSTM side by side over the same text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from kosent.architectures.onnx import layers as onnx_layers
from kosent.architectures.onnx.graph import Graph, Tensor

if TYPE_CHECKING:
    import keras

X = TypeVar("X")


def hybrid(
    vocabulary_size: int,
    classes: int,
    *,
    embedding_size: int = 128,
    shared_embedding: bool = True,
    filters: int = 96,
    widths: Sequence[int] = (2, 3, 4, 5),
    units: int = 96,
    dropout: float = 0.4,
) -> keras.Model:
    """Build a CNN and a BiLSTM in parallel, both pooled by their maximum over time.

    The CNN is that of Kim 2014, "Convolutional Neural Networks for Sentence Classification".

    Args:
        vocabulary_size: Rows of an embedding table, padding and unknown included.
        classes: Number of classes.
        embedding_size: Size of a token's vector.
        shared_embedding: One table for both branches, or one each.
        filters: Convolution filters of each width.
        widths: Convolution widths, in tokens.
        units: State size of one direction of the BiLSTM.
        dropout: Share dropped after the embedding and before the classifier.

    Returns:
        An uncompiled model from int32 token ids ``(B, T)``, 0 where padded at the end, to
        float32 class probabilities ``(B, classes)``.
    """
    import keras

    from kosent.architectures import layers

    ids = layers.token_ids()  # (B, T)
    mask = layers.token_mask(ids)

    def table(name: str) -> keras.KerasTensor:
        return layers.embed(ids, mask, vocabulary_size, embedding_size, dropout, name)

    for_cnn, for_lstm = embedded_twice(table, shared=shared_embedding)  # (B, T, E)
    branches = [
        layers.max_over_time(layers.convolve(for_cnn, filters, width, f"conv_{width}"), mask)
        for width in widths
    ]  # len(widths) times (B, filters)
    states = layers.recurrent(for_lstm, mask, "lstm", units, True, True, "bilstm")
    branches.append(layers.max_over_time(states, mask))  # (B, 2 * units)
    features = keras.ops.concatenate(branches, axis=-1)
    return keras.Model(ids, layers.classify(features, classes, dropout), name="hybrid")


def hybrid_onnx(
    graph: Graph,
    *,
    embedding_size: int,
    shared_embedding: bool,
    filters: int,
    widths: Sequence[int],
    units: int,
    dropout: float,
) -> Tensor:
    """Write the trained network as ONNX; the arguments are those of ``hybrid``."""
    del dropout  # of training only
    at = onnx_layers.tokens(graph)

    def table(name: str) -> Tensor:
        return onnx_layers.embed(graph, at, embedding_size, name)

    for_cnn, for_lstm = embedded_twice(table, shared=shared_embedding)  # (B, T, E)
    branches = [
        onnx_layers.max_over_time(
            graph, onnx_layers.convolve(graph, for_cnn, filters, width, f"conv_{width}"), at
        )
        for width in widths
    ]
    states = onnx_layers.recurrent(graph, for_lstm, at, "lstm", units, True, True, "bilstm")
    branches.append(onnx_layers.max_over_time(graph, states, at))  # (B, 2 * units)
    return onnx_layers.classify(graph, onnx_layers.concatenate(graph, branches))


def embedded_twice(table: Callable[[str], X], *, shared: bool) -> tuple[X, X]:
    """Return the embedded text of the CNN and of the BiLSTM.

    Args:
        table: Looks the text up in the table of that name: ``(B, T, E)``.
        shared: One table for both branches, or one each.
    """
    if shared:
        both = table("embedding")
        return both, both
    return table("embedding_cnn"), table("embedding_lstm")
