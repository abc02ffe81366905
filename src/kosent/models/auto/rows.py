"""The texts that ``auto`` learns from, what is seen of them, and how they are split to judge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.errors import DataError
from kosent.training.label_splits import hold_out_sets
from kosent.training.splits import hold_out

Numbers = npt.NDArray[np.int64]

FEW = 2000  # different texts; fewer are judged by folds, and no recurrent network is trained
_FOLDS = 5
_HANGUL = re.compile(r"[가-힣ㄱ-ㅣ]")
_LETTER = re.compile(r"[^\W\d_]")
_LOOKED_AT = 2000  # texts whose letters are counted


@dataclass(frozen=True, slots=True)
class Rows:
    """Texts with labels.

    Attributes:
        texts: ``n`` texts.
        numbers: Their class numbers, int32 ``(n,)``; all 0 where a text may have several labels.
        labels: The classes, sorted.
        weights: What each text counts, float32 ``(n,)``; ``None`` where all count the same.
        marks: Whether a text has a label, bool ``(n, classes)``, where it may have several.
    """

    texts: list[str]
    numbers: npt.NDArray[np.int32]
    labels: list[Any]
    weights: npt.NDArray[np.float32] | None = None
    marks: npt.NDArray[np.bool_] | None = None

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """The texts of each class ``(classes,)``."""
        if self.marks is not None:
            counted: npt.NDArray[np.int64] = self.marks.sum(axis=0)
            return counted
        return np.bincount(self.numbers, minlength=self.classes)

    @property
    def classes(self) -> int:
        """The number of classes."""
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides on the candidates.

    Attributes:
        rows: Texts.
        different: Different texts.
        classes: Classes.
        rarest: Texts of the rarest class.
        length: Characters of a text, the mean.
        korean: Share of Hangul among the letters, from 0 to 1.
        several: Whether a text may have several labels.
    """

    rows: int
    different: int
    classes: int
    rarest: int
    length: float
    korean: float
    several: bool = False

    @classmethod
    def of(cls, rows: Rows, copies: Sequence[int]) -> Facts:
        """Look at texts.

        Args:
            rows: The texts.
            copies: For each the number of the first with the same text.
        """
        step = max(1, len(rows.texts) // _LOOKED_AT)
        seen = "\n".join(text[:1000] for text in rows.texts[::step])
        letters = len(_LETTER.findall(seen))
        return cls(
            rows=len(rows.texts),
            different=len(set(copies)),
            classes=rows.classes,
            rarest=int(rows.sizes.min()),
            length=sum(map(len, rows.texts)) / len(rows.texts),
            korean=len(_HANGUL.findall(seen)) / max(letters, 1),
            several=rows.marks is not None,
        )


@dataclass(frozen=True, slots=True)
class Split:
    """Rows to learn from and rows to be judged by.

    Attributes:
        learned: Row numbers.
        held: Row numbers; none of their texts is among the learned.
    """

    learned: Numbers
    held: Numbers


def splits(
    rows: Rows, copies: Sequence[int], facts: Facts, seed: int, which: str = "random"
) -> list[Split]:
    """Return how the candidates are judged: folds of few texts, one held-out part of many.

    Args:
        rows: The texts.
        copies: For each the number of the first with the same text; they stay together.
        facts: What is seen of them.
        seed: Seed of the choice.
        which: ``"random"`` texts, or ``"blocks"`` of texts that follow each other.

    Raises:
        DataError: If there are too few texts to have every class on both sides.
    """
    if facts.different < FEW:
        return _folds(rows, copies, seed, which)
    fraction = fraction_for(facts)
    if rows.marks is None:
        learned, held = hold_out(rows.numbers, fraction, seed, which, copies)
    else:
        learned, held = hold_out_sets(rows.marks, fraction, seed, which, copies)
    return [Split(learned, held)]


def fraction_for(facts: Facts) -> float:
    """Return the share of the rows that is held out: less of more, never more than 15,000 texts."""
    return min(0.2 if facts.rows < 10_000 else 0.1, 15_000 / facts.rows)


def check_counted(rows: Rows, parts: Sequence[Split]) -> None:
    """Refuse weights by which nothing is learned, or nothing judged.

    Args:
        rows: The texts.
        parts: How they are split.

    Raises:
        DataError: If all are zero there.
    """
    if rows.weights is None:
        return
    sides = [np.concatenate([part.held for part in parts]), *(part.learned for part in parts)]
    if not all(rows.weights[side].any() for side in sides):
        raise DataError(
            "배울 글이나 판단할 글의 sample_weight가 모두 0입니다",
            "sample_weight is zero for every text to learn from or to judge by",
        )


def _folds(rows: Rows, copies: Sequence[int], seed: int, which: str) -> list[Split]:
    """Deal the different texts of each class out in turn, or give each fold a block of them.

    A class of a single text is judged by what has never seen it, as it will be in use.
    """
    first = np.asarray(copies)
    texts = np.unique(first)
    if len(texts) < 2 * _FOLDS or _as_one(rows, texts):
        raise DataError(
            f"서로 다른 글이 너무 적습니다({len(texts)}개). 라벨이 둘 이상인 글 {2 * _FOLDS}개가 "
            "필요합니다",
            f"too few texts: {len(texts)} different ones; {2 * _FOLDS} of two or more labels are "
            "needed",
        )
    fold = np.empty(len(first), np.int64)
    if which == "blocks":
        fold[texts] = _blocks(rows, texts)
    elif rows.marks is None:
        shuffled = np.random.default_rng(seed).permutation(texts)
        order = shuffled[np.argsort(rows.numbers[shuffled], kind="stable")]
        fold[order] = np.arange(len(order)) % _FOLDS
    else:
        fold[texts] = deal(rows.marks[texts], _FOLDS, seed)
    fold = fold[first]
    return [
        Split(np.flatnonzero(fold != number), np.flatnonzero(fold == number))
        for number in range(_FOLDS)
    ]


def _blocks(rows: Rows, texts: Numbers) -> Numbers:
    """Return the fold of each text ``(len(texts),)``: which fifth of its class it stands in."""
    numbers = rows.numbers[texts]
    order = np.argsort(numbers, kind="stable")
    sizes = np.bincount(numbers)
    place = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    fold = np.empty(len(texts), np.int64)
    fold[order] = place * _FOLDS // np.repeat(sizes, sizes)
    return fold


def _as_one(rows: Rows, texts: Numbers) -> bool:
    """Tell whether all texts have the same labels."""
    labels = rows.numbers[texts, None] if rows.marks is None else rows.marks[texts]
    return bool((labels == labels[0]).all())


def deal(marks: npt.NDArray[np.bool_], folds: int, seed: int) -> Numbers:
    """Deal texts of several labels out, each label in proportion (Sechidis et al. 2011).

    Args:
        marks: Whether a text has a label ``(n, labels)``.
        folds: Number of folds, at most ``n``.
        seed: Seed of the choice.

    Returns:
        The fold of each text ``(n,)``.
    """
    from iterstrat.ml_stratifiers import MultilabelStratifiedKFold

    splitter = MultilabelStratifiedKFold(n_splits=folds, shuffle=True, random_state=seed)
    # A column of its own for texts without a label, which are in proportion then too.
    columns = np.column_stack([marks, ~marks.any(axis=1)]).astype(np.int64)
    fold = np.empty(len(marks), np.int64)
    for number, (_, held) in enumerate(splitter.split(columns, columns)):
        fold[held] = number
    return fold
