"""Scores of n-grams for ``kosent.architectures.ngram_gru``, learned before the network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kosent.architectures.layers.ngram_scores import CrossFitted
from kosent.architectures.networks.ngram_gru import SCORES
from kosent.architectures.networks.ngrams import linear_size
from kosent.errors import UsageError
from kosent.support.progress import Listener
from kosent.text.encoding.encoded import EncodedTexts
from kosent.training.class_weights import weights_of
from kosent.training.examples import Examples
from kosent.training.linear import count_ngrams, learn_scores, one_vs_rest

if TYPE_CHECKING:
    import keras

Tables = npt.NDArray[np.float32]


def learn_ngram_scores(
    model: keras.Model,
    options: Mapping[str, Any],
    classes: int,
    train: Examples,
    class_weight: str | Mapping[int, float] | None,
    listener: Listener,
) -> None:
    """Give a network the scores of all training texts, and for training those of other parts.

    Args:
        model: A network of ``kosent.architectures.ngram_gru``.
        options: All its options.
        classes: Number of classes.
        train: What it is going to learn from.
        class_weight: As in ``TrainingSettings``.
        listener: Receives progress events.
    """
    whole, tables = cross_fit(options, classes, train, class_weight, listener)
    layer = model.get_layer(SCORES)
    layer.scores.assign(whole)
    layer.cross_fitted = CrossFitted(tables)


def forget_cross_fitted(model: keras.Model) -> None:
    """Let go of what only training needs."""
    model.get_layer(SCORES).cross_fitted = None


def cross_fit(
    options: Mapping[str, Any],
    classes: int,
    train: Examples,
    class_weight: str | Mapping[int, float] | None,
    listener: Listener,
) -> tuple[Tables, Tables]:
    """Learn scores from all texts, and from all but each part of them.

    Arguments are those of :func:`learn_ngram_scores`.

    Returns:
        float32 ``(buckets, size)`` and ``(folds, buckets, size)``.

    Raises:
        UsageError: If the network asks for scores of another number.
    """
    size, folds = linear_size(classes, train.multilabel), options["folds"]
    if options["score_size"] not in (0, size):
        raise UsageError(
            f"score_size 값은 0이어야 합니다. 받은 값: {options['score_size']}",
            f"score_size must be 0, which is {size} here. Received: {options['score_size']}",
        )
    listener.stage("solve", 1 + size * (1 + folds))
    counts = count_ngrams(train.texts, options)
    listener.advance(1)
    part = parts(train.texts, folds)
    weights = weights_of(train, class_weight)
    positive = one_vs_rest(train, size)

    def learn(rows: npt.NDArray[np.bool_]) -> Tables:
        chosen, own = (None if each is None else each[rows] for each in (weights, train.weights))
        return learn_scores(counts[rows], positive[rows], options, chosen, listener, own)[0]

    tables = np.stack([learn(part != fold) for fold in range(folds)])
    return learn(np.ones(len(part), np.bool_)), tables


def parts(texts: EncodedTexts, folds: int) -> npt.NDArray[np.int64]:
    """Return the part of each text, from 0: the sum of its ids modulo ``folds`` ``(n,)``."""
    sums = np.concatenate([[0], np.cumsum(texts.ids, dtype=np.int64)])[texts.offsets]
    part: npt.NDArray[np.int64] = np.diff(sums) % folds
    return part
