"""What duplicates mean: rows that say nothing new, contradict each other, or stand in test."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kosent.inspection.duplicates import Groups

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


def copies(groups: Groups, numbers: npt.NDArray[np.int32], is_test: Mask) -> dict[str, Mask]:
    """Return who has which finding ``(n,)``, by the name of the finding.

    Args:
        groups: Which texts are the same or nearly so.
        numbers: Class numbers ``(n,)``.
        is_test: Which rows are of the test split ``(n,)``; they come after those of train.
    """
    same, near = groups
    near_of_split = _joined(near, is_test)
    first = _first_of(near_of_split)  # row that its near duplicates follow
    in_test = ~is_test & _has(same, is_test)
    return {
        "duplicate": _follows(_joined(_joined(same, numbers), is_test)),
        "near duplicate": same != same[first],
        "both labels": _varied(same, numbers),
        "in test": in_test,
        "near test": ~is_test & _has(near, is_test) & ~in_test,
    }


def outvoted(same: Numbers, numbers: npt.NDArray[np.int32], is_test: Mask) -> Mask:
    """Return which training rows have not the one most frequent label of their text ``(n,)``.

    Where two labels are equally frequent no row has it.
    """
    pairs = _joined(same, numbers)
    votes = np.bincount(pairs, ~is_test)[pairs]  # (n,)
    most = np.zeros(int(same.max(initial=0)) + 1)
    np.maximum.at(most, same, votes)
    on_top = ~is_test & (votes == most[same])
    torn = np.zeros(len(same), np.bool_)
    torn[on_top] = _varied(same[on_top], numbers[on_top])
    lost: Mask = ~is_test & (~on_top | torn)
    return lost


def _joined(groups: Numbers, others: npt.NDArray[np.integer] | Mask) -> Numbers:
    """Number the different pairs of two numbers, from 0 ``(n,)``."""
    wide = groups * (int(others.max(initial=0)) + 1) + others
    numbers: Numbers = np.unique(wide, return_inverse=True)[1]
    return numbers


def _first_of(groups: Numbers) -> Numbers:
    """Return the first row of each row's group ``(n,)``."""
    _, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    rows: Numbers = first[inverse]
    return rows


def _follows(groups: Numbers) -> Mask:
    """Return which rows are not the first of their group."""
    follows: Mask = _first_of(groups) != np.arange(len(groups))
    return follows


def _has(groups: Numbers, chosen: Mask) -> Mask:
    """Return which rows have a chosen row in their group."""
    having: Mask = np.isin(groups, groups[chosen])
    return having


def _varied(groups: Numbers, numbers: npt.NDArray[np.int32]) -> Mask:
    """Return which rows have more than one class in their group."""
    classes = int(numbers.max(initial=0)) + 1
    owners = np.unique(groups * classes + numbers) // classes  # one for each class of a group
    classes_of: Numbers = np.bincount(owners, minlength=int(groups.max(initial=0)) + 1)
    varied: Mask = classes_of[groups] > 1
    return varied
