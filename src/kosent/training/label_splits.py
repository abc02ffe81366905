"""The validation split of texts that may have several labels: every label in proportion.

Labels are stratified by iterative stratification (Sechidis et al. 2011, "On the Stratification of
Multi-Label Data"), of the package ``iterative-stratification``: label by label, the rarest first.
Sets of labels would not do: of the 81 sets in UnSmile's training texts 19 are of one text alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.corpora.base import Split
from kosent.corpora.copies import first_copies
from kosent.errors import DataError
from kosent.support.label_sets import Label, known_sets, names_of
from kosent.training.settings import FRACTION, SPLIT_SETTINGS, VALIDATION
from kosent.training.split_blocks import choose_blocks
from kosent.training.splits import Part, some_weigh

Marks = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]


def split_sets(settings: Mapping[str, Any], labelled: Part) -> tuple[Part, Part]:
    """Cut the validation split off; both parts keep their labels, which are their targets.

    Args:
        settings: What decides it: ``SPLIT_SETTINGS``.
        labelled: All texts; its targets say which labels they have.

    Raises:
        DataError: If there are too few texts, or no row of one side counts anything.
    """
    seed, fraction, which = (settings[name] for name in SPLIT_SETTINGS)
    marks = np.asarray(labelled.targets) > 0
    train, held = hold_out_sets(marks, fraction, seed, which, first_copies(labelled.texts))
    return some_weigh(labelled.take(train), labelled.take(held))


def held_rows_of_sets(rows: Split, classes: npt.NDArray[Any], arguments: Mapping[str, Any]) -> Rows:
    """Return where the texts stand that no weight was learned from.

    Args:
        rows: The training split, cut to the run's limit.
        classes: The labels that the model learned.
        arguments: The settings that decide the split, ``SPLIT_SETTINGS``.
    """
    marks = known_sets(rows.label_sets, len(rows.texts), classes).marks
    seed, fraction, which = (arguments[name] for name in SPLIT_SETTINGS)
    _, held = hold_out_sets(marks, fraction, seed, which, first_copies(rows.texts))
    return held


def held_out_sets(
    rows: Split, classes: npt.NDArray[Any], arguments: Mapping[str, Any]
) -> tuple[list[str], list[list[Label]]]:
    """Return those texts and their labels; the arguments are the same."""
    marks = known_sets(rows.label_sets, len(rows.texts), classes).marks
    held = held_rows_of_sets(rows, classes, arguments)
    return [rows.texts[row] for row in held], names_of(marks[held], classes)


def hold_out_sets(
    marks: Marks,
    fraction: float,
    seed: int,
    which: str = "random",
    copies: Sequence[int] | None = None,
) -> tuple[Rows, Rows]:
    """Cut a validation split off; no label is held out as a whole.

    Args:
        marks: Whether a text has a label ``(n, labels)``; it may have none.
        fraction: Share of the rows to hold out.
        seed: Seed of the choice.
        which: ``"random"`` rows, with the labels in proportion, ``"blocks"`` of rows that follow
            each other, whatever their labels, or the ``"last"`` ones, copies or not.
        copies: For each row the number of the first with the same text; they stay together, and
            the labels of the first count.

    Returns:
        Sorted row numbers of training and validation.

    Raises:
        UsageError: If ``fraction`` is not between 0 and 1, or ``which`` no choice.
        DataError: If there are too few texts, or the last ones hold a label that no other has.
    """
    VALIDATION.check("validation", which)
    FRACTION.check("validation_fraction", fraction)
    if which == "last":
        return _last(marks, fraction)
    first = np.arange(len(marks)) if copies is None else np.asarray(copies, np.int64)
    texts = np.unique(first)
    choose = _blocks if which == "blocks" else _chosen
    held = np.isin(first, texts[choose(marks[texts], fraction, seed)])  # (n,)
    for label in np.flatnonzero(marks[held].any(axis=0)):
        if not (marks[:, label] & ~held).any():
            row = np.flatnonzero(held & marks[:, label])[0]
            held[first == first[row]] = False
    if not held.any():
        raise _too_few(len(texts))
    return np.flatnonzero(~held), np.flatnonzero(held)


def _chosen(marks: Marks, fraction: float, seed: int) -> Rows:
    """Return the numbers of the texts that are held out."""
    count = round(len(marks) * fraction)
    if count < 1 or len(marks) - count < 2:
        raise _too_few(len(marks))
    from iterstrat.ml_stratifiers import MultilabelStratifiedShuffleSplit

    splitter = MultilabelStratifiedShuffleSplit(n_splits=1, test_size=count, random_state=seed)
    # A column of its own for texts without a label, which are in proportion then too.
    columns = np.column_stack([marks, ~marks.any(axis=1)]).astype(np.int64)
    _, held = next(splitter.split(np.zeros(len(marks)), columns))
    return np.sort(held)


def _blocks(marks: Marks, fraction: float, seed: int) -> Rows:
    return choose_blocks(np.zeros(len(marks), np.int32), fraction, seed)


def _last(marks: Marks, fraction: float) -> tuple[Rows, Rows]:
    cut = int(np.floor(len(marks) * (1 - fraction)))
    train, held = np.split(np.arange(len(marks)), [cut])
    lost = marks[held].any(axis=0) & ~marks[train].any(axis=0)
    if lost.any() or not len(train) or not len(held):
        raise DataError(
            "마지막 글들을 검증 자료로 떼면 학습 자료에 없는 라벨이 생깁니다. "
            "validation='random'을 쓰세요",
            "with the last texts held out, labels are missing from those that are learned; use "
            "validation='random'",
        )
    return train, held


def _too_few(texts: int) -> DataError:
    return DataError(
        f"서로 다른 글이 너무 적습니다({texts}개). 검증 자료를 뗄 수 없습니다",
        f"too few texts: {texts} different ones; no validation split can be cut off",
    )
