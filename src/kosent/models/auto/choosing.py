"""Which candidates are kept, and what each weighs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kosent.metrics.report import report
from kosent.metrics.scores import log_loss, scores_of, softmax
from kosent.models.ensemble_weights import Weighting, combine, fit_weighting

Numbers = npt.NDArray[np.int32]
Probabilities = npt.NDArray[np.float32]
Counts = npt.NDArray[np.float32] | None

_LIGHT = 0.04  # weight below which a member is not worth its size and time
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
    crossed = _crossed(candidates, kept, numbers, counts)
    lift = _best_lift(crossed, numbers)
    moved = lift * rarity(numbers, crossed.shape[1])
    bias = tuple((np.asarray(weighting.bias) + moved).tolist())
    return Choice(kept, replace(weighting, bias=bias), lifted(crossed, moved), lift)


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
