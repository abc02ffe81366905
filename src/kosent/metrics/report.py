"""How good predictions are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kosent.errors import DataError
from kosent.metrics.confidence import Confidence, confidence_scores
from kosent.support.frames import to_pandas

if TYPE_CHECKING:
    import pandas

Label = str | int | bool
# One a text; or of several a text their lists, or a column of zeros and ones for each.
Labels = Sequence[Label] | Sequence[Sequence[Label]] | npt.ArrayLike


@dataclass(frozen=True, slots=True)
class ClassScores:
    """Scores of one class, each from 0 to 1, and the number of its rows."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Report:
    """Scores of predictions against the true labels.

    Attributes:
        labels: The classes, in the order of ``confusion``.
        rows: Number of rows scored.
        accuracy: Share of right predictions.
        macro_f1: Mean of the classes' F1.
        per_class: Precision, recall, F1 and support by class; 0 where undefined.
        confusion: Row counts, true classes down, predicted classes across.
        confidence: Calibration error and accuracy-coverage curve; ``None`` where the predictions
            came without probabilities.
        unknown_labels: Rows by true label, of labels that the model was not trained on. They count
            as wrong: in the accuracy, in the precision of what was predicted for them, and in
            ``macro_f1`` as classes with an F1 of 0, as scikit-learn has it. ``confusion`` leaves
            them out.
    """

    labels: tuple[Label, ...]
    rows: int
    accuracy: float
    macro_f1: float
    per_class: dict[Label, ClassScores]
    confusion: list[list[int]]
    confidence: Confidence | None = None
    unknown_labels: dict[Label, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            "rows": self.rows,
            "accuracy": self.accuracy,
            "macro_f1": self.macro_f1,
            "labels": list(self.labels),
            "per_class": {str(name): asdict(scores) for name, scores in self.per_class.items()},
            "confusion": self.confusion,
            "confidence": self.confidence.to_dict() if self.confidence else None,
            "unknown_labels": {str(name): rows for name, rows in self.unknown_labels.items()},
        }

    def to_frame(self) -> pandas.DataFrame:
        """Return the scores of the classes as a DataFrame of pandas.

        Its rows are the labels, its columns precision, recall, f1 and support.

        Raises:
            RuntimeSetupError: If pandas is not installed.
        """
        scores = [asdict(self.per_class[label]) for label in self.labels]
        columns = {name: [each[name] for each in scores] for name in scores[0]}
        return to_pandas(columns, list(self.labels), "label")

    def __str__(self) -> str:
        width = max(9, *(len(str(name)) for name in self.labels))
        lines = [
            f"accuracy {self.accuracy:.4f}   macro F1 {self.macro_f1:.4f}   rows {self.rows:,}",
            f"{'':{width}}  precision  recall      f1   support",
        ]
        lines += [
            f"{name!s:{width}}  {s.precision:9.4f}  {s.recall:6.4f}  {s.f1:6.4f}  {s.support:8,}"
            for name, s in self.per_class.items()
        ]
        if self.confidence:
            lines[0] += f"   calibration error {self.confidence.ece:.4f}"
        lines += [
            f"{name!s:{width}}  not trained on: all wrong    {rows:8,}"
            for name, rows in self.unknown_labels.items()
        ]
        return "\n".join(lines)


def report(
    truth: Sequence[Label],
    predicted: Sequence[Label],
    labels: Sequence[Label],
    confidences: npt.NDArray[np.float32] | None = None,
) -> Report:
    """Score predictions.

    Args:
        truth: True labels, ``n`` of them.
        predicted: Predicted labels, in the same order.
        labels: All classes of the model.
        confidences: The probability of each predicted label, ``(n,)``, where there is one.

    Returns:
        The scores.

    Raises:
        DataError: If there is nothing to score, or no true label is one of ``labels``.
    """
    if len(truth) == 0:
        raise DataError("평가할 글이 없습니다", "there are no rows to evaluate")
    known = set(labels)
    unknown = Counter(label for label in truth if label not in known)
    if unknown.total() == len(truth):
        raise not_trained_on(unknown, labels)
    confidence = None
    if confidences is not None:
        hits = [one == other for one, other in zip(truth, predicted, strict=True)]
        confidence = confidence_scores(confidences, np.array(hits))
    order = list(labels)
    matrix, predicted_counts = _confusion(truth, predicted, order)
    right, support = matrix.diagonal(), matrix.sum(axis=1)
    precision = _share(right, predicted_counts)
    recall = _share(right, support)
    f1 = _share(2 * precision * recall, precision + recall)
    per_class = {
        label: ClassScores(float(p), float(r), float(f), int(n))
        for label, p, r, f, n in zip(order, precision, recall, f1, support, strict=True)
    }
    return Report(
        labels=tuple(order),
        rows=len(truth),
        accuracy=float(matrix.trace() / len(truth)),
        macro_f1=float(f1.sum() / (len(order) + len(unknown))),
        per_class=per_class,
        confusion=matrix.tolist(),
        confidence=confidence,
        unknown_labels=dict(unknown.most_common()),
    )


def not_trained_on(unknown: Iterable[Label], labels: Iterable[Label]) -> DataError:
    """Build the error for labels that a model does not know.

    Args:
        unknown: Those labels.
        labels: The labels that it knows.
    """
    shown, known = _listed(sorted(map(repr, unknown)), 5), _listed(list(map(repr, labels)), 20)
    return DataError(
        f"모델이 배우지 않은 라벨이 있습니다: {shown}. 아는 라벨: {known}",
        f"labels the model was not trained on: {shown}. It knows: {known}",
    )


def _listed(names: Sequence[str], most: int) -> str:
    return ", ".join(names[:most]) + (f", … ({len(names):,})" if len(names) > most else "")


def _confusion(
    truth: Sequence[Label], predicted: Sequence[Label], order: list[Label]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Count rows of known labels, true classes down, predicted ones across, and all by prediction.

    scikit-learn's would import pandas.
    """
    place = {label: number for number, label in enumerate(order)}
    rows = np.array([place.get(label, -1) for label in truth], np.int64)
    columns = np.array([place[label] for label in predicted], np.int64)
    size, known = len(order), rows >= 0
    counts = np.bincount(rows[known] * size + columns[known], minlength=size**2)
    return counts.reshape(size, size), np.bincount(columns, minlength=size)


def _share(part: npt.NDArray[Any], whole: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Divide, 0 where there is nothing to divide by."""
    shares = np.zeros(len(part))
    np.divide(part, whole, out=shares, where=whole > 0)
    return shares
