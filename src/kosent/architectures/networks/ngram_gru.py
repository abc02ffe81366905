"""A recurrent network that also reads what a linear model thinks of every n-gram.

A linear model on character n-grams is more accurate than recurrent networks of its size, but does
not see in which order things are said. Here its score of each n-gram stands beside the token where
the n-gram begins, and a convolution and a BiGRU read both. The scores are those of the network
``ngrams``; ``kosent.training.cross_fitting`` learns them before Keras learns the rest, and sees to
it that at training a text's scores come from a model that has not seen the text ("cross-fitting";
as in stacking, Wolpert 1992, "Stacked Generalization"). Otherwise the network would only learn that
the linear model is always right. To begin with naive Bayes n-grams is the idea of Li et al. 2017,
"Initializing Convolutional Filters with Semantic Features for Text Classification".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kosent.architectures.definition import network
from kosent.architectures.networks.ngrams import Weighting, linear_size
from kosent.architectures.options import Buckets, Depth, Folds, OptionalSize, Share, Size

if TYPE_CHECKING:
    from kosent.architectures.builder import Builder, Features

SCORES = "scores"
_SCALE = 4.0  # the scores of a review's n-grams have a standard deviation of about 1 (NSMC)


@network
def ngram_gru(
    net: Builder,
    *,
    shortest: Depth = 1,
    longest: Depth = 5,
    buckets: Buckets = 2**22,
    weighting: Weighting = "nb",
    l2: Share = 0.125,
    folds: Folds = 5,
    embedding_size: Size = 32,
    filters: Size = 96,
    width: Size = 3,
    pool_size: Size = 3,
    units: Size = 48,
    dropout: Share = 0.3,
    score_size: OptionalSize = 0,
) -> Features:
    """Build a convolution, pooling and a BiGRU over tokens and the scores of their n-grams.

    Args:
        net: What lays its pieces.
        shortest: Tokens of the shortest n-grams.
        longest: Tokens of the longest.
        buckets: Rows of the table of scores; n-grams that meet in one share it.
        weighting: As in ``kosent.architectures.ngrams``.
        l2: As in ``kosent.architectures.ngrams``.
        folds: Parts of the training texts, each of which gets the scores of a model that learned
            from the others.
        embedding_size: Size of a token's vector.
        filters: Convolution filters.
        width: Convolution width, in tokens.
        pool_size: Tokens that become one step of the BiGRU.
        units: State size of one direction of the BiGRU.
        dropout: Share dropped after the embedding and before the classifier.
        score_size: Scores of an n-gram; with 0, as in all but networks that begin with what another
            one learned, one for two classes and otherwise one for each.
    """
    del weighting, l2  # of the solver
    size = score_size or linear_size(net.classes, net.multilabel)
    longest = max(shortest, longest)
    scores, total = net.ngram_scores(shortest, longest, buckets, size, folds, SCORES)
    embedded = net.embed(embedding_size, dropout, "embedding")
    x = net.side_by_side([embedded, net.scale(scores, _SCALE)])  # (B, T, E + size * W)
    # (B, ceil(T / pool_size), filters)
    x = net.convolve_in_steps(x, filters, width, pool_size, "conv")
    states = net.recurrent(x, "gru", units, "bigru")
    found = [net.max_over_time(states), net.mean_over_time(states), total]
    return net.classify(net.concatenate(found), dropout)  # of (B, 4 * units + size)
