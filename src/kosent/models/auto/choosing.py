"""Which candidates are kept, and what each weighs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.metrics.report import report
from kosent.metrics.scores import log_loss, scores_of, softmax
from kosent.models.ensemble_weights import Weighting, combine, fit_weighting

Numbers = npt.NDArray[np.int32]
Probabilities = npt.NDArray[np.float32]
Counts = npt.NDArray[np.float32] | None

_LIGHT = 0.02  # weight below which a member decides nothing
_WORTH = 0.002  # part of the loss by which a member has to lower it
_FOLDS = 5  # that the weights are judged by
# What is most probable is most often right, and says a rare class next to never: of 200 texts of
# KODOLI (67, 20 and 13 %) an accuracy of .710 and a macro F1 of .451; with scores lifted by half of
# what the rarity of a class takes from them .710 and .521. With all of it .648 and .528.
LIFTS = (0.0, 0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate that was judged.

    Attributes:
        name: Its name.
        probabilities: Of the held-out texts ``(n, classes)``.
        size: Bytes of its saved model.
        microseconds: What a text takes it.
    """

    name: str
    probabilities: Probabilities
    size: int
    microseconds: float


@dataclass(frozen=True, slots=True)
class Choice:
    """What is kept.

    Attributes:
        members: Numbers of the candidates, those with the most weight first.
        weighting: Their weights and biases.
        probabilities: Of the held-out texts, each by weights that were fitted on others
            ``(n, classes)``: what is to be expected of texts that nobody has seen.
        lift: How much rare classes were lifted, from 0 to 1 (:data:`LIFTS`).
    """

    members: list[int]
    weighting: Weighting
    probabilities: Probabilities
    lift: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """What all members may cost together.

    Attributes:
        size: Bytes.
        microseconds: Of a text.
    """

    size: float
    microseconds: float


def choose(
    candidates: Sequence[Judged], numbers: Numbers, counts: Counts, bounds: Bounds
) -> Choice:
    """Take the candidates that have the least loss together, as far as they may cost.

    From each candidate on, the one that lowers the loss most is added as long as one does that is
    worth it and affordable (Caruana et al. 2004, "Ensemble Selection from Libraries of Models");
    the best of these sets is kept. Beginning with the best candidate alone would end with it where
    it is as slow as all others together. One that alone costs too much is taken where no other is
    affordable: there must be a model.

    Args:
        candidates: What was judged, one or more.
        numbers: Class numbers of the held-out texts ``(n,)``.
        counts: What each text counts ``(n,)``; all the same without it.
        bounds: What all members may cost.
    """
    every = range(len(candidates))
    firsts = [each for each in every if _affordable(candidates, [each], bounds)]
    weigh = _weigher(candidates, numbers, counts)
    grown = [_grown(candidates, each, weigh, bounds) for each in firsts or every]
    best = min(grown, key=lambda each: each.loss)
    weighed = sorted(zip(best.weights, best.members, strict=True), reverse=True)
    kept = [weighed[0][1], *(member for weight, member in weighed[1:] if weight >= _LIGHT)]
    weighting = _fit(candidates, kept, numbers, counts)
    crossed = _crossed(candidates, kept, numbers, counts)
    lift = _best_lift(crossed, numbers)
    moved = lift * rarity(numbers, crossed.shape[1])
    bias = tuple((np.asarray(weighting.bias) + moved).tolist())
    return Choice(kept, replace(weighting, bias=bias), lifted(crossed, moved), lift)


class _Set(NamedTuple):
    """Members, what they weigh, and their loss on the texts they were weighed by."""

    members: list[int]
    weights: tuple[float, ...]
    loss: float


def _grown(
    candidates: Sequence[Judged],
    first: int,
    weigh: Callable[[frozenset[int]], _Set],
    bounds: Bounds,
) -> _Set:
    """Add to a candidate what lowers the loss most, again and again."""
    found = weigh(frozenset([first]))
    while True:
        larger = [
            weigh(frozenset([*found.members, each]))
            for each in range(len(candidates))
            if each not in found.members and _affordable(candidates, [*found.members, each], bounds)
        ]
        best = min(larger, key=lambda each: each.loss, default=found)
        if best.loss > found.loss * (1 - _WORTH):
            return found
        found = best


def _weigher(
    candidates: Sequence[Judged], numbers: Numbers, counts: Counts
) -> Callable[[frozenset[int]], _Set]:
    """Return what weighs a set of candidates, once: from several beginnings many are met again."""

    @cache
    def weigh(chosen: frozenset[int]) -> _Set:
        members = sorted(chosen)
        weighting = _fit(candidates, members, numbers, counts)
        answers = [candidates[each].probabilities for each in members]
        together = combine(answers, weighting.weights, weighting.bias)
        return _Set(members, weighting.weights, loss_of(together, numbers, counts))

    return weigh


def _affordable(candidates: Sequence[Judged], kept: list[int], bounds: Bounds) -> bool:
    size = sum(candidates[each].size for each in kept)
    time = sum(candidates[each].microseconds for each in kept)
    return size <= bounds.size and time <= bounds.microseconds


def rarity(numbers: Numbers, classes: int) -> npt.NDArray[np.float64]:
    """Return how rare each class is ``(classes,)``: the logarithm of its share, less their mean.

    Args:
        numbers: Class numbers of texts ``(n,)``.
        classes: Number of classes; one that no text has is as rare as one that one has.
    """
    shares = -np.log(np.maximum(np.bincount(numbers, minlength=classes), 1))
    result: npt.NDArray[np.float64] = shares - shares.mean()
    return result


def lifted(probabilities: Probabilities, moved: npt.NDArray[np.float64]) -> Probabilities:
    """Return probabilities ``(n, classes)`` whose scores were moved by class ``(classes,)``."""
    return softmax(scores_of(probabilities) + moved).astype(np.float32)


def _best_lift(probabilities: Probabilities, numbers: Numbers) -> float:
    """Return the lift by which accuracy and macro F1 together are best, the smallest of equals."""
    rare = rarity(numbers, probabilities.shape[1])

    def worth(lift: float) -> float:
        predicted = lifted(probabilities, lift * rare).argmax(axis=1)
        scores = report(numbers.tolist(), predicted.tolist(), list(range(len(rare))))
        return scores.accuracy + scores.macro_f1

    return max(LIFTS, key=lambda lift: (round(worth(lift), 6), -lift))


def _fit(
    candidates: Sequence[Judged], kept: list[int], numbers: Numbers, counts: Counts
) -> Weighting:
    return fit_weighting([candidates[each].probabilities for each in kept], numbers, counts)


def _crossed(
    candidates: Sequence[Judged], kept: list[int], numbers: Numbers, counts: Counts
) -> Probabilities:
    """Return the probabilities of each fifth by the weights of the other four."""
    members = [candidates[each].probabilities for each in kept]
    found = np.empty_like(members[0])
    order = np.argsort(numbers, kind="stable")
    fold = np.empty(len(numbers), np.int64)
    fold[order] = np.arange(len(numbers)) % _FOLDS
    for number in range(_FOLDS):
        held, rest = fold == number, fold != number
        if not held.any():
            continue
        part = fit_weighting(
            [each[rest] for each in members],
            numbers[rest],
            None if counts is None else counts[rest],
        )
        found[held] = combine([each[held] for each in members], part.weights, part.bias)
    return found


def loss_of(probabilities: Probabilities, numbers: Numbers, counts: Counts) -> float:
    """Return the mean negative log-likelihood, in nats.

    Args:
        probabilities: ``(n, classes)``.
        numbers: Class numbers ``(n,)``.
        counts: What each text counts ``(n,)``; all the same without it.
    """
    return log_loss(scores_of(probabilities), numbers, counts)
