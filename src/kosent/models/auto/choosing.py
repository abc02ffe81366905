"""Which candidates are kept, and what each weighs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.models.auto.judging import Held
from kosent.models.ensemble_weights import Weighting

Probabilities = npt.NDArray[np.float32]

_LIGHT = 0.02  # weight below which a member decides nothing
_WORTH = 0.002  # part of the loss by which a member has to lower it
_FOLDS = 5  # that the weights are judged by


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
        lift: How much rare classes were lifted, from 0 to 1 (:data:`judging.LIFTS`).
        thresholds: Probability from which on each label is given, where a text may have several.
    """

    members: list[int]
    weighting: Weighting
    probabilities: Probabilities
    lift: float
    thresholds: list[float] | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What all members may cost together.

    Attributes:
        size: Bytes.
        microseconds: Of a text.
    """

    size: float
    microseconds: float


def choose(candidates: Sequence[Judged], held: Held, bounds: Bounds) -> Choice:
    """Take the candidates that have the least loss together, as far as they may cost.

    From each candidate on, the one that lowers the loss most is added as long as one does that is
    worth it and affordable (Caruana et al. 2004, "Ensemble Selection from Libraries of Models");
    the best of these sets is kept. Beginning with the best candidate alone would end with it where
    it is as slow as all others together. One that alone costs too much is taken where no other is
    affordable: there must be a model.

    Args:
        candidates: What was judged, one or more.
        held: The held-out texts ``(n,)``.
        bounds: What all members may cost.
    """
    every = range(len(candidates))
    firsts = [each for each in every if _affordable(candidates, [each], bounds)]
    weigh = _weigher(candidates, held)
    grown = [_grown(candidates, each, weigh, bounds) for each in firsts or every]
    best = min(grown, key=lambda each: each.loss)
    weighed = sorted(zip(best.weights, best.members, strict=True), reverse=True)
    kept = [weighed[0][1], *(member for weight, member in weighed[1:] if weight >= _LIGHT)]
    answers = [candidates[each].probabilities for each in kept]
    weighting, expected, lift = held.lifted(held.fit(answers), _crossed(answers, held))
    return Choice(kept, weighting, expected, lift, held.thresholds(expected))


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


def _weigher(candidates: Sequence[Judged], held: Held) -> Callable[[frozenset[int]], _Set]:
    """Return what weighs a set of candidates, once: from several beginnings many are met again."""

    @cache
    def weigh(chosen: frozenset[int]) -> _Set:
        members = sorted(chosen)
        answers = [candidates[each].probabilities for each in members]
        weighting = held.fit(answers)
        return _Set(members, weighting.weights, held.loss(held.combine(answers, weighting)))

    return weigh


def _affordable(candidates: Sequence[Judged], kept: list[int], bounds: Bounds) -> bool:
    size = sum(candidates[each].size for each in kept)
    time = sum(candidates[each].microseconds for each in kept)
    return size <= bounds.size and time <= bounds.microseconds


def _crossed(answers: Sequence[Probabilities], held: Held) -> Probabilities:
    """Return the probabilities of each fifth by the weights of the other four."""
    found = np.empty_like(answers[0])
    fold = held.deal(_FOLDS)
    for number in range(_FOLDS):
        own, rest = fold == number, fold != number
        if own.any():
            weighting = held.take(rest).fit([each[rest] for each in answers])
            found[own] = held.combine([each[own] for each in answers], weighting)
    return found
