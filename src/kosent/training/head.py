"""The last layer of a network, solved as a logistic regression on what the rest of it computes."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.metrics.scores import log_loss

Floats = npt.NDArray[np.float32]

# Of the inverse of the penalty, on features of standard deviation 1.
STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1)
_FOLDS = 5
_MOST_ROWS = 3000  # that choose the strength; all learn
_MOST_ROUNDS = 100  # of 300 they differ in one label of a thousand, and take twice as long
_NEGLIGIBLE = 0.01  # part of a text, as in ``kosent.training.linear``
_RAREST = 1e-6  # probability of a class that a fold has not seen


class Head(NamedTuple):
    """A last layer.

    Attributes:
        kernel: float32 ``(F, classes)``, for features as they are.
        bias: float32 ``(classes,)``.
        strength: The inverse of the penalty that was chosen, ``C`` of scikit-learn.
    """

    kernel: Floats
    bias: Floats
    strength: float


class _Rows(NamedTuple):
    """What is learned: standardised features, and what each text is."""

    features: Floats  # (n, F)
    numbers: npt.NDArray[np.int32]  # (n,)
    targets: Floats | None  # (n, classes)
    weights: Floats  # (n,)

    def take(self, rows: npt.NDArray[Any]) -> _Rows:
        targets = None if self.targets is None else self.targets[rows]
        return _Rows(self.features[rows], self.numbers[rows], targets, self.weights[rows])


def solve_head(
    features: Floats,
    numbers: npt.ArrayLike,
    classes: int,
    weights: Floats | None = None,
    targets: Floats | None = None,
    strengths: Sequence[float] = STRENGTHS,
    seed: int = 0,
) -> Head:
    """Fit a multinomial logistic regression with an L2 penalty on standardised features.

    The penalty is that of least cross-entropy on rows left out, five times a fifth of them with the
    classes in proportion. The means and deviations that the features were standardised by end in
    kernel and bias.

    Args:
        features: float32 ``(n, F)``.
        numbers: Class numbers ``(n,)``. A class that no row has gets the least probability.
        classes: Number of classes.
        weights: What each row counts ``(n,)``; ``None`` where all count the same.
        targets: Probabilities to learn instead of the numbers ``(n, classes)``.
        strengths: Inverses of the penalty to choose from.
        seed: Seed of the folds.

    Returns:
        The layer.
    """
    from threadpoolctl import threadpool_limits

    mean, deviation = moments(features)
    numbers = np.asarray(numbers, np.int32)
    weights = np.ones(len(numbers), np.float32) if weights is None else weights
    scaled = ((features - mean) / deviation).astype(np.float32)
    rows = _Rows(scaled, numbers, targets, weights)
    rows = rows.take(np.flatnonzero(weights > 0))
    # Products of this size are too small to share out: on two busy processors a fit on 3,649 rows
    # takes 5.3 s with two threads and 0.1 s with one.
    with threadpool_limits(1):
        strength = _best(rows, classes, sorted(strengths), seed)
        kernel, bias = _fit(rows, classes, [strength])[0]
    kernel = kernel / deviation[:, None]
    return Head(
        kernel.astype(np.float32), (bias - mean @ kernel).astype(np.float32), float(strength)
    )


def moments(features: Floats) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return mean and standard deviation of each feature; 1 for one that is always the same."""
    exact = features.astype(np.float64)
    deviation = exact.std(axis=0)
    return exact.mean(axis=0), np.where(deviation > 1e-6, deviation, 1.0)


def _best(rows: _Rows, classes: int, strengths: Sequence[float], seed: int) -> float:
    """Return the strength of least cross-entropy on rows that were left out."""
    if len(strengths) == 1:
        return strengths[0]
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(rows.numbers))[:_MOST_ROWS]
    rows = rows.take(order)
    fold = _folds(rows.numbers)
    losses = np.zeros(len(strengths))
    for number in range(_FOLDS):
        held, kept = rows.take(fold == number), rows.take(fold != number)
        if not held.weights.any() or len(np.unique(kept.numbers)) < 2:
            continue
        for place, (kernel, bias) in enumerate(_fit(kept, classes, strengths)):
            scores = held.features @ kernel + bias
            losses[place] += held.weights.sum() * log_loss(scores, held.numbers, held.weights)
    return strengths[int(losses.argmin())] if losses.any() else strengths[len(strengths) // 2]


def _folds(numbers: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Deal the rows of each class out to the folds in turn ``(n,)``."""
    order = np.argsort(numbers, kind="stable")
    fold = np.empty(len(numbers), np.int64)
    fold[order] = np.arange(len(numbers)) % _FOLDS
    return fold


def _fit(
    rows: _Rows, classes: int, strengths: Sequence[float]
) -> list[tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
    """Return kernel ``(F, classes)`` and bias ``(classes,)`` for each strength."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    features, numbers, weights = _sure(rows)
    seen = np.unique(numbers)
    found = []
    model = LogisticRegression(max_iter=_MOST_ROUNDS, warm_start=True)
    for strength in strengths:
        kernel = np.zeros((features.shape[1], classes))
        bias = np.full(classes, np.log(_RAREST))
        bias[seen] = 0.0
        if len(seen) > 1:
            model.set_params(C=strength)
            with warnings.catch_warnings():
                # Near the optimum all the same; so the weakest penalties do not take minutes.
                warnings.simplefilter("ignore", ConvergenceWarning)
                model.fit(features, numbers, sample_weight=weights)
            columns = seen[-len(model.coef_) :]  # of two classes the first has the score 0
            kernel[:, columns] = model.coef_.T
            bias[columns] += model.intercept_
        found.append((kernel, bias))
    return found


def _sure(
    rows: _Rows,
) -> tuple[Floats, npt.NDArray[Any], Floats]:
    """Return rows of one class each: a text that is several in part is learned as often."""
    if rows.targets is None:
        return rows.features, rows.numbers, rows.weights
    texts, numbers = np.nonzero(rows.targets > _NEGLIGIBLE)
    return rows.features[texts], numbers, rows.targets[texts, numbers] * rows.weights[texts]
