"""The optimum of a linear network, found by scikit-learn instead of an optimiser's steps.

A logistic regression on n-grams has one optimum. liblinear's dual coordinate descent (Hsieh et al.
2008) reaches it for 135,000 reviews in some seconds, with no learning rate, batches or epochs.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kosent.architectures.hashing import hashed_rows
from kosent.architectures.networks.ngrams import TABLE, linear_size
from kosent.metrics.scores import log_loss
from kosent.support.progress import Listener
from kosent.text.encoding.encoded import EncodedTexts, offsets_of
from kosent.training.binary import best_biases, binary_figures
from kosent.training.class_weights import weights_of
from kosent.training.examples import Examples
from kosent.training.history import Record

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Weights = dict[str, npt.NDArray[Any]]

# A text of 200 n-grams then has vectors of about length 1 (the weight of a rare n-gram is near 10).
_SCALE = 7.0
_TOLERANCE = 0.1  # liblinear's own for the dual; 0.01 takes three times as long and gains nothing
_MOST_ROUNDS = 100
_SMALLEST_L2 = 1e-6
_NEGLIGIBLE = 0.01  # part of a text; most texts then stay one
_NEVER = -10.0  # score of a class that is nowhere


def solve(
    options: Mapping[str, Any],
    classes: int,
    train: Examples,
    validation: Examples,
    class_weight: str | Mapping[int, float] | None,
    listener: Listener,
) -> tuple[Weights, list[Record]]:
    """Fit the scores of the n-grams.

    An n-gram counts as often as it occurs, by the root of the number of n-grams in the text, times
    a weight that it has in all texts: its naive Bayes log-count ratio (NB-SVM, Wang and Manning
    2012) or its inverse document frequency.

    Args:
        options: All options of ``kosent.architectures.ngrams``.
        classes: Number of classes. Two are told apart by one score; more have one each, fitted
            against the rest.
        train: What to learn from; what it draws is learned once, beside the texts as they are.
            Figures are of its labels, whatever its targets.
        validation: What is only scored.
        class_weight: As in ``TrainingSettings``. With weights, the border between the classes is
            moved to where it is best on the validation texts, weighted so. The scores themselves
            are learned from texts of all classes alike: a rare class that weighs more is only
            learned by heart more (of the raw crawl behind NSMC, with 4.3 positive texts to a
            negative one, balanced weights give 0.8881 on 15,000 texts of NSMC, none 0.8893).
        listener: Receives progress events.

    Returns:
        The weights by their Keras path, and one record of the fit.
    """
    started = time.perf_counter()
    size = linear_size(classes, train.multilabel)
    train = with_drawn(train)
    listener.stage("solve", size + 1)
    counts = count_ngrams(train.texts, options)
    listener.advance(1)
    scores, bias = learn_scores(
        counts, one_vs_rest(train, size), options, train.weights, listener, train.weights
    )
    seen = counts @ scores  # (n, size)
    held = count_ngrams(validation.texts, options) @ scores
    if class_weight is not None:
        best_bias = best_biases if train.multilabel else _best_bias
        bias = best_bias(held, bias, validation, class_weight)
    figures = figures_of(seen + bias, train)
    held_figures = figures_of(held + bias, validation)
    record: Record = {
        "epoch": 1,
        **figures,
        **{f"val_{name}": value for name, value in held_figures.items()},
        "seconds": round(time.perf_counter() - started, 3),
    }
    listener.epoch(record)
    return as_network(scores, bias), [record]


def learn_scores(
    counts: csr_matrix,
    positive: npt.NDArray[np.float32],
    options: Mapping[str, Any],
    weights: npt.NDArray[np.float32] | None,
    listener: Listener,
    own: npt.NDArray[np.float32] | None = None,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Fit one logistic regression for each score of an n-gram.

    Args:
        counts: The texts' n-grams, float32 ``(n, buckets)``, as ``count_ngrams`` gives them.
        positive: What each score is to tell, from 0 to 1 ``(n, size)``; see ``one_vs_rest``.
        options: ``weighting`` and ``l2`` of ``kosent.architectures.ngrams``.
        weights: A weight for each text ``(n,)``, or one for each score of it ``(n, size)``, or
            ``None``.
        listener: Told about each regression.
        own: What of that weight is the text's own, not its class's: n-grams are counted by it.

    Returns:
        Scores float32 ``(buckets, size)`` and bias ``(size,)``.
    """
    buckets = counts.shape[1]
    used, packed = _packed(counts)
    columns = np.zeros((positive.shape[1], packed.shape[1]), np.float32)
    bias = np.zeros(positive.shape[1], np.float32)
    for number, share in enumerate(positive.T):
        weigh = _WEIGHTINGS[options["weighting"]]
        importance = weigh(packed, share > 0.5, buckets, own)  # (used + 1,)
        weighted = _times(packed, importance)
        each = weights if weights is None or weights.ndim == 1 else weights[:, number]
        coefficients, bias[number] = _regression(weighted, share, each, options["l2"])
        columns[number] = coefficients * importance
        listener.advance(1)
    scores = np.empty((buckets, positive.shape[1]), np.float32)
    scores[:] = columns[:, -1]
    scores[used] = columns[:, :-1].T
    return scores, bias


def _packed(counts: csr_matrix) -> tuple[npt.NDArray[np.int64], csr_matrix]:
    """Leave out the columns that no text has, all but one at the end that stands for them.

    Regressions are the same to the bit. Of 200 texts of 100 classes 2,626 columns of 1,048,576
    are left.

    Returns:
        Numbers of the columns that stay ``(used,)``, and float32 ``(n, used + 1)``.
    """
    from scipy.sparse import csr_matrix

    seen = np.zeros(counts.shape[1], np.bool_)
    seen[counts.indices] = True
    place = np.cumsum(seen, dtype=np.int32) - np.int32(1)
    used = np.flatnonzero(seen)
    indices = place[counts.indices]
    shape = counts.shape[0], len(used) + 1
    return used, csr_matrix((counts.data, indices, counts.indptr), shape)


def one_vs_rest(train: Examples, size: int) -> npt.NDArray[np.float32]:
    """Return what each score is to tell of each text: float32 ``(n, size)``, from 0 to 1.

    Args:
        train: The texts.
        size: Scores of an n-gram: 1 for two classes, the probability of the second; otherwise one
            for each class.
    """
    if train.targets is not None:
        return train.targets[:, -size:]
    return of_class(train.labels, size)


def of_class(numbers: npt.NDArray[np.int32], size: int) -> npt.NDArray[np.float32]:
    """Return what each score is to tell of texts of one class each: float32 ``(n, size)``.

    Args:
        numbers: Class numbers ``(n,)``.
        size: Scores of an n-gram, as in :func:`one_vs_rest`.
    """
    positive: npt.NDArray[np.bool_] = numbers[:, None] == np.arange(size) + (size == 1)
    return positive.astype(np.float32)


def with_drawn(train: Examples) -> Examples:
    """Put one draw of the texts, noised or tokenized otherwise, beside them."""
    if train.draw is None:
        return train
    drawn = train.draw(0)
    ids = np.concatenate([train.texts.ids, drawn.ids])
    lengths = np.concatenate([train.texts.lengths, drawn.lengths])
    targets = None if train.targets is None else np.tile(train.targets, (2, 1))
    weights = None if train.weights is None else np.tile(train.weights, 2)
    both = EncodedTexts(ids, offsets_of(lengths))
    labels = np.tile(train.labels, 2)
    return Examples(both, labels, None, targets, weights, train.multilabel)


def count_ngrams(texts: EncodedTexts, options: Mapping[str, Any]) -> csr_matrix:
    """Count n-grams, by the root of their number: float32 ``(n, buckets)``.

    Args:
        texts: ``n`` encoded texts.
        options: ``shortest``, ``longest`` and ``buckets`` of ``kosent.architectures.ngrams``.
    """
    from scipy.sparse import csr_matrix

    shape = len(texts), options["buckets"]
    windows = (options[name] for name in ("shortest", "longest", "buckets"))
    rows, columns = hashed_rows(texts.ids, texts.lengths, *windows)
    counts = csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape)
    counts.sum_duplicates()
    number = np.bincount(rows, minlength=len(texts))
    roots = np.sqrt(np.maximum(number, 1)).astype(np.float32)
    counts.data /= np.repeat(roots, np.diff(counts.indptr))
    return counts


def _inverse_document_frequency(
    counts: csr_matrix,
    positive: npt.NDArray[np.bool_],
    buckets: int,
    own: npt.NDArray[np.float32] | None,
) -> npt.NDArray[np.float32]:
    """Return ``ln((1 + n) / (1 + texts with it)) + 1`` of each n-gram, as scikit-learn does."""
    del positive, buckets
    every = np.ones(counts.shape[0], np.bool_)
    texts = counts.shape[0] if own is None else own.sum(dtype=np.float64)
    rarity: npt.NDArray[Any] = np.log((1 + texts) / (1 + _texts_with(counts, every, own))) + 1
    return (rarity / _SCALE).astype(np.float32)


def _log_count_ratio(
    counts: csr_matrix,
    positive: npt.NDArray[np.bool_],
    buckets: int,
    own: npt.NDArray[np.float32] | None,
) -> npt.NDArray[np.float32]:
    """Return the logarithm of how much more frequent each n-gram is in positive texts.

    Texts that have it are counted, one is added, and the counts of a class add up to 1.
    """
    shares = [1 + _texts_with(counts, rows, own) for rows in (positive, ~positive)]
    others = buckets - counts.shape[1]  # each of them has one too
    ratio: npt.NDArray[Any] = np.log(shares[0] / (shares[0].sum() + others))
    ratio -= np.log(shares[1] / (shares[1].sum() + others))
    return ratio.astype(np.float32)


def _texts_with(
    counts: csr_matrix, rows: npt.NDArray[np.bool_], own: npt.NDArray[np.float32] | None
) -> npt.NDArray[Any]:
    """Count the texts that have each n-gram, by their own weights if they have any ``(buckets,)``.

    Args:
        counts: The texts' n-grams ``(n, buckets)``.
        rows: Which texts ``(n,)``.
        own: Their weights ``(n,)``.
    """
    sizes = np.diff(counts.indptr)
    chosen = np.repeat(rows, sizes)
    weights = None if own is None else np.repeat(own, sizes)[chosen]
    return np.bincount(counts.indices[chosen], weights, minlength=counts.shape[1])


_WEIGHTINGS = {"nb": _log_count_ratio, "idf": _inverse_document_frequency}


def _times(counts: csr_matrix, importance: npt.NDArray[np.float32]) -> csr_matrix:
    """Multiply columns; what stands where is shared with ``counts``."""
    from scipy.sparse import csr_matrix

    data = counts.data * importance[counts.indices]
    return csr_matrix((data, counts.indices, counts.indptr), counts.shape)


def _regression(
    features: csr_matrix,
    share: npt.NDArray[np.float32],
    weights: npt.NDArray[np.float32] | None,
    l2: float,
) -> tuple[npt.NDArray[np.float64], float]:
    """Return coefficients ``(buckets,)`` and intercept of a logistic regression.

    A text that is positive for a ``share`` of it is learned twice, each time with its part of the
    weight: the cross-entropy of a probability is the sum of both.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    features, positive, weights = _whole(features, share, weights)
    if weights is not None and not weights.all():  # what counts nothing is no example of a class
        some = weights > 0
        features, positive, weights = features[some], positive[some], weights[some]
    if positive.all() or not positive.any():  # a class that no target names
        return np.zeros(features.shape[1]), _NEVER if not positive.any() else -_NEVER
    model = LogisticRegression(
        C=1 / max(l2, _SMALLEST_L2),
        solver="liblinear",
        dual=True,
        tol=_TOLERANCE,
        max_iter=_MOST_ROUNDS,
        random_state=0,
    )
    with warnings.catch_warnings():
        # A few texts with little regularisation never settle; the scores are good long before.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(features, positive, sample_weight=weights)
    return model.coef_[0], float(model.intercept_[0])


def _whole(
    features: csr_matrix,
    share: npt.NDArray[np.float32],
    weights: npt.NDArray[np.float32] | None,
) -> tuple[csr_matrix, npt.NDArray[np.bool_], npt.NDArray[np.float32] | None]:
    """Return texts that are positive or not, with weights where some were positive in part."""
    if np.all((share == 0) | (share == 1)):
        return features, share == 1, weights
    rows = [np.flatnonzero(part > _NEGLIGIBLE) for part in (share, 1 - share)]
    parts = np.concatenate([share[rows[0]], 1 - share[rows[1]]])
    both = np.concatenate(rows)
    positive = np.arange(len(both)) < len(rows[0])
    return features[both], positive, parts if weights is None else parts * weights[both]


def _best_bias(
    scores: npt.NDArray[np.float32],
    bias: npt.NDArray[np.float32],
    validation: Examples,
    class_weight: str | Mapping[int, float] | None,
) -> npt.NDArray[np.float32]:
    """Return the bias with the least weighted cross-entropy.

    Args:
        scores: Scores without a bias ``(n, size)``.
        bias: Where to start ``(size,)``.
        validation: The texts.
        class_weight: Weights by class.
    """
    from scipy.optimize import minimize

    weights = weights_of(validation, class_weight)

    def loss(moved: npt.NDArray[np.float64]) -> float:
        return log_loss(of_classes(scores + moved), validation.labels, weights)

    best = minimize(loss, bias.astype(np.float64), method="Nelder-Mead")
    return np.asarray(best.x, np.float32)


def figures_of(scores: npt.NDArray[Any], examples: Examples) -> dict[str, float]:
    """Return accuracy and mean cross-entropy of scores ``(n, size)``.

    Where a text may have several labels, they are those of all pairs of text and label.
    """
    if examples.multilabel:
        return binary_figures(scores, examples.targets)
    scores, labels = of_classes(scores), examples.labels
    accuracy = float((scores.argmax(axis=1) == labels).mean())
    return {"accuracy": accuracy, "loss": log_loss(scores, labels)}


def of_classes(scores: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return a score of each class ``(n, classes)``: of two classes the first has 0.

    Args:
        scores: One score for two classes, otherwise one for each ``(n, size)``.
    """
    whole = np.asarray(scores, np.float64)
    return np.pad(whole, [(0, 0), (1, 0)]) if whole.shape[1] == 1 else whole


def as_network(scores: npt.NDArray[np.float32], bias: npt.NDArray[np.float32]) -> Weights:
    """Lay scores out as the weights of ``ngrams``, whose classifier only passes them on.

    Args:
        scores: Scores of the n-grams ``(buckets, size)``.
        bias: ``(size,)``.
    """
    size = scores.shape[1]
    kernel = np.eye(size, dtype=np.float32)
    if size == 1:  # the first class has the score 0
        kernel, bias = np.array([[0, 1]], np.float32), np.array([0, bias[0]], np.float32)
    return {
        f"{TABLE}/embeddings": scores,
        "probabilities/kernel": kernel,
        "probabilities/bias": bias,
    }
