"""Intervals of accuracy and macro F1 by resampling the test texts (Efron 1979).

Texts of the same truth and the same predictions are alike to every figure, so what is drawn is how
often each such kind comes: the same distribution as drawing rows, and 50,000 rows cost what a few
hundred kinds do. Texts that belong together, such as paraphrases of a sentence, are drawn together
(Davison and Hinkley 1997, section 3.8): each tells less than a text of its own would, and intervals
that take them for such are too narrow. Not covered: what another training set or seed would change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.integer]
Draw = Callable[[np.random.Generator, int], Numbers]  # how often each kind comes, (B, U)

DRAWS = 2000
_LEVEL = 0.95
_AT_ONCE = 250  # draws: 20,000 kinds are 40 MB then


class Drawn(NamedTuple):
    """The figures of ``S`` systems on the texts as they are, and in each of ``B`` draws.

    Attributes:
        accuracy: ``(1 + B, S)``; the first row is that of the texts as they are.
        macro_f1: Likewise.
    """

    accuracy: Floats
    macro_f1: Floats


def drawn(
    truth: Numbers,
    predictions: Sequence[Numbers],
    classes: int,
    draws: int = DRAWS,
    seed: int = 0,
    families: Numbers | None = None,
) -> Drawn:
    """Score systems on the same draws of the same texts, so that differences are paired.

    Args:
        truth: Class numbers ``(n,)``.
        predictions: Those of each of ``S`` systems, ``(n,)`` each.
        classes: Number of classes ``C``. One without a text of the truth has an F1 of 0, as in
            :mod:`kosent.metrics.report`; one that a draw lacks counts in that draw only if it was
            predicted.
        draws: How many, ``B``.
        seed: The same seed gives the same draws.
        families: The number of the family of each text ``(n,)``; families are drawn as a whole.
            Each text is its own without it.
    """
    kinds, kind, counts = np.unique(
        np.stack([truth, *predictions], axis=1), axis=0, return_inverse=True, return_counts=True
    )  # (U, 1 + S), (n,), (U,)
    draw = _by_text(counts) if families is None else _by_family(kind, families)
    generator = np.random.default_rng(seed)
    parts = [_scored(counts[None], kinds, classes)]
    for begin in range(0, draws, _AT_ONCE):
        size = min(_AT_ONCE, draws - begin)
        parts.append(_scored(draw(generator, size), kinds, classes))
    accuracy, macro_f1 = zip(*parts, strict=True)
    return Drawn(np.concatenate(accuracy), np.concatenate(macro_f1))


def _by_text(counts: Numbers) -> Draw:
    rows = int(counts.sum())
    return lambda generator, size: generator.multinomial(rows, counts / rows, size=size)


def _by_family(kind: Numbers, families: Numbers) -> Draw:
    from scipy.sparse import coo_array

    family = np.unique(families, return_inverse=True)[1]
    members = coo_array((np.ones(len(kind), np.int64), (family, kind))).tocsr()  # (F, U)
    count = members.shape[0]

    def draw(generator: np.random.Generator, size: int) -> Numbers:
        times = generator.multinomial(count, np.full(count, 1 / count), size=size)  # (B, F)
        found: Numbers = times @ members
        return found

    return draw


def _scored(weights: Numbers, kinds: Numbers, classes: int) -> tuple[Floats, Floats]:
    """Score all systems on draws of which ``weights`` ``(B, U)`` says how often each kind comes."""
    times = weights.astype(np.float64)
    one_hot = np.eye(classes)
    support = times @ one_hot[kinds[:, 0]]  # (B, C)
    never = np.bincount(kinds[:, 0], minlength=classes) == 0  # (C,)
    accuracy, macro_f1 = [], []
    for column in kinds.T[1:]:
        hit = column == kinds[:, 0]  # (U,)
        right = times @ (one_hot[column] * hit[:, None])  # (B, C)
        both = support + times @ one_hot[column]
        f1 = np.divide(2 * right, both, out=np.zeros_like(both), where=both > 0)
        counted = (both > 0) | never
        accuracy.append(right.sum(axis=1) / times.sum(axis=1))
        macro_f1.append(f1.sum(axis=1) / counted.sum(axis=1))
    return np.stack(accuracy, axis=1), np.stack(macro_f1, axis=1)


def interval(values: Floats) -> tuple[float, float]:
    """Return the ends between which 95 % of the draws lie.

    Args:
        values: A figure in each draw, ``(B,)``.
    """
    low, high = np.quantile(values, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return float(low), float(high)
