"""The last layer of a network where a text may have several labels.

Each label has a logistic regression of its own. All are solved at once, by products of matrices
that they share.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.metrics.scores import binary_losses, sigmoid
from kosent.training.head import STRENGTHS, Floats, Head, moments

Exact = npt.NDArray[np.float64]

_FOLDS = 5
_MOST_ROWS = 3000  # that choose the strength; all learn
_MOST_ROUNDS = 100
_FURTHEST = 14.0  # of a label that no text has: a probability of a millionth


def solve_label_head(
    features: Floats,
    marks: npt.NDArray[np.bool_],
    weights: npt.NDArray[np.floating[Any]] | None = None,
    strengths: Sequence[float] = STRENGTHS,
    seed: int = 0,
) -> Head:
    """Fit a logistic regression with an L2 penalty on standardised features for each label.

    All labels have the same penalty: that of least cross-entropy on rows left out, five times a
    fifth of them.

    Args:
        features: float32 ``(n, F)``.
        marks: Whether a text has a label ``(n, labels)``.
        weights: What each row counts ``(n,)``, or each pair of row and label ``(n, labels)``;
            ``None`` where all count the same.
        strengths: Inverses of the penalty to choose from.
        seed: Seed of the folds.

    Returns:
        The layer; a label's score is its log-odds.
    """
    from threadpoolctl import threadpool_limits

    mean, deviation = moments(features)
    scaled = ((features - mean) / deviation).astype(np.float32)
    counts = np.ones(len(marks), np.float32) if weights is None else weights.astype(np.float32)
    counts = counts.reshape(len(marks), -1)  # (n, 1) or (n, labels)
    truth = marks.astype(np.float32)
    with threadpool_limits(1):  # as in ``kosent.training.head``
        strength = _best(scaled, truth, counts, sorted(strengths), seed)
        kernel, bias = _fit(scaled, truth, counts, [strength])[0]
    kernel = kernel / deviation[:, None]
    return Head(kernel.astype(np.float32), (bias - mean @ kernel).astype(np.float32), strength)


def _best(
    features: Floats, truth: Floats, counts: Floats, strengths: Sequence[float], seed: int
) -> float:
    """Return the strength of least cross-entropy on rows that were left out."""
    if len(strengths) == 1:
        return strengths[0]
    order = np.random.default_rng(seed).permutation(len(truth))[:_MOST_ROWS]
    fold = np.arange(len(order)) % _FOLDS
    losses = np.zeros(len(strengths))
    for number in range(_FOLDS):
        held, kept = order[fold == number], order[fold != number]
        fits = _fit(features[kept], truth[kept], counts[kept], strengths)
        for place, (kernel, bias) in enumerate(fits):
            pairs = binary_losses(features[held] @ kernel + bias, truth[held])
            losses[place] += (counts[held] * pairs).sum()
    return strengths[int(losses.argmin())]


def _fit(
    features: Floats, truth: Floats, counts: Floats, strengths: Sequence[float]
) -> list[tuple[Exact, Exact]]:
    """Return kernel ``(F, labels)`` and bias ``(labels,)`` for each strength."""
    from scipy.optimize import minimize

    size, labels = features.shape[1], truth.shape[1]
    share = ((counts * truth).sum(axis=0) + 0.5) / (counts.sum(axis=0, dtype=np.float64) + 1)
    values = np.zeros((size + 1, labels))
    values[-1] = np.log(share / (1 - share))
    bounds = [(None, None)] * (size * labels) + [(-_FURTHEST, _FURTHEST)] * labels
    found = []
    for strength in strengths:

        def cost(flat: Exact, strength: float = strength) -> tuple[float, Exact]:
            kernel, bias = flat.reshape(size + 1, labels)[:-1], flat[-labels:]
            scores = features @ kernel.astype(np.float32) + bias  # (n, labels)
            wrong = (sigmoid(scores) - truth) * counts
            slope = np.concatenate(
                [
                    strength * (features.T @ wrong.astype(np.float32)) + kernel,
                    strength * wrong.sum(axis=0, keepdims=True),
                ]
            )
            loss = strength * float((counts * binary_losses(scores, truth)).sum())
            return loss + 0.5 * float((kernel**2).sum()), slope.ravel()

        options: dict[str, Any] = {"maxiter": _MOST_ROUNDS}
        solved = minimize(
            cost, values.ravel(), jac=True, method="L-BFGS-B", bounds=bounds, options=options
        )
        values = solved.x.reshape(size + 1, labels)  # the next one starts from there
        found.append((values[:-1].copy(), values[-1].copy()))
    return found
