"""What each part adds, by leaving out: Shapley values, Owen values of a tree, leave-one-out.

Shapley values (Shapley 1953; Lundberg and Lee 2017, "A Unified Approach to Interpreting Model
Predictions") are what a part adds on average over all orders in which the parts could come. They
add up to the difference between the whole text and the empty one. Of few parts they are exact. Of
more, neighbours are taken together in a tree that is divided at ends of sentences and clauses
first, which gives Owen values (Owen 1977), as SHAP's partition explainer does; and where those cost
too much, each branch is divided in two contexts only: with nothing and with everything else there.
"""

from __future__ import annotations

from functools import lru_cache
from math import factorial
from typing import NamedTuple

import numpy as np

from kosent.explanation.games import Floats, Steps, Values
from kosent.explanation.parts import Border, Layout

EXACT_PARTS = 7  # 128 texts
FULL_TREE = 256  # texts that the full tree may take: 19 parts


def shapley(layout: Layout, values: Values, most: int) -> Steps:
    """Explain by Shapley values, as exactly as the number of parts allows.

    Args:
        layout: The text and its parts, of which there are at most ``most / 4``.
        values: What is known of it.
        most: How often the model may be asked.

    Yields:
        Masks to be known next.

    Returns:
        What each part adds ``(parts, labels)``; with the empty text it adds up to the whole text.
    """
    size = len(layout)
    if size <= EXACT_PARTS and 2**size <= most:
        return (yield from _exact(layout, values))
    if _cost(layout, 0, size, 0) + 2 <= min(most, FULL_TREE):
        return (yield from _owen(layout, values))
    return (yield from _two_contexts(layout, values))


def leave_one_out(layout: Layout, values: Values, most: int) -> Steps:
    """Explain by leaving out each part alone; what that gives need not add up to anything.

    Arguments and results are those of :func:`shapley`; of parts there are at most ``most - 2``.
    """
    del most
    everything = layout.everything
    alone = [everything & ~(1 << part) for part in range(len(layout))]
    yield [0, everything, *alone]
    found = [values[everything] - values[mask] for mask in alone]
    return np.stack(found) if found else _nothing(layout, values)


def _exact(layout: Layout, values: Values) -> Steps:
    size = len(layout)
    yield list(range(2**size))
    if not size:
        return _nothing(layout, values)
    table = np.stack([values[mask] for mask in range(2**size)])  # (2 ** parts, labels)
    masks = np.arange(2**size)
    counts = np.array([mask.bit_count() for mask in range(2**size)])
    weights = np.array([_weight(count, size) for count in range(size)])
    found = np.empty((size, table.shape[1]))
    for part in range(size):
        without = masks[masks >> part & 1 == 0]
        gains = table[without | 1 << part] - table[without]
        found[part] = weights[counts[without]] @ gains
    return found


@lru_cache(maxsize=64)
def _weight(count: int, size: int) -> float:
    """Return the share of orders in which a part comes after just these ``count`` others."""
    return factorial(count) * factorial(size - count - 1) / factorial(size)


class _Branch(NamedTuple):
    """Neighbouring parts in a context.

    Attributes:
        first: The first of them.
        end: The one after the last of them.
        context: Mask of what else is there.
        share: Share of all orders in which it is.
    """

    first: int
    end: int
    context: int
    share: float


def _owen(layout: Layout, values: Values) -> Steps:
    """Divide each branch in every context that its ancestors' siblings make."""
    everything = layout.everything
    yield [0, everything]
    found = np.zeros((len(layout), len(values[0])))
    branches = [_Branch(0, len(layout), 0, 1.0)]
    while branches:
        halves = []
        for first, end, context, share in branches:
            if end - first == 1:
                gain = values[context | 1 << first] - values[context]
                found[first] += share * gain
                continue
            middle = divided(layout, first, end)
            left, right = mask_of(first, middle), mask_of(middle, end)
            for half, other in (((first, middle), right), ((middle, end), left)):
                halves.append(_Branch(*half, context, share / 2))
                halves.append(_Branch(*half, context | other, share / 2))
        branches = halves
        if halves:
            yield [each.context for each in halves] + [
                each.context | mask_of(each.first, each.end) for each in halves
            ]
    return found


def _two_contexts(layout: Layout, values: Values) -> Steps:
    """Divide each branch with nothing else there and with everything else there.

    The halves' Shapley values in the two contexts are averaged; what is missing to the branch's own
    value goes to its halves by their numbers of parts, so that everything adds up.
    """
    everything = layout.everything
    yield [0, everything]
    found = np.zeros((len(layout), len(values[0])))
    branches = [(0, len(layout), values[everything] - values[0])]
    while branches:
        divisions = []
        for first, end, total in branches:
            if end - first == 1:
                found[first] = total
            else:
                divisions.append((first, divided(layout, first, end), end, total))
        asked: list[int] = []
        for first, middle, end, _ in divisions:
            for half in (mask_of(first, middle), mask_of(middle, end)):
                asked += [half, everything & ~half]
        if asked:
            yield asked
        branches = []
        for first, middle, end, total in divisions:
            left = _half(values, mask_of(first, middle), mask_of(middle, end), everything)
            right = _half(values, mask_of(middle, end), mask_of(first, middle), everything)
            missing = (total - left - right) / (end - first)
            branches.append((first, middle, left + missing * (middle - first)))
            branches.append((middle, end, right + missing * (end - middle)))
    return found


def _half(values: Values, own: int, other: int, everything: int) -> Floats:
    """Return what a half of a branch adds, on average over the two contexts and two orders."""
    rest = everything & ~(own | other)
    gains = [
        values[own] - values[0],
        values[own | other] - values[other],
        values[rest | own] - values[rest],
        values[everything] - values[rest | other],
    ]
    mean: Floats = np.mean(gains, axis=0)
    return mean


def mask_of(first: int, end: int) -> int:
    """Return the mask of neighbouring parts."""
    return (1 << end) - (1 << first)


def divided(layout: Layout, first: int, end: int) -> int:
    """Return where a branch is divided: at the strongest border near its middle.

    Args:
        layout: The text and its parts.
        first: The first part of the branch.
        end: The one after its last.

    Returns:
        The first part of the second half. A negation stays whole as long as there is another
        border.
    """
    margin = (end - first) // 4
    near = range(first + max(margin, 1), end - max(margin, 1) + 1)
    places = [place for place in near if layout.borders[place - 1] != Border.NEGATION]
    places = places or [
        place for place in range(first + 1, end) if layout.borders[place - 1] != Border.NEGATION
    ]
    middle = (first + end) / 2
    return max(
        places or near, key=lambda place: (layout.borders[place - 1], -abs(place - middle), -place)
    )


def _cost(layout: Layout, first: int, end: int, depth: int) -> int:
    """Return the texts that the full tree asks about, up to where it is too many."""
    if end - first == 1:
        return 0
    own = int(2 ** (depth + 1))
    if own > FULL_TREE:  # of more the exact number is not asked
        return own
    middle = divided(layout, first, end)
    left = own + _cost(layout, first, middle, depth + 1)
    return left if left > FULL_TREE else left + _cost(layout, middle, end, depth + 1)


def _nothing(layout: Layout, values: Values) -> Floats:
    return np.zeros((len(layout), len(values[0])))
