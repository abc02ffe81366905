"""The labels and targets that users hand over, and the classes that they make."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.errors import DataError
from kosent.support.inputs import values_of
from kosent.support.labels import spelling

_LARGEST_LABEL = 2**62  # NumPy holds integers of 64 bits
_CLOSE_TO_ONE = 1e-3


def check_labels(labels: Any, rows: int) -> list[str | int]:
    """Return the labels as a list of Python's own strings and integers.

    Args:
        labels: One label a text, in any such form. Strings are spelled as
            ``kosent.support.labels`` says, as those of files are; of a member of an enumeration
            its value counts.
        rows: Number of texts.

    Raises:
        DataError: If counts differ, or a label is missing or something else.
    """
    if hasattr(labels, "__array__") and not hasattr(labels, "__len__"):
        labels = np.asarray(labels)
    length = (len(labels),) if hasattr(labels, "__len__") else ()
    shape = getattr(labels, "shape", length)
    if shape != (rows,) or isinstance(labels, str):
        raise DataError(
            f"글 {rows}개에 라벨의 모양이 {shape}입니다",
            f"{rows} texts but labels of shape {shape}",
        )
    # Not np.asarray, which would turn a missing label among strings into the label "nan".
    listed = [plain_label(each) for each in values_of(labels)]
    for position, label in enumerate(listed):
        if isinstance(label, str) and not label:
            shown = repr(list(labels)[position])[:40]
            raise DataError(
                f"{position + 1}번째 글에 라벨이 없습니다: {shown}",
                f"text number {position + 1} has no label: {shown}",
            )
        if not isinstance(label, str | int) or (
            isinstance(label, int) and abs(label) > _LARGEST_LABEL
        ):
            raise DataError(
                f"{position + 1}번째 라벨이 문자열이나 정수가 아닙니다: {label!r}",
                f"label number {position + 1} is neither a string nor an integer: {label!r}",
            )
    return listed


def plain_label(label: Any) -> Any:
    """Return a label as Python's own string, in its one spelling, or integer; else what arrived."""
    if isinstance(label, Enum):
        label = label.value
    if isinstance(label, np.generic):
        label = label.item()
    return spelling(label) if isinstance(label, str) else label


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
