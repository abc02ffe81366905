"""What each member of an ensemble weighs: fitted on texts that none of them learned from.

The scores of several classifiers are added, each times a weight that is not negative, and a bias
for each class (``kosent.prediction.pool``). Weights and biases minimise the negative
log-likelihood. Their scale is free, so that probabilities come out as high as they are right, as a
temperature would have it (``kosent.training.calibration``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.metrics.confidence import before_and_after
from kosent.metrics.scores import log_loss, scores_of, softmax
from kosent.prediction.pool import combine

# A priori each weight is normal around 1 / members, the plain mean, and each bias around 0, with
# this standard deviation: that of the temperature's logarithm. 15,000 rows hardly feel it, 20 are
# kept from giving all to one member.
SPREAD = 0.5

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Probabilities = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weighting:
    """Weights, and what they did on the texts they were fitted on.

    Attributes:
        weights: One a member, 0 or more.
        bias: One a class.
        rows: Texts they were fitted on.
        loss_before: Mean negative log-likelihood, in nats, of the plain mean of the scores.
        loss_after: The same with weights and biases.
        ece_before: Expected calibration error of the plain mean.
        ece_after: The same with weights and biases.
    """

    weights: tuple[float, ...]
    bias: tuple[float, ...]
    rows: int
    loss_before: float
    loss_after: float
    ece_before: float
    ece_after: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self) | {"weights": list(self.weights), "bias": list(self.bias)}


def fit_weighting(
    members: Sequence[Probabilities], numbers: Array, counts: Array | None = None
) -> Weighting:
    """Fit weights and biases.

    The mean loss is never larger than that of the plain mean, at which the prior costs nothing.

    Args:
        members: float32 ``(n, classes)``, one a member, of texts that none learned from.
        numbers: Their true class numbers ``(n,)``.
        counts: What each text counts ``(n,)``; all the same without it.
    """
    from scipy.optimize import minimize

    scores = np.stack([scores_of(each) for each in members])  # (members, n, classes)
    count, rows, classes = scores.shape
    plain = np.concatenate([np.full(count, 1 / count), np.zeros(classes)])
    truth = np.eye(classes)[numbers]  # (n, classes)

    def cost(values: Floats) -> tuple[float, Floats]:
        whole = np.tensordot(values[:count], scores, 1) + values[count:]
        wrong = softmax(whole) - truth
        if counts is not None:
            wrong *= (counts / counts.mean(dtype=np.float64))[:, None]
        away = (values - plain) / SPREAD
        slope = np.concatenate([np.tensordot(scores, wrong, 2), wrong.sum(axis=0)])
        loss = rows * log_loss(whole, numbers, counts) + 0.5 * float(away @ away)
        return loss, slope + away / SPREAD

    bounds = [(0.0, None)] * count + [(None, None)] * classes
    optimum = minimize(cost, plain, jac=True, method="L-BFGS-B", bounds=bounds).x
    best = optimum if cost(optimum)[0] < cost(plain)[0] else plain
    weights, bias = best[:count].tolist(), best[count:].tolist()
    before = combine(members, plain[:count].tolist(), plain[count:].tolist())
    after = combine(members, weights, bias)
    figures = before_and_after(numbers, before, after)
    return Weighting(tuple(weights), tuple(bias), rows, **figures)
