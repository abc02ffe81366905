"""A bag of vectors: mean and maximum over a text, and a linear classifier of both.

What Shen et al. 2018, "Baseline Needs More Love: On Simple Word-Embedding-Based Models and
Associated Pooling Mechanisms", found to be hard to beat where the vectors are good. Tokens whose
vector is all zeros have none: they are left out of mean and maximum. The packaged start ``words``
is this network with vectors of Kiwi's morphemes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kosent.architectures.definition import network
from kosent.architectures.options import Share, Size, Switch

if TYPE_CHECKING:
    from kosent.architectures.builder import Builder, Features

TABLE = "vectors"


@network
def vectors(
    net: Builder, *, embedding_size: Size = 128, frozen: Switch = False, dropout: Share = 0.3
) -> Features:
    """Build the mean and the maximum of a text's vectors, and a linear classifier of both.

    Args:
        net: What lays its pieces.
        embedding_size: Size of a token's vector.
        frozen: Leave the vectors as they are at training.
        dropout: Share of the features dropped at training.
    """
    found = net.mean_and_max_of_vectors(embedding_size, frozen, TABLE)  # (B, 2 * E)
    return net.classify(found, dropout)
