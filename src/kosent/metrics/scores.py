"""Log loss, and the way between probabilities and scores, of one label a text or of several."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
_FURTHEST = 500.0  # of a score: exp of it is finite


def log_loss(scores: Array, numbers: Array, weights: Array | None = None) -> float:
    """Return the mean negative log-likelihood, in nats.

    Args:
        scores: ``(n, classes)``, of which softmax makes probabilities.
        numbers: True class numbers ``(n,)``.
        weights: What each row counts ``(n,)``; all the same without it.
    """
    return float(np.average(log_losses(scores, numbers), weights=weights))


def log_losses(scores: Array, numbers: Array) -> Floats:
    """Return the negative log-likelihood of each row ``(n,)``, in nats.

    Args:
        scores: ``(n, classes)``, of which softmax makes probabilities.
        numbers: True class numbers ``(n,)``.
    """
    whole = np.logaddexp.reduce(scores, axis=1)
    losses: Floats = whole - scores[np.arange(len(scores)), numbers]
    return losses


def scores_of(probabilities: Array) -> npt.NDArray[np.float64]:
    """Undo softmax, up to a constant in each row.

    Args:
        probabilities: ``(n, classes)``; a probability of 0 was rounded to that.
    """
    tiny = float(np.finfo(np.float32).tiny)
    scores: npt.NDArray[np.float64] = np.log(np.maximum(probabilities.astype(np.float64), tiny))
    return scores


def softmax(scores: Floats) -> Floats:
    """Return the probabilities ``(n, classes)`` of scores ``(n, classes)``."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=1, keepdims=True)
    return shares


def binary_losses(scores: npt.NDArray[Any], truth: npt.NDArray[Any]) -> Floats:
    """Return the binary cross-entropy of each pair of text and label ``(n, labels)``, in nats.

    Args:
        scores: ``(n, labels)``, of which the sigmoid makes probabilities.
        truth: From 0 to 1 ``(n, labels)``.
    """
    scores = np.asarray(scores, np.float64)
    losses: Floats = np.logaddexp(0, scores) - np.asarray(truth, np.float64) * scores
    return losses


def logits(probabilities: npt.NDArray[Any]) -> Floats:
    """Undo the sigmoid; a probability of 0 or 1 was rounded to that."""
    tiny, near = float(np.finfo(np.float32).tiny), float(np.finfo(np.float32).epsneg) / 2
    clipped = np.clip(probabilities.astype(np.float64), tiny, 1 - near)
    found: Floats = np.log(clipped) - np.log1p(-clipped)
    return found


def sigmoid(scores: npt.NDArray[Any]) -> Floats:
    """Return the probabilities of scores of any shape."""
    found: Floats = 1 / (1 + np.exp(-np.clip(scores, -_FURTHEST, _FURTHEST)))
    return found
