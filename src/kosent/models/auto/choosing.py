"""Which candidates are kept, and what each weighs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kosent.metrics.scores import log_loss, scores_of
from kosent.models.ensemble_weights import Weighting, combine, fit_weighting

Numbers = npt.NDArray[np.int32]
Probabilities = npt.NDArray[np.float32]
Counts = npt.NDArray[np.float32] | None

_LIGHT = 0.04  # weight below which a member is not worth its size and time
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
    """

    members: list[int]
    weighting: Weighting
    probabilities: Probabilities


def choose(
    candidates: Sequence[Judged],
    numbers: Numbers,
    counts: Counts,
    most_bytes: float,
    most_microseconds: float,
) -> Choice:
    """Weigh candidates by the held-out texts, and leave out the light and the costly.

    While the members are too large or too slow together, the one without which the rest loses the
    least is left out. One that alone is too large or slow stays: there must be a model.

    Args:
        candidates: What was judged, one or more.
        numbers: Class numbers of the held-out texts ``(n,)``.
        counts: What each text counts ``(n,)``; all the same without it.
        most_bytes: Of all members together.
        most_microseconds: That a text may take all members together.
    """
    kept = list(range(len(candidates)))
    weighting = _fit(candidates, kept, numbers, counts)
    while len(kept) > 1:
        worst = _to_leave_out(candidates, kept, weighting, numbers, counts)
        size = sum(candidates[each].size for each in kept)
        time = sum(candidates[each].microseconds for each in kept)
        if min(weighting.weights) >= _LIGHT and size <= most_bytes and time <= most_microseconds:
            break
        if min(weighting.weights) < _LIGHT:
            worst = kept[int(np.argmin(weighting.weights))]
        kept.remove(worst)
        weighting = _fit(candidates, kept, numbers, counts)
    order = sorted(range(len(kept)), key=lambda place: -weighting.weights[place])
    kept = [kept[place] for place in order]
    weighting = _fit(candidates, kept, numbers, counts)
    return Choice(kept, weighting, _crossed(candidates, kept, numbers, counts))


def _to_leave_out(
    candidates: Sequence[Judged],
    kept: list[int],
    weighting: Weighting,
    numbers: Numbers,
    counts: Counts,
) -> int:
    """Return the member without which the others lose the least for what they save."""
    losses = []
    for each in kept:
        others = [other for other in kept if other != each]
        losses.append(_fit(candidates, others, numbers, counts).loss_after - weighting.loss_after)
    return kept[int(np.argmin(losses))]


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
