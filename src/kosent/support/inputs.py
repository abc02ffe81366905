"""Texts and labels as users hand them over, and the validation split."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.errors import DataError, UsageError, unknown_name

VALIDATION = ("random", "last")
_LARGEST_LABEL = 2**62  # NumPy holds integers of 64 bits
_CLOSE_TO_ONE = 1e-3


def check_texts(texts: Any) -> list[str]:
    """Return the texts as a list.

    Args:
        texts: A list, a NumPy array or a pandas Series of strings.

    Raises:
        UsageError: If a single string, a table or something else than a list of strings arrives.
        DataError: If an element is not a string; the message names its position.
    """
    if isinstance(texts, str | bytes | Mapping) or getattr(texts, "ndim", 1) != 1:
        raise _not_a_list(texts)
    try:
        listed = list(texts)
    except TypeError as error:
        raise _not_a_list(texts) from error
    for position, text in enumerate(listed):
        if not isinstance(text, str):
            shown = repr(text)[:40]
            raise DataError(
                f"{position + 1}번째 글이 문자열이 아닙니다: {shown}",
                f"text number {position + 1} is not a string: {shown}",
            )
    return listed


def check_labels(labels: Any, rows: int) -> list[str | int]:
    """Return the labels as a list of Python's own strings and integers.

    Args:
        labels: One label a text: a list, a NumPy array or a pandas Series.
        rows: Number of texts.

    Raises:
        DataError: If counts differ, or a label is missing or something else.
    """
    length = (len(labels),) if hasattr(labels, "__len__") else ()
    shape = getattr(labels, "shape", length)
    if shape != (rows,) or isinstance(labels, str):
        raise DataError(
            f"글 {rows}개에 라벨의 모양이 {shape}입니다",
            f"{rows} texts but labels of shape {shape}",
        )
    # Not np.asarray, which would turn a missing label among strings into the label "nan".
    listed = [each.item() if isinstance(each, np.generic) else each for each in labels]
    for position, label in enumerate(listed):
        if not isinstance(label, str | int) or (
            isinstance(label, int) and abs(label) > _LARGEST_LABEL
        ):
            raise DataError(
                f"{position + 1}번째 라벨이 문자열이나 정수가 아닙니다: {label!r}",
                f"label number {position + 1} is neither a string nor an integer: {label!r}",
            )
    return listed


def find_classes(labels: Sequence[str | int]) -> npt.NDArray[Any]:
    """Return the sorted classes ``(classes,)``, strings or integers.

    Raises:
        DataError: If strings and integers are mixed, or there are fewer than two classes.
    """
    if len({isinstance(label, str) for label in labels}) > 1:
        raise DataError(
            "라벨에 문자열과 정수가 섞여 있습니다. 한 가지로 통일하세요",
            "labels mix strings and integers; make them all one or the other",
        )
    classes = np.unique(np.asarray(labels))
    if len(classes) < 2:
        raise DataError(
            f"라벨이 {len(classes)}종류뿐입니다. 분류에는 두 종류 이상이 필요합니다",
            f"only {len(classes)} class arrived: {classes.tolist()}; at least 2 classes are needed",
        )
    return classes


def class_numbers(labels: Sequence[str | int], classes: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    """Return the position of each label in the sorted ``classes``: int32 ``(n,)``."""
    return np.searchsorted(classes, np.asarray(labels)).astype(np.int32)


def check_targets(targets: Any, rows: int, classes: int) -> npt.NDArray[np.float32]:
    """Return probabilities to learn: float32 ``(rows, classes)``.

    Args:
        targets: A row of probabilities for each text, which add up to 1.
        rows: Number of texts.
        classes: Number of classes.

    Raises:
        DataError: If shapes differ, or a row holds no probabilities.
    """
    try:
        found = np.asarray(targets, np.float32)
    except (TypeError, ValueError):
        found = np.empty(0, np.float32)
    if found.shape != (rows, classes):
        raise DataError(
            f"글 {rows}개, 라벨 {classes}종류에 확률의 모양이 {np.shape(found)}입니다",
            f"{rows} texts and {classes} classes, but targets of shape {np.shape(found)}",
        )
    # Written so that NaN is wrong too.
    wrong = ~((found >= 0).all(axis=1) & (np.abs(found.sum(axis=1) - 1) < _CLOSE_TO_ONE))
    if wrong.any():
        position = int(wrong.argmax())
        raise DataError(
            f"{position + 1}번째 글의 확률이 0 이상이고 합이 1이어야 합니다: {found[position]}",
            f"targets of text number {position + 1} must be at least 0 and add up to 1: "
            f"{found[position]}",
        )
    return found


def check_hold_out(fraction: object, which: object) -> None:
    """Refuse a share of held-out rows that leaves nothing on one side, or a choice of no name.

    Raises:
        UsageError: If ``fraction`` is not a number between 0 and 1, or ``which`` not in
            ``VALIDATION``.
    """
    if which not in VALIDATION:
        raise unknown_name("검증 자료", "validation", which, VALIDATION)
    if not isinstance(fraction, int | float) or not 0 < fraction < 1:
        raise UsageError(
            f"validation_fraction은 0과 1 사이여야 합니다: {fraction!r}",
            f"validation_fraction must be between 0 and 1: {fraction!r}",
        )


def hold_out(
    numbers: npt.NDArray[np.int32], fraction: float, seed: int, which: str = "random"
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Cut a validation split off.

    A class with a single row stays in training, since a split of it is impossible, and no class
    is held out as a whole.

    Args:
        numbers: Class numbers ``(n,)``.
        fraction: Share of the rows to hold out.
        seed: Seed of the choice.
        which: ``"random"`` rows, with the classes in proportion, or the ``"last"`` ones, which are
            those that ``validation_split`` of ``keras.Model.fit`` takes.

    Returns:
        Sorted row numbers of training and validation.

    Raises:
        UsageError: If ``fraction`` is not between 0 and 1, or ``which`` no choice.
        DataError: If there are too few rows to have every class on both sides, or the last rows
            hold one class only or one that no other row has.
    """
    check_hold_out(fraction, which)
    if which == "last":
        return _last(numbers, fraction)
    counts = np.bincount(numbers)
    single = counts[numbers] == 1  # (n,)
    rows, alone = np.flatnonzero(~single), np.flatnonzero(single)
    classes = int((counts > 1).sum())
    held = max(round(len(rows) * fraction), classes)
    if classes < 2 or len(rows) - held < classes:
        raise DataError(
            f"글이 너무 적습니다({len(numbers)}개). 검증 자료를 떼려면 라벨마다 둘 이상 필요합니다",
            f"too few texts: {len(numbers)}; a validation split needs two or more of each label",
        )
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


def _not_a_list(texts: object) -> UsageError:
    shown = repr(texts)[:40]
    return UsageError(
        f"문자열의 목록을 주세요: [text]. 받은 값: {shown}",
        f"expected a list of strings, such as [text]. Received: {shown}",
    )
