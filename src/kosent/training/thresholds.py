"""What a network of several labels a text is given after training: true probabilities, thresholds.

Both are fitted on the validation split, label by label. The probabilities by Platt's scaling
(1999), a slope and a shift of each label's scores, which end in the weights of the last layer, so
that everything that predicts gives them. The thresholds for the F1 of all.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from kosent.metrics.confidence import calibration_error
from kosent.metrics.scores import binary_losses, logits, sigmoid
from kosent.training.calibration import LAST_LAYER

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

# A priori the logarithm of a slope and a shift are normal around 0 with this standard deviation, as
# that of a temperature is (``kosent.training.calibration``): a label of few texts keeps its scores.
_SPREAD = 0.5
_HALF = 0.5
_ROUNDS = 20
_TINY = 1e-12
_BOUNDS = ((-4.0, 4.0), (-9.0, 9.0))  # of the slope's logarithm and the shift


@dataclass(frozen=True, slots=True)
class LabelCalibration:
    """What slopes and shifts did on the validation split.

    Attributes:
        slopes: What the scores of each label were multiplied by; under 1 the network was too sure.
        shifts: What was added to them.
        rows: Texts they were fitted on.
        loss_before: Mean negative log-likelihood of a pair of text and label, in nats, without.
        loss_after: The same with them.
        ece_before: Calibration error of all pairs (``MultilabelReport.calibration_error``) without.
        ece_after: The same with them.
    """

    slopes: tuple[float, ...]
    shifts: tuple[float, ...]
    rows: int
    loss_before: float
    loss_after: float
    ece_before: float
    ece_after: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self) | {"slopes": list(self.slopes), "shifts": list(self.shifts)}


def fit_scaling(
    probabilities: Array, truth: Array, weights: Array | None = None
) -> tuple[Floats, Floats]:
    """Return slope and shift of each label's scores at which its texts are most likely.

    Args:
        probabilities: float32 ``(n, labels)``, of texts that the network did not learn from.
        truth: Whether a text has a label ``(n, labels)``.
        weights: What each pair counts ``(n, labels)``; all the same without it.

    Returns:
        Each ``(labels,)``; 1 and 0 where nothing is better.
    """
    scores = logits(probabilities)
    slopes, shifts = np.ones(scores.shape[1]), np.zeros(scores.shape[1])
    for label, each in enumerate(scores.T):
        counts = np.ones(len(each)) if weights is None else weights[:, label]
        slopes[label], shifts[label] = _scaling(each, truth[:, label].astype(np.float64), counts)
    return slopes, shifts


def _scaling(scores: Floats, truth: Floats, counts: Floats) -> tuple[float, float]:
    """Return slope and shift of one label."""
    from scipy.optimize import minimize

    def cost(values: Floats) -> tuple[float, Floats]:
        slope = math.exp(values[0])
        moved = slope * scores + values[1]
        wrong = counts * (sigmoid(moved) - truth)
        away = values / _SPREAD
        loss = float(counts @ binary_losses(moved, truth)) + 0.5 * float(away @ away)
        return loss, np.array([slope * (wrong @ scores), wrong.sum()]) + away / _SPREAD

    start = np.zeros(2)
    found = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=_BOUNDS).x
    return (math.exp(found[0]), float(found[1])) if cost(found)[0] < cost(start)[0] else (1.0, 0.0)


def scaled(weights: dict[str, Array], slopes: Floats, shifts: Floats) -> dict[str, Array]:
    """Return a network's weights with its scores multiplied and shifted, label by label.

    Args:
        weights: Its weights by path.
        slopes: ``(labels,)``.
        shifts: ``(labels,)``.
    """
    kernel, bias = (weights[name] for name in LAST_LAYER)
    moved = {LAST_LAYER[0]: kernel * slopes, LAST_LAYER[1]: bias * slopes + shifts}
    return {**weights, **{name: value.astype(np.float32) for name, value in moved.items()}}


def compared(
    slopes: Floats, shifts: Floats, truth: Array, before: Array, after: Array
) -> LabelCalibration:
    """Compare probabilities ``(n, labels)`` without and with a calibration."""
    figures = {}
    for name, each in (("before", before), ("after", after)):
        figures[f"loss_{name}"] = float(binary_losses(logits(each), truth).mean())
        figures[f"ece_{name}"] = calibration_error(each.ravel(), truth.ravel() > _HALF)
    slope, shift = tuple(slopes.tolist()), tuple(shifts.tolist())
    return LabelCalibration(slope, shift, len(truth), **figures)


def fit_thresholds(
    probabilities: Array,
    truth: Array,
    weights: Array | None = None,
    expected: Array | None = None,
) -> Floats:
    """Return the probability of each label from which on it is given.

    Each label has the threshold with which the F1 of all pairs of text and label (micro F1) is
    best. What a label adds to it is counted half of its texts, half of what the calibrated
    probabilities expect: of a label of few texts the count alone would be chance. On UnSmile's
    training texts (a fifth held out, of which 1,000 fit the thresholds, 20 times) that gives a
    two-way GRU over jamo a micro F1 of .731, a macro F1 of .754 and .614 of the texts all labels;
    the threshold of each label's own best F1 .721, .751 and .553; 0.5 for all .713, .738 and .603.

    Args:
        probabilities: float32 ``(n, labels)``, of texts that nothing was learned from.
        truth: Whether a text has a label ``(n, labels)``.
        weights: What each text counts ``(n,)``; all the same without it.
        expected: The same calibrated, where ``probabilities`` are not.

    Returns:
        ``(labels,)``, from 0 to 1.
    """
    counts = np.ones(len(truth)) if weights is None else weights.astype(np.float64)
    believed = np.asarray(probabilities if expected is None else expected, np.float64)
    shares = (np.asarray(truth, np.float64) + believed) / 2  # (n, labels)
    falling = [_Falling.of(*each, counts) for each in zip(probabilities.T, shares.T, strict=True)]
    f1 = _HALF
    for _ in range(_ROUNDS):  # Dinkelbach 1967: the best for one F1 gives a better one
        best = [each.best(f1) for each in falling]
        right = sum(each.right[place] for each, place in zip(falling, best, strict=True))
        pairs = sum(each.got[place] for each, place in zip(falling, best, strict=True))
        f1 = 2 * right / max(pairs + float(counts @ shares.sum(axis=1)), _TINY)
    return np.array([each.threshold(place) for each, place in zip(falling, best, strict=True)])


class _Falling(NamedTuple):
    """The texts of a label from the most probable on, after each number of them.

    Attributes:
        probabilities: Of those texts, falling ``(texts,)``.
        right: What of the first ones has the label ``(places,)``.
        got: What the first ones count ``(places,)``.
        ends: How many texts each place has, from none; equally probable ones go together.
    """

    probabilities: Floats
    right: Floats
    got: Floats
    ends: Array

    @classmethod
    def of(cls, probabilities: Array, shares: Floats, counts: Floats) -> Self:
        order = np.argsort(-probabilities, kind="stable")
        falling = probabilities[order].astype(np.float64)
        ends = np.append(0, 1 + np.flatnonzero(np.append(falling[1:] < falling[:-1], True)))
        right, got = (np.append(0, np.cumsum(each[order])) for each in (counts * shares, counts))
        return cls(falling, right[ends], got[ends], ends)

    def best(self, f1: float) -> int:
        """Return the place that adds most to an F1."""
        return int(np.argmax(2 * self.right - f1 * self.got))

    def threshold(self, place: int) -> float:
        """Return what lies half way between the last text of a place and the next one."""
        end = int(self.ends[place])
        last = 1.0 if end == 0 else self.probabilities[end - 1]
        following = 0.0 if end == len(self.probabilities) else self.probabilities[end]
        return float((last + following) / 2)
