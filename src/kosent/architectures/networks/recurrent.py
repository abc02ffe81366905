"""Stacks of recurrent layers under a classifier.

``simple_rnn`` is of Elman 1990, "Finding Structure in Time", ``lstm`` of Hochreiter and Schmidhuber
1997, "Long Short-Term Memory", and ``gru`` of Cho et al. 2014, "Learning Phrase Representations
using RNN Encoder-Decoder".
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

from kosent.architectures.definition import variant
from kosent.architectures.options import Depth, Share, Size, Switch
from kosent.support.rules import choice

if TYPE_CHECKING:
    from kosent.architectures.builder import Builder, Features

Pooling = Annotated[Literal["last", "max", "mean"], choice("last", "max", "mean")]


def _stack(
    net: Builder,
    cell: str,
    *,
    embedding_size: Size = 128,
    units: Size = 96,
    depth: Depth = 1,
    bidirectional: Switch = True,
    pooling: Pooling = "max",
    dropout: Share = 0.4,
    input_dropout: Share = 0.0,
    recurrent_dropout: Share = 0.0,
    onehot: Switch = False,
    sigmoid: Switch = False,
) -> Features:
    """Build one or more layers ``{name}``, by default bidirectional with max pooling over time.

    Args:
        net: What lays its pieces.
        cell: The kind of layer, after which the network is named.
        embedding_size: Size of a token's vector.
        units: State size of one direction of one layer.
        depth: Number of recurrent layers.
        bidirectional: Read from both ends.
        pooling: ``"last"`` state, or the ``"max"`` or ``"mean"`` of every unit over the tokens.
        dropout: Share dropped after the embedding, between layers and before the classifier.
        input_dropout: Share of its input that a recurrent layer does not see at training.
        recurrent_dropout: Share of its last state that a recurrent layer does not see at training.
            Above 0 no cuDNN kernel serves it: training takes a GPU many times as long, and a CPU
            up to twice (``bench/recurrent_dropout.py``).
        onehot: Read each token as an axis of its own, without an embedding table.
        sigmoid: Fix the score of the first class at 0: of two classes one is learned.
    """
    sequences = [True] * (depth - 1) + [pooling != "last"]  # of each layer
    layer = partial(
        net.recurrent,
        cell=cell,
        units=units,
        bidirectional=bidirectional,
        input_dropout=input_dropout,
        recurrent_dropout=recurrent_dropout,
    )
    plain = not (bidirectional or dropout or input_dropout or recurrent_dropout or onehot)
    if cell == "lstm" and plain:
        x = net.lstm_of_tokens(embedding_size, units, "lstm_1", sequences=sequences[0])
    else:
        x = net.one_hot() if onehot else net.embed(embedding_size, dropout, "embedding")
        x = layer(x, name=f"{cell}_1", sequences=sequences[0])
    for level in range(2, depth + 1):
        x = net.dropout(x, dropout, f"dropout_{level}")
        x = layer(x, name=f"{cell}_{level}", sequences=sequences[level - 1])
    if pooling == "max":
        x = net.max_over_time(x)  # (B, U)
    elif pooling == "mean":
        x = net.mean_over_time(x)  # (B, U)
    return net.classify(x, dropout, sigmoid)


simple_rnn = variant(_stack, "simple_rnn")
lstm = variant(_stack, "lstm")
gru = variant(_stack, "gru")
