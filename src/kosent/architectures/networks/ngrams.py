"""A bag of hashed n-grams: the linear model that recurrent networks of Korean have to beat.

Windows of 1 to 5 tokens (of characters, in the recipes) are hashed to the rows of one table
(:mod:`kosent.architectures.hashing`), the rows of a text are summed and divided by the root of
their number. With ``embedding_size=0`` a row is the score itself, and the network a logistic
regression on n-grams (Wang and Manning 2012, "Baselines and Bigrams"), which
``kosent.training.linear`` fits to its optimum at once. Otherwise it is fastText's network (Joulin
et al. 2017) and is trained as any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from kosent.architectures.definition import network
from kosent.architectures.options import Buckets, Depth, OptionalSize, Share
from kosent.support.rules import choice

if TYPE_CHECKING:
    from kosent.architectures.builder import Builder, Features

TABLE = "ngrams"
Weighting = Annotated[Literal["nb", "idf"], choice("nb", "idf")]


@network
def ngrams(
    net: Builder,
    *,
    shortest: Depth = 1,
    longest: Depth = 5,
    buckets: Buckets = 2**20,
    embedding_size: OptionalSize = 0,
    weighting: Weighting = "nb",
    l2: Share = 0.125,
    dropout: Share = 0.3,
) -> Features:
    """Build a sum over hashed n-grams, and a linear classifier of it.

    Args:
        net: What lays its pieces.
        shortest: Tokens of the shortest n-grams.
        longest: Tokens of the longest.
        buckets: Rows of the table; n-grams that meet in one share it.
        embedding_size: Size of an n-gram's vector; with 0 it is its score and the network linear.
        weighting: What the solver multiplies an n-gram with, ``"nb"`` for its naive Bayes log-count
            ratio or ``"idf"`` for its inverse document frequency; only where ``embedding_size``
            is 0.
        l2: Weight of the penalty on the squared scores, the inverse of scikit-learn's ``C``;
            only where ``embedding_size`` is 0.
        dropout: Share of single values of the sum dropped at training; only where
            ``embedding_size`` is not 0.
    """
    del weighting, l2  # of the solver
    size = embedding_size or linear_size(net.classes, net.multilabel)
    summed = net.ngram_sum(shortest, max(shortest, longest), buckets, size, TABLE)  # (B, E)
    return net.classify(summed, dropout if embedding_size else 0.0)


def linear_size(classes: int, multilabel: bool = False) -> int:
    """Return the scores of an n-gram: one for two classes of which one holds, else one each."""
    return 1 if classes == 2 and not multilabel else classes
