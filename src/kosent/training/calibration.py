"""Temperature scaling: one number, fitted on the validation split, that makes confidences true.

Guo, Pleiss, Sun and Weinberger 2017, "On Calibration of Modern Neural Networks": networks are
surer than they are right; dividing their scores by one temperature repairs most of that and
changes no answer. Here it ends in the weights of the last layer, so that everything that predicts,
in Keras, ONNX or int8, gives the same probabilities and knows nothing of it.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from kosent.metrics.confidence import before_and_after
from kosent.metrics.scores import Array, log_loss, scores_of

# All networks end in a dense layer of this name and a softmax (tests/contracts).
LAST_LAYER = ("probabilities/kernel", "probabilities/bias")

# A priori the logarithm of the temperature is normal around 0 with this standard deviation: where
# all of validation is right, or there are few rows, the likelihood alone would run to 0 or
# infinity. It weighs as much as 17 reviews of NSMC (of which one tells 0.24 of the likelihood's
# curvature, against 1 / 0.5^2); 15,000 do not feel it.
_SPREAD = 0.5
_FURTHEST = 4.0  # of the logarithm: temperatures from 0.018 to 55


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the temperature did on the validation split.

    Attributes:
        temperature: What the scores were divided by; over 1 the network was too sure.
        rows: Rows it was fitted on.
        loss_before: Mean negative log-likelihood, in nats, without it.
        loss_after: The same with it.
        ece_before: Expected calibration error without it.
        ece_after: The same with it.
    """

    temperature: float
    rows: int
    loss_before: float
    loss_after: float
    ece_before: float
    ece_after: float

    @classmethod
    def of(cls, temperature: float, numbers: Array, before: Array, after: Array) -> Self:
        """Compare probabilities ``(n, classes)`` without and with a temperature.

        Args:
            temperature: The temperature.
            numbers: True class numbers ``(n,)``.
            before: Probabilities without it.
            after: Probabilities with it.
        """
        return cls(temperature, len(numbers), **before_and_after(numbers, before, after))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self)


def fit_temperature(probabilities: Array, numbers: Array, weights: Array | None = None) -> float:
    """Return the temperature at which the true classes are most likely.

    It minimises the negative log-likelihood and the prior's, so the mean loss is never larger
    than without it: at 1 the prior costs nothing.

    Args:
        probabilities: float32 ``(n, classes)``, of texts that the network did not learn from.
        numbers: Their true class numbers ``(n,)``.
        weights: What each counts ``(n,)``: as in training, where classes were weighted, since the
            network is to be sure by those shares.

    Returns:
        The temperature, over 0; 1 where no other is better.
    """
    from scipy.optimize import minimize_scalar

    scores = scores_of(probabilities)

    def cost(logarithm: float) -> float:
        likelihood = len(scores) * log_loss(scores / math.exp(logarithm), numbers, weights)
        return likelihood + 0.5 * (logarithm / _SPREAD) ** 2

    optimum = minimize_scalar(cost, bounds=(-_FURTHEST, _FURTHEST), method="bounded")
    return math.exp(optimum.x) if cost(optimum.x) < cost(0.0) else 1.0


def divide_scores(weights: dict[str, Array], temperature: float) -> dict[str, Array]:
    """Return a network's weights with its scores divided by a temperature.

    Args:
        weights: Its weights by path.
        temperature: Over 0.
    """
    divided = {name: (weights[name] / temperature).astype(np.float32) for name in LAST_LAYER}
    return {**weights, **divided}
