"""What a classifier learns from, and the split of it that only decides."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.corpora.base import Split
from kosent.corpora.copies import first_copies
from kosent.errors import DataError
from kosent.metrics.report import Label
from kosent.support.classes import check_labels, check_targets, class_numbers
from kosent.support.inputs import check_texts
from kosent.training.examples import one_hot
from kosent.training.settings import FRACTION, SPLIT_SETTINGS, VALIDATION
from kosent.training.split_blocks import choose_blocks

RULE = 2  # of the validation split: copies of a text stay together; 1 is that of rows alone


class Part(NamedTuple):
    """Texts and what is known of them.

    Attributes:
        texts: ``n`` texts.
        numbers: Their class numbers, int32 ``(n,)``.
        targets: Probabilities to learn instead of the numbers, float32 ``(n, classes)``.
        weights: What each counts, float32 ``(n,)``; ``None`` where all count the same.
        rows: Where each stands among all, int64 ``(n,)``; ``None`` for what is no selection.
    """

    texts: list[str]
    numbers: npt.NDArray[np.int32]
    targets: npt.NDArray[np.float32] | None = None
    weights: npt.NDArray[np.float32] | None = None
    rows: npt.NDArray[np.int64] | None = None

    def take(self, rows: npt.NDArray[np.int64]) -> Part:
        """Select rows by their numbers."""
        texts = [self.texts[row] for row in rows]
        targets = None if self.targets is None else self.targets[rows]
        weights = None if self.weights is None else self.weights[rows]
        return Part(texts, self.numbers[rows], targets, weights, rows)

    def followed_by(self, other: Part, classes: int) -> Part:
        """Put other texts after these; all have targets then, made of labels where need be.

        Where these have weights, the others count 1.
        """
        weights = self.weights
        if weights is not None:
            weights = np.concatenate([weights, np.ones(len(other.texts), np.float32)])
        return Part(
            self.texts + other.texts,
            np.concatenate([self.numbers, other.numbers]),
            np.concatenate([self._targets(classes), other._targets(classes)]),
            weights,
        )

    def _targets(self, classes: int) -> npt.NDArray[np.float32]:
        return one_hot(self.numbers, classes) if self.targets is None else self.targets


def unlabelled(extra: tuple[Sequence[str], npt.ArrayLike], classes: int) -> Part:
    """Check texts that have targets and no label, which is then taken to be the most probable.

    Raises:
        DataError: If a text is no string, or a target no probability.
    """
    texts = check_texts(extra[0])
    targets = check_targets(extra[1], len(texts), classes)
    return Part(texts, targets.argmax(axis=1).astype(np.int32), targets)


def split(settings: Mapping[str, Any], labelled: Part) -> tuple[Part, Part]:
    """Cut the validation split off; it keeps no targets.

    Args:
        settings: What decides it: ``SPLIT_SETTINGS``.
        labelled: All texts that have a label.

    Raises:
        DataError: If there are too few rows to have every class on both sides, the last rows are
            held out and classes are on one side only, or no row of one side counts anything.
    """
    seed, fraction, which = (settings[name] for name in SPLIT_SETTINGS)
    copies = first_copies(labelled.texts)
    train, held = hold_out(labelled.numbers, fraction, seed, which, copies)
    return some_weigh(labelled.take(train), labelled._replace(targets=None).take(held))


def some_weigh(train: Part, held: Part) -> tuple[Part, Part]:
    """Return the parts of a split, of each of which some row counts.

    Raises:
        DataError: If no row of one does.
    """
    for part in (train, held):
        if part.weights is not None and not part.weights.any():
            raise DataError(
                "학습 자료나 검증 자료의 sample_weight가 모두 0입니다",
                "sample_weight is zero for every text of the training or the validation split",
            )
    return train, held


def held_out(
    rows: Split, classes: npt.NDArray[Any], arguments: Mapping[str, Any]
) -> tuple[list[str], list[Label] | list[list[Label]]]:
    """Return the texts and labels that no weight was learned from.

    Args:
        rows: The training split, cut to the run's limit.
        classes: The labels that the model learned.
        arguments: The settings that decide the split, ``SPLIT_SETTINGS``, and its ``rule``; models
            from before there were several do not name it.
    """
    if rows.label_sets is not None:
        from kosent.training.label_splits import held_out_sets

        return held_out_sets(rows, classes, arguments)
    held = held_rows(rows, classes, arguments)
    labels = check_labels(rows.labels, len(rows.texts))
    return [rows.texts[row] for row in held], [labels[row] for row in held]


def held_rows(
    rows: Split, classes: npt.NDArray[Any], arguments: Mapping[str, Any]
) -> npt.NDArray[np.int64]:
    """Return where the texts of :func:`held_out` stand; the arguments are the same."""
    if rows.label_sets is not None:
        from kosent.training.label_splits import held_rows_of_sets

        return held_rows_of_sets(rows, classes, arguments)
    numbers = class_numbers(check_labels(rows.labels, len(rows.texts)), classes)
    seed, fraction, which = (arguments[name] for name in SPLIT_SETTINGS)
    copies = first_copies(rows.texts) if arguments.get("rule", 1) > 1 else None
    _, held = hold_out(numbers, fraction, seed, which, copies)
    return held


def hold_out(
    numbers: npt.NDArray[np.int32],
    fraction: float,
    seed: int,
    which: str = "random",
    copies: Sequence[int] | None = None,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Cut a validation split off.

    A class with a single row stays in training, since a split of it is impossible, and no class
    is held out as a whole.

    Args:
        numbers: Class numbers ``(n,)``.
        fraction: Share of the rows to hold out.
        seed: Seed of the choice.
        which: ``"random"`` rows, with the classes in proportion, ``"blocks"`` of rows that follow
            each other (:func:`~kosent.training.split_blocks.choose_blocks`), likewise, or the
            ``"last"`` ones, which are those that ``validation_split`` of ``keras.Model.fit``
            takes, copies or not.
        copies: For each row the number of the first with the same text; they stay together. Texts
            are then chosen instead of rows, each once and by the label of its first row: where
            there are no copies, that is the same choice.

    Returns:
        Sorted row numbers of training and validation.

    Raises:
        UsageError: If ``fraction`` is not between 0 and 1, or ``which`` no choice.
        DataError: If there are too few rows to have every class on both sides, or the last rows
            hold one class only or one that no other row has.
    """
    VALIDATION.check("validation", which)
    FRACTION.check("validation_fraction", fraction)
    if which == "last":
        return _last(numbers, fraction)
    if copies is None and which == "random":
        return _random(numbers, fraction, seed)
    first = np.arange(len(numbers)) if copies is None else np.asarray(copies, np.int64)
    texts = np.unique(first)
    if which == "blocks":
        chosen = choose_blocks(numbers[texts], fraction, seed)
    else:
        _, chosen = _random(numbers[texts], fraction, seed)
    held = np.isin(first, texts[chosen])  # (n,)
    for lost in np.setdiff1d(numbers[held], numbers[~held]):
        row = np.flatnonzero(held & (numbers == lost))[0]
        held[first == first[row]] = False
    if not held.any() or len(np.unique(numbers[~held])) < 2:
        raise _too_few(len(texts))
    return np.flatnonzero(~held), np.flatnonzero(held)


def _random(
    numbers: npt.NDArray[np.int32], fraction: float, seed: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    counts = np.bincount(numbers)
    single = counts[numbers] == 1  # (n,)
    rows, alone = np.flatnonzero(~single), np.flatnonzero(single)
    classes = int((counts > 1).sum())
    held = max(round(len(rows) * fraction), classes)
    if classes < 2 or len(rows) - held < classes:
        raise _too_few(len(numbers))
    from sklearn.model_selection import train_test_split

    train, validation = train_test_split(
        rows, test_size=held, stratify=numbers[rows], random_state=seed
    )
    lost = np.setdiff1d(numbers[validation], numbers[train])
    back = [validation[numbers[validation] == number][0] for number in lost]
    train = np.concatenate([train, alone, np.array(back, np.int64)])
    return np.sort(train), np.setdiff1d(validation, back)


def _last(
    numbers: npt.NDArray[np.int32], fraction: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    cut = math.floor(len(numbers) * (1 - fraction))
    train, held = np.split(np.arange(len(numbers)), [cut])
    classes = set(numbers.tolist())
    if set(numbers[train].tolist()) != classes or len(set(numbers[held].tolist())) < 2:
        raise DataError(
            "마지막 글들을 검증 자료로 떼면 라벨이 한쪽에만 있습니다. 라벨 순서로 정렬된 자료라면 "
            "validation='random'을 쓰세요",
            "with the last texts held out, labels are on one side only; where texts are sorted by "
            "label use validation='random'",
        )
    return train, held


def _too_few(texts: int) -> DataError:
    return DataError(
        f"서로 다른 글이 너무 적습니다({texts}개). 검증 자료를 떼려면 라벨마다 둘 이상 필요합니다",
        f"too few texts: {texts} different ones; a validation split needs two or more of each "
        "label",
    )
