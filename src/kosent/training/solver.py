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

from kosent.architectures.ngrams import TABLE, hashed_rows, linear_size
from kosent.progress import Listener
from kosent.text.encoded import EncodedTexts
from kosent.training.examples import Examples
from kosent.training.history import Record
from kosent.training.weights import row_weights

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Weights = dict[str, npt.NDArray[Any]]

# A text of 200 n-grams then has vectors of about length 1 (the weight of a rare n-gram is near 10).
_SCALE = 7.0
_TOLERANCE = 0.1  # liblinear's own for the dual; 0.01 takes three times as long and gains nothing
_MOST_ROUNDS = 100
_SMALLEST_L2 = 1e-6


def solve(
    options: Mapping[str, Any],
    classes: int,
    train: Examples,
    validation: Examples,
    class_weight: str | Mapping[int, float] | None,
    listener: Listener,
) -> tuple[Weights, list[Record]]:
    """Fit the scores of the n-grams.

    An n-gram counts as often as it occurs, times its inverse document frequency in the training
    texts, by the root of the number of n-grams in the text.

    Args:
        options: All options of ``kosent.architectures.ngrams``.
        classes: Number of classes. Two are told apart by one score; more have one each, fitted
            against the rest.
        train: What to learn from.
        validation: What is only scored.
        class_weight: As in ``TrainingSettings``.
        listener: Who is told about progress.

    Returns:
        The weights by their Keras path, and one record of the fit.
    """
    started = time.perf_counter()
    size = linear_size(classes)
    listener.stage("solve", size + 1)
    counts = _counts(train.texts, options)
    rarity = _inverse_document_frequency(counts) / np.float32(_SCALE)  # (buckets,)
    counts.data *= rarity[counts.indices]
    listener.advance(1)
    scores = np.zeros((options["buckets"], size), np.float32)
    bias = np.zeros(size, np.float32)
    weights = row_weights(train.labels, class_weight)
    for column in range(size):
        positive = train.labels == (1 if size == 1 else column)
        found, bias[column] = _regression(counts, positive, weights, options["l2"])
        scores[:, column] = found
        listener.advance(1)
    figures = _figures(counts, scores, bias, train.labels)
    scores *= rarity[:, None]
    held = _figures(_counts(validation.texts, options), scores, bias, validation.labels)
    record: Record = {
        "epoch": 1,
        **figures,
        **{f"val_{name}": value for name, value in held.items()},
        "seconds": round(time.perf_counter() - started, 3),
    }
    listener.epoch(record)
    return _as_network(scores, bias), [record]


def _counts(texts: EncodedTexts, options: Mapping[str, Any]) -> csr_matrix:
    """Count n-grams, by the root of their number: float32 ``(n, buckets)``."""
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


def _inverse_document_frequency(counts: csr_matrix) -> npt.NDArray[np.float32]:
    """Return ``ln((1 + n) / (1 + texts with it)) + 1`` of each n-gram, as scikit-learn does."""
    found = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity: npt.NDArray[Any] = np.log((1 + counts.shape[0]) / (1 + found)) + 1
    return rarity.astype(np.float32)


def _regression(
    features: csr_matrix,
    positive: npt.NDArray[np.bool_],
    weights: npt.NDArray[np.float32] | None,
    l2: float,
) -> tuple[npt.NDArray[np.float64], float]:
    """Return coefficients ``(buckets,)`` and intercept of a logistic regression."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

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


def _figures(
    features: csr_matrix,
    scores: npt.NDArray[np.float32],
    bias: npt.NDArray[np.float32],
    labels: npt.NDArray[np.int32],
) -> dict[str, float]:
    """Return accuracy and mean cross-entropy."""
    found = np.asarray(features @ scores + bias, np.float64)  # (n, 1 or classes)
    if found.shape[1] == 1:
        found = np.concatenate([np.zeros_like(found), found], axis=1)
    right = found[np.arange(len(labels)), labels]
    highest = found.max(axis=1)
    total = highest + np.log(np.exp(found - highest[:, None]).sum(axis=1))
    accuracy = float((found.argmax(axis=1) == labels).mean())
    return {"accuracy": accuracy, "loss": float((total - right).mean())}


def _as_network(scores: npt.NDArray[np.float32], bias: npt.NDArray[np.float32]) -> Weights:
    """Lay scores out as the weights of the network, whose classifier only passes them on."""
    size = scores.shape[1]
    kernel = np.eye(size, dtype=np.float32)
    if size == 1:  # the first class has the score 0
        kernel, bias = np.array([[0, 1]], np.float32), np.array([0, bias[0]], np.float32)
    return {
        f"{TABLE}/embeddings": scores,
        "probabilities/kernel": kernel,
        "probabilities/bias": bias,
    }
