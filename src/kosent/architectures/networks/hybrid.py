"""CNN and BiLSTM side by side over the same text."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from kosent.architectures.definition import network
from kosent.architectures.options import Share, Size, Switch, Widths

if TYPE_CHECKING:
    from kosent.architectures.builder import Builder, Features, Steps


@network
def hybrid(
    net: Builder,
    *,
    embedding_size: Size = 128,
    shared_embedding: Switch = True,
    filters: Size = 96,
    widths: Widths = (2, 3, 4, 5),
    units: Size = 96,
    dropout: Share = 0.4,
) -> Features:
    """Build a CNN and a BiLSTM in parallel, both pooled by their maximum over time.

    The CNN is that of Kim 2014, "Convolutional Neural Networks for Sentence Classification".

    Args:
        net: What lays its pieces.
        embedding_size: Size of a token's vector.
        shared_embedding: One table for both branches, or one each.
        filters: Convolution filters of each width.
        widths: Convolution widths, in tokens.
        units: State size of one direction of the BiLSTM.
        dropout: Share dropped after the embedding and before the classifier.
    """
    for_cnn, for_lstm = embedded_twice(
        partial(net.embed, embedding_size, dropout), shared=shared_embedding
    )  # (B, T, E)
    branches = [
        net.max_over_time(net.convolve(for_cnn, filters, width, f"conv_{width}"))
        for width in widths
    ]  # len(widths) times (B, filters)
    branches.append(net.max_over_time(net.recurrent(for_lstm, "lstm", units, "bilstm")))
    return net.classify(net.concatenate(branches), dropout)


def embedded_twice(table: Callable[[str], Steps], *, shared: bool) -> tuple[Steps, Steps]:
    """Return the embedded text of the CNN and of the BiLSTM.

    Args:
        table: Looks the text up in the table of that name: ``(B, T, E)``.
        shared: One table for both branches, or one each.
    """
    if shared:
        both = table("embedding")
        return both, both
    return table("embedding_cnn"), table("embedding_lstm")
