"""Texts and labels as users hand them over, and the validation split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.errors import DataError, UsageError


def check_texts(texts: Any) -> list[str]:
    """Return the texts as a list.

    Args:
        texts: A list, a NumPy array or a pandas Series of strings.

    Raises:
        UsageError: If a single string arrives instead of a list of them.
        DataError: If an element is not a string; the message names its position.
    """
    if isinstance(texts, str):
        raise UsageError(
            "문자열 하나가 아니라 문자열의 목록을 주세요: [text]",
            "expected a list of strings, received one string; write [text]",
        )
    listed = list(texts)
    for position, text in enumerate(listed):
        if not isinstance(text, str):
            shown = repr(text)[:40]
            raise DataError(
                f"{position + 1}번째 글이 문자열이 아닙니다: {shown}",
                f"text number {position + 1} is not a string: {shown}",
            )
    return listed


def find_classes(labels: Sequence[Any], rows: int) -> npt.NDArray[Any]:
    """Return the sorted classes ``(classes,)``, strings or integers.

    Args:
        labels: One label a text.
        rows: Number of texts.

    Raises:
        DataError: If counts differ, a label is missing, or there are fewer than two classes.
    """
    listed = np.asarray(labels)
    if listed.shape != (rows,):
        raise DataError(
            f"글 {rows}개에 라벨의 모양이 {listed.shape}입니다",
            f"{rows} texts but labels of shape {listed.shape}",
        )
    values = listed.tolist()
    for position, label in enumerate(values):
        if not isinstance(label, str | int):
            raise DataError(
                f"{position + 1}번째 라벨이 문자열이나 정수가 아닙니다: {label!r}",
                f"label number {position + 1} is neither a string nor an integer: {label!r}",
            )
    classes = np.unique(np.asarray(values))
    if len(classes) < 2:
        raise DataError(
            f"라벨이 {len(classes)}종류뿐입니다. 분류에는 두 종류 이상이 필요합니다",
            f"only {len(classes)} class arrived: {classes.tolist()}; at least 2 classes are needed",
        )
    return classes


def class_numbers(labels: Sequence[Any], classes: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    """Return the position of each label in the sorted ``classes``: int32 ``(n,)``."""
    return np.searchsorted(classes, np.asarray(np.asarray(labels).tolist())).astype(np.int32)


def hold_out(
    numbers: npt.NDArray[np.int32], fraction: float, seed: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Cut a validation split off, with the classes in proportion.

    A class with a single row stays in training, since a split of it is impossible.

    Args:
        numbers: Class numbers ``(n,)``.
        fraction: Share of the rows to hold out.
        seed: Seed of the choice.

    Returns:
        Sorted row numbers of training and validation.

    Raises:
        UsageError: If ``fraction`` is not between 0 and 1.
        DataError: If there are too few rows to have every class on both sides.
    """
    if not 0 < fraction < 1:
        raise UsageError(
            f"validation_fraction은 0과 1 사이여야 합니다: {fraction!r}",
            f"validation_fraction must be between 0 and 1: {fraction!r}",
        )
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
    return np.sort(np.concatenate([train, alone])), np.sort(validation)
