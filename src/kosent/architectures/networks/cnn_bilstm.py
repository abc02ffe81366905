"""Convolution and pooling, then stacked BiLSTM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kosent.architectures.definition import network
from kosent.architectures.options import Share, Size, Switch

if TYPE_CHECKING:
    from kosent.architectures.builder import Builder, Features


@network
def cnn_bilstm(
    net: Builder,
    *,
    embedding_size: Size = 128,
    filters: Size = 96,
    width: Size = 5,
    pool_size: Size = 4,
    units: Size = 64,
    dropout: Share = 0.4,
    valid: Switch = False,
    plain_dropout: Switch = False,
    sigmoid: Switch = False,
) -> Features:
    """Build a convolution that shortens the text by ``pool_size`` and two BiLSTMs over it.

    Args:
        net: What lays its pieces.
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
    """
    spatial = 0.0 if plain_dropout else dropout
    x = net.embed(embedding_size, spatial, "embedding")
    if plain_dropout:
        x = net.dropout(x, dropout, "dropout_1")
    # (B, ceil(T / pool_size), filters)
    x = net.convolve_in_steps(x, filters, width, pool_size, "conv", forward=valid)
    x = net.recurrent(x, "lstm", units, "bilstm_1")
    x = net.dropout(x, dropout, "dropout_2")
    x = net.recurrent(x, "lstm", max(1, units // 2), "bilstm_2", sequences=False)
    return net.classify(x, spatial, sigmoid)
