"""What each part adds where the model is linear: its own scores, read off and not estimated.

The network ``ngrams`` adds up a score for each n-gram of a text, divides the sum by the root of
their number, and turns it into probabilities. An n-gram's score goes in equal shares to the tokens
that it covers, and from them to the parts that they come from; white space between parts takes
none, and an n-gram of nothing else counts for the part that follows.

The scores are asked from the network itself, which needs neither its weights nor what reads them,
and is right for those in int8 too: the sum of all n-grams of a window, less those of the windows
one token shorter at either end, plus that of what these have in common, is the score of the window
as one n-gram. Everything is in float32 there, so that what is found adds up to about 1e-5.

Of more than two classes, one of which holds, the log-odds are not linear in the scores. Then the
scores' parts are carried over by the mean gradient on the straight way from no score to all of them
(Aumann-Shapley; Sundararajan et al. 2017, "Axiomatic Attribution for Deep Networks"), which adds up
too, and is no change for two classes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.explanation.alignment import NOBODY, owners
from kosent.explanation.games import Floats, Probabilities, log_odds
from kosent.explanation.parts import Layout
from kosent.metrics.scores import logits, scores_of, softmax
from kosent.text.encoding.base import Encoder

Ids = npt.NDArray[np.int32]

_BATCH = 4096  # windows; they are short
_KNOWN = 200_000  # windows that are remembered, 60 MB
_STEPS = 24  # of the integral: exact to 1e-9 for scores of usual size


@dataclass(frozen=True)
class Member:
    """A linear network of n-grams.

    Attributes:
        encoder: Its encoder.
        network: Gives probabilities ``(B, classes)`` for ids ``(B, T)``.
        shortest: Tokens of its shortest n-grams.
        longest: Tokens of its longest.
        weight: What its scores count in the model.
        known: Sums of the n-grams of windows ``(classes,)``, by their ids.
    """

    encoder: Encoder
    network: Callable[[Ids], Probabilities]
    shortest: int
    longest: int
    weight: float = 1.0
    known: dict[bytes, Floats] = field(default_factory=dict)


class Linear(NamedTuple):
    """A linear model.

    Attributes:
        members: Its networks, whose scores are added.
        bias: One a class, added to the scores.
        several: Whether a text may have several labels.
    """

    members: Sequence[Member]
    bias: Sequence[float]
    several: bool


class Found(NamedTuple):
    """What a linear model's scores say of a text.

    Attributes:
        base: Log-odds without a single n-gram ``(labels,)``.
        parts: What each part adds ``(parts, labels)``.
    """

    base: Floats
    parts: Floats


def explain_linear(layouts: Sequence[Layout], model: Linear) -> list[Found]:
    """Explain texts by the scores of their n-grams.

    Args:
        layouts: The texts and their parts.
        model: The model.
    """
    bias = np.asarray(model.bias, np.float64)
    bases = [bias.copy() for _ in layouts]
    parts = [np.zeros((len(each), len(bias))) for each in layouts]
    for member in model.members:
        for number, (base, own) in enumerate(_shares(layouts, member, model.several)):
            bases[number] += member.weight * base
            parts[number] += member.weight * own
    pairs = zip(bases, parts, strict=True)
    return [_in_log_odds(base, own, model.several) for base, own in pairs]


def _in_log_odds(base: Floats, parts: Floats, several: bool) -> Found:
    """Carry scores over to log-odds."""
    if several:
        return Found(base, parts)
    points, weights = np.polynomial.legendre.leggauss(_STEPS)
    way = base + np.outer((points + 1) / 2, parts.sum(axis=0))  # (steps, classes)
    others = np.empty((len(base), len(base)))
    for label in range(len(base)):
        rest = way.copy()
        rest[:, label] = -np.inf
        others[label] = weights / 2 @ softmax(rest)
    start = log_odds(softmax(base[None]), several=False)[0]
    return Found(start, parts - parts @ others.T)


def _shares(
    layouts: Sequence[Layout], member: Member, several: bool
) -> list[tuple[Floats, Floats]]:
    """Return of each text the member's scores without n-grams, and what each part adds."""
    texts = [layout.text for layout in layouts]
    encoded = member.encoder.encode(texts)
    rows = [
        encoded.ids[start:end]
        for start, end in zip(encoded.offsets, encoded.offsets[1:], strict=False)
    ]
    bias = _scores(member, np.zeros((1, 1), np.int32), several)[0]
    if len(member.known) > _KNOWN:
        member.known.clear()
    _learn(member, rows, bias, several)
    found = []
    for layout, ids in zip(layouts, rows, strict=True):
        tokens = member.encoder.tokens(layout.text)
        grams = _grams(member, ids)
        root = np.sqrt(max(sum(map(len, grams.values())), 1))
        if not len(layout) or len(tokens) != len(ids):  # an unknown token stands for no token
            whole = sum((each.sum(axis=0) for each in grams.values()), np.zeros_like(bias))
            found.append((bias + whole / root, np.zeros((len(layout), len(bias)))))
            continue
        parts = np.zeros((len(layout), len(bias)))
        _spread(grams, owners(member.encoder, layout, tokens), parts)
        found.append((bias, parts / root))
    return found


def _scores(member: Member, ids: Ids, several: bool) -> Floats:
    """Return the scores of ids ``(B, T)``: of one label a text centred, a constant is lost."""
    probabilities = member.network(ids)
    if several:
        return logits(probabilities)
    scores = scores_of(probabilities)
    centred: Floats = scores - scores.mean(axis=1, keepdims=True)
    return centred


def _learn(member: Member, rows: Sequence[Ids], bias: Floats, several: bool) -> None:
    """Ask for the sums of n-grams of all windows that are not known."""
    for size in range(member.shortest, member.longest + 1):
        new = {
            window.tobytes(): window
            for ids in rows
            for window in _windows(ids, size)
            if window.tobytes() not in member.known
        }
        names, windows = list(new), list(new.values())
        number = sum(size - each + 1 for each in range(member.shortest, size + 1))
        for start in range(0, len(windows), _BATCH):
            scores = _scores(member, np.stack(windows[start : start + _BATCH]), several)
            sums = (scores - bias) * np.sqrt(number)
            member.known.update(zip(names[start : start + _BATCH], sums, strict=True))


def _windows(ids: Ids, size: int) -> Ids:
    """Return all windows ``(T - size + 1, size)``."""
    if len(ids) < size:
        return np.empty((0, size), np.int32)
    return np.lib.stride_tricks.sliding_window_view(ids, size)


def _grams(member: Member, ids: Ids) -> dict[int, Floats]:
    """Return the scores ``(T - size + 1, classes)`` of a text's n-grams, by their size."""
    sums: dict[int, Floats] = {}
    for size in range(member.shortest, member.longest + 1):
        if len(ids) >= size:
            sums[size] = np.stack([member.known[each.tobytes()] for each in _windows(ids, size)])
    grams = {}
    for size, whole in sums.items():
        grams[size] = whole.copy()
        if size - 1 in sums:
            grams[size] -= sums[size - 1][:-1] + sums[size - 1][1:]
        if size - 2 in sums:
            grams[size] += sums[size - 2][1:-1]
    return grams


def _spread(grams: dict[int, Floats], owner: Sequence[int], parts: Floats) -> None:
    """Add the score of each n-gram to the parts it covers, by their shares of its tokens."""
    whose = np.asarray(owner, np.int64)
    following = _following(whose)
    for size, scores in grams.items():
        covered = np.lib.stride_tricks.sliding_window_view(whose, size)  # (n-grams, size)
        owned = covered != NOBODY
        count = owned.sum(axis=1)
        shares = scores / np.maximum(count, 1)[:, None]
        for place in range(size):
            here = owned[:, place]
            np.add.at(parts, covered[here, place], shares[here])
        nobody = count == 0
        np.add.at(parts, following[: len(count)][nobody], scores[nobody])


def _following(whose: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the part of each token, and of those without one the next, or else the last."""
    found = whose.copy()
    last = max(int(whose.max(initial=0)), 0)
    for place in range(len(found) - 1, -1, -1):
        if found[place] == NOBODY:
            found[place] = last
        last = found[place]
    return found
