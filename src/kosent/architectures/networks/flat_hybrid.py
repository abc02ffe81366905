"""CNN and BiLSTM side by side, the BiLSTM's steps laid out flat, as in the hybrid post."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kosent.architectures.definition import network
from kosent.architectures.networks.hybrid import embedded_twice
from kosent.architectures.options import OptionalSize, Share, Size, Switch

if TYPE_CHECKING:
    from kosent.architectures.builder import Builder, Features, Steps


@network
def flat_hybrid(
    net: Builder,
    *,
    embedding_size: Size = 64,
    shared_embedding: Switch = True,
    filters: Size = 300,
    width: Size = 3,
    valid: Switch = False,
    dense_units: OptionalSize = 0,
    dense_dropout: Share = 0.5,
    units: Size = 300,
    length: Size = 650,
    dropout: Share = 0.2,
    sigmoid: Switch = True,
) -> Features:
    """Build a CNN pooled over time beside a BiLSTM whose every step has weights of its own.

    Where ``hybrid`` keeps the maximum of each unit, this gives each of the last ``length`` steps
    its own weights in the classifier, most of which long texts alone train.

    Args:
        net: What lays its pieces.
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
    """

    def table(name: str) -> Steps:
        x = net.embed(embedding_size, 0.0, name)
        return net.dropout(x, dropout, f"{name}_values_dropout")

    for_cnn, for_lstm = embedded_twice(table, shared=shared_embedding)  # (B, T, E)
    pooled = net.max_over_time(net.convolve(for_cnn, filters, width, "conv", forward=valid))
    if dense_units:
        pooled = net.dense(pooled, dense_units, dense_dropout, "dense")
    states = net.recurrent(for_lstm, "lstm", units, "bilstm")
    flat = net.flatten_from_end(states, length)  # (B, length * 2 * units)
    return net.classify(net.concatenate([pooled, flat]), 0.0, sigmoid)
