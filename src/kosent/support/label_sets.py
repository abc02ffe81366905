"""The labels of texts that may have several, or none: as lists, or as columns of zeros and ones."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.errors import DataError
from kosent.support.classes import plain_label
from kosent.support.inputs import values_of
from kosent.support.labels import spelling

Label = str | int
Marks = npt.NDArray[np.bool_]

_ONE_STRING = (str, bytes)
# What joins labels in one cell: a bar is rare in labels, a comma is not.
_JOINTS = ("|", ";", ",", "||")


class LabelSets(NamedTuple):
    """Which text has which label.

    Attributes:
        classes: The labels ``(classes,)``, strings or integers.
        marks: Whether a text has a label, bool ``(n, classes)``.
    """

    classes: npt.NDArray[Any]
    marks: Marks


class Truth(NamedTuple):
    """Which text has which of the labels that a model knows, and what it has beside them.

    Attributes:
        marks: Whether a text has a label, bool ``(n, classes)``.
        others: Labels of each text that the model does not know, ``n`` lists.
    """

    marks: Marks
    others: list[list[Label]]

    @property
    def unknown(self) -> dict[Label, int]:
        """Texts by label, of labels that the model does not know, the most frequent first."""
        return dict(Counter(label for labels in self.others for label in labels).most_common())


def learned_sets(labels: Any, rows: int) -> LabelSets:
    """Return the labels to learn; arguments and errors are those of :func:`read_sets`.

    Raises:
        DataError: Also if there are fewer than two.
    """
    return with_labels(read_sets(labels, rows), [])


def read_sets(labels: Any, rows: int) -> LabelSets:
    """Return the labels that texts have.

    Args:
        labels: A list of labels for each text, empty where it has none; or one column of zeros and
            ones for each label, as an array ``(rows, classes)``, a sparse one or a DataFrame. Such
            columns keep their order, and their names if they have any; without them labels are
            their numbers, as in scikit-learn. Labels of lists are sorted.
        rows: Number of texts.

    Raises:
        DataError: If counts differ, or a label is something else than a string or an integer.
    """
    found = _columns(labels, rows)
    if found is not None:
        return found
    listed = _lists(labels, rows)
    every = sorted({label for each in listed for label in each}, key=_order)
    _check_kinds(every)
    return LabelSets(np.asarray(every), _marks(listed, every))


def with_labels(found: LabelSets, labels: Sequence[Label]) -> LabelSets:
    """Return the same texts with further labels, which none of them has.

    Args:
        found: Which text has which label.
        labels: The labels. Where those that are there are sorted, all are; otherwise they follow.

    Raises:
        DataError: If strings and integers are mixed, or there are fewer than two labels.
    """
    known = found.classes.tolist()
    every = [*known, *(label for label in labels if label not in known)]
    _check_kinds(every)
    if known == sorted(known, key=_order):
        every.sort(key=_order)
    if len(every) < 2:
        raise DataError(
            f"라벨이 {len(every)}종류뿐입니다. 두 종류 이상이 필요합니다",
            f"only {len(every)} label arrived: {every}; at least 2 are needed",
        )
    marks = np.zeros((len(found.marks), len(every)), np.bool_)
    marks[:, [every.index(label) for label in known]] = found.marks
    return LabelSets(np.asarray(every), marks)


def known_sets(labels: Any, rows: int, classes: npt.NDArray[Any]) -> Truth:
    """Return the labels of texts in the order of a model's.

    Args:
        labels: As for :func:`learned_sets`; columns must be those of ``classes``, in their order
            where they have no names.
        rows: Number of texts.
        classes: The labels that the model knows.

    Raises:
        DataError: If counts differ, or a label is something else than a string or an integer.
    """
    known = classes.tolist()
    found = _columns(labels, rows)
    if found is None:
        listed = _lists(labels, rows)
    elif hasattr(labels, "columns"):
        listed = names_of(found.marks, found.classes)
    elif found.marks.shape[1] == len(known):
        return Truth(found.marks, [[] for _ in range(rows)])
    else:
        raise DataError(
            f"라벨의 열이 {found.marks.shape[1]}개인데 모델의 라벨은 {len(known)}개입니다",
            f"{found.marks.shape[1]} columns of labels, but the model knows {len(known)}",
        )
    # A model of before may have a label in another spelling.
    by_name: dict[Label, Label] = {spelling(name): name for name in known if isinstance(name, str)}
    listed = [[by_name.get(label, label) for label in each] for each in listed]
    among = set(known)
    others = [[label for label in each if label not in among] for each in listed]
    return Truth(_marks(listed, known), others)


def names_of(marks: Marks, classes: npt.NDArray[Any]) -> list[list[Label]]:
    """Return the labels of each text as a list, in the order of the classes."""
    names = classes.tolist()
    rows, columns = np.nonzero(marks)
    listed: list[list[Label]] = [[] for _ in range(len(marks))]
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        listed[row].append(names[column])
    return listed


def joint(labels: Iterable[object]) -> str:
    """Return what joins labels to one cell so that they come apart again: none of them has it."""
    names = [str(label) for label in labels]
    free = (mark for mark in _JOINTS if not any(mark in name for name in names))
    return next(free, "|||")


def _columns(labels: Any, rows: int) -> LabelSets | None:
    """Read columns of zeros and ones; ``None`` where lists arrived."""
    names = getattr(labels, "columns", None)
    if hasattr(labels, "toarray"):
        labels = labels.toarray()
    if getattr(labels, "ndim", 1) != 2:
        return None
    table = np.asarray(labels)
    if table.dtype.kind not in "biuf" and names is None:
        return None  # an array of words: lists of one length
    if len(table) != rows or not np.isin(table, (0, 1)).all():
        raise DataError(
            f"글 {rows}개에 라벨의 열은 0과 1로 된 ({rows}, 라벨 수) 모양이어야 합니다: "
            f"{table.shape}",
            f"columns of labels must be zeros and ones of shape ({rows}, labels) for {rows} texts. "
            f"Received: {table.shape}",
        )
    given = list(range(table.shape[1])) if names is None else [plain_label(each) for each in names]
    _check_kinds(given)
    if len(set(given)) < len(given):
        raise DataError(
            f"이름이 같은 라벨의 열이 있습니다: {given}", f"labels are repeated: {given}"
        )
    return LabelSets(np.asarray(given), table.astype(np.bool_))


def _lists(labels: Any, rows: int) -> list[list[Label]]:
    listed = [] if isinstance(labels, _ONE_STRING) else values_of(labels)
    if len(listed) != rows:
        raise DataError(
            f"글 {rows}개에 라벨 목록이 {len(listed)}개입니다",
            f"{rows} texts but {len(listed)} lists of labels",
        )
    return [_list(each, number) for number, each in enumerate(listed, start=1)]


def _list(given: Any, number: int) -> list[Label]:
    """Return the labels of a text, each once; nothing is no label."""
    if given is None or (isinstance(given, float) and math.isnan(given)):
        return []
    if isinstance(given, _ONE_STRING) or not isinstance(given, Iterable):
        shown = repr(given)[:40]
        raise DataError(
            f"{number}번째 글의 라벨이 목록이 아닙니다: {shown}. [{shown}]처럼 목록으로 주세요",
            f"the labels of text number {number} are no list: {shown}; give a list such as "
            f"[{shown}]",
        )
    labels = [plain_label(each) for each in given]
    for label in labels:
        if not isinstance(label, str | int):
            raise DataError(
                f"{number}번째 글에 문자열이나 정수가 아닌 라벨이 있습니다: {label!r}",
                f"text number {number} has a label that is neither a string nor an integer: "
                f"{label!r}",
            )
    return list(dict.fromkeys(label for label in labels if label != ""))


def _order(label: Label) -> tuple[bool, Label]:
    return isinstance(label, str), label


def _check_kinds(labels: Sequence[Label]) -> None:
    if len({isinstance(label, str) for label in labels}) > 1:
        raise DataError(
            "라벨에 문자열과 정수가 섞여 있습니다. 한 가지로 통일하세요",
            "labels mix strings and integers; make them all one or the other",
        )


def _marks(listed: Sequence[Sequence[Label]], classes: Sequence[Label]) -> Marks:
    place = {label: number for number, label in enumerate(classes)}
    marks = np.zeros((len(listed), len(classes)), np.bool_)
    for row, labels in enumerate(listed):
        for label in labels:
            if label in place:
                marks[row, place[label]] = True
    return marks
