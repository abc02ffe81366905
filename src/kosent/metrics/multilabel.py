"""How good predictions are where a text may have several labels, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kosent.errors import DataError
from kosent.metrics.confidence import calibration_error
from kosent.metrics.intervals import share_interval
from kosent.metrics.report import Label, not_trained_on
from kosent.support.frames import to_pandas

if TYPE_CHECKING:
    import pandas

Marks = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Interval = tuple[float, float]

FIGURES = ("micro_f1", "macro_f1", "weighted_f1", "samples_f1", "lrap", "accuracy", "hamming_loss")


@dataclass(frozen=True, slots=True)
class LabelScores:
    """Scores of one label, each from 0 to 1, with their 95 % intervals.

    Attributes:
        precision: Share of the texts that got the label and have it.
        recall: Share of the texts with the label that got it.
        f1: Harmonic mean of the two.
        support: Texts with the label.
        threshold: Probability from which on it was given.
        precision_interval: Wilson's (1927).
        recall_interval: Likewise.
        f1_interval: That of the share of right ones among the texts that have or got the label
            (Jaccard's ``J``), of which F1 is ``2 J / (1 + J)``.
    """

    precision: float
    recall: float
    f1: float
    support: int
    threshold: float
    precision_interval: Interval
    recall_interval: Interval
    f1_interval: Interval


@dataclass(frozen=True, slots=True)
class MultilabelReport:
    """Scores of predictions against the true labels; names and figures are scikit-learn's.

    Attributes:
        labels: The labels.
        rows: Number of texts scored.
        accuracy: Share of the texts that got all of their labels and no other (subset accuracy).
        micro_f1: F1 of all pairs of text and label together.
        macro_f1: Mean of the labels' F1.
        weighted_f1: The same, each label by its texts.
        samples_f1: Mean of the texts' F1; 1 where a text has no label and got none, which counts
            0 in scikit-learn.
        lrap: Label ranking average precision: for each label of a text, how many of the labels
            that are at least as probable are its own; 1 where it has none or all.
        hamming_loss: Share of the pairs of text and label that are wrong.
        per_class: Scores by label; 0 where undefined.
        calibration_error: Mean difference, over all pairs, of the probability and the share of
            texts with the label, in 15 bins of equal width.
        unknown_labels: Texts by label, of labels that the model was not trained on. They count as
            labels that no text got, with an F1 of 0.
    """

    labels: tuple[Label, ...]
    rows: int
    accuracy: float
    micro_f1: float
    macro_f1: float
    weighted_f1: float
    samples_f1: float
    lrap: float
    hamming_loss: float
    per_class: dict[Label, LabelScores]
    calibration_error: float
    unknown_labels: dict[Label, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            "rows": self.rows,
            **{name: getattr(self, name) for name in FIGURES},
            "calibration_error": self.calibration_error,
            "labels": list(self.labels),
            "per_class": {str(name): asdict(scores) for name, scores in self.per_class.items()},
            "unknown_labels": {str(name): rows for name, rows in self.unknown_labels.items()},
        }

    def to_frame(self) -> pandas.DataFrame:
        """Return the scores of the labels as a DataFrame of pandas, a row a label.

        Raises:
            RuntimeSetupError: If pandas is not installed.
        """
        scores = [asdict(self.per_class[label]) for label in self.labels]
        columns = {name: [each[name] for each in scores] for name in scores[0]}
        return to_pandas(columns, list(self.labels), "label")

    def __str__(self) -> str:
        width = max(9, *(len(str(name)) for name in self.labels))
        lines = [
            f"micro F1 {self.micro_f1:.4f}   macro F1 {self.macro_f1:.4f}   LRAP {self.lrap:.4f}   "
            f"all labels right {self.accuracy:.4f}   rows {self.rows:,}",
            f"{'':{width}}  precision  recall      f1   support  threshold",
        ]
        lines += [
            f"{name!s:{width}}  {s.precision:9.4f}  {s.recall:6.4f}  {s.f1:6.4f}  {s.support:8,}"
            f"  {s.threshold:9.4f}"
            for name, s in self.per_class.items()
        ]
        lines += [
            f"{name!s:{width}}  not trained on: all missed   {rows:8,}"
            for name, rows in self.unknown_labels.items()
        ]
        return "\n".join(lines)


def multilabel_report(
    truth: Marks,
    probabilities: npt.NDArray[np.float32],
    thresholds: npt.NDArray[np.float64],
    labels: Sequence[Label],
    others: Sequence[Sequence[Label]] | None = None,
) -> MultilabelReport:
    """Score predictions.

    Args:
        truth: Whether a text has a label, ``(n, labels)``.
        probabilities: Of each label, ``(n, labels)``.
        thresholds: Probability from which on a label is given, ``(labels,)``.
        labels: All labels of the model.
        others: Labels of each text that the model does not know.

    Raises:
        DataError: If there is nothing to score, or no true label is one of ``labels``.
    """
    if len(truth) == 0:
        raise DataError("평가할 글이 없습니다", "there are no rows to evaluate")
    unknown = _counted(others or [])
    if unknown and not truth.any():
        raise not_trained_on(unknown, labels)
    given = decided(probabilities, thresholds)
    beside = np.array([len(each) for each in others] if others else [0] * len(truth))
    right, got, has = (each.sum(axis=0) for each in (truth & given, given, truth))  # (labels,)
    f1 = _share(2 * right, got + has)
    support = np.array([*has, *unknown.values()])
    in_texts = [each.sum(axis=1) for each in (truth & given, given, truth)]  # (n,)
    of_texts = _share(2 * in_texts[0], in_texts[1] + in_texts[2] + beside, empty=1.0)
    scores = map(_scores, right, got, has, thresholds)
    return MultilabelReport(
        labels=tuple(labels),
        rows=len(truth),
        accuracy=float(((truth == given).all(axis=1) & (beside == 0)).mean()),
        micro_f1=_ratio(2 * right.sum(), got.sum() + support.sum()),
        macro_f1=float(f1.sum() / len(support)),
        weighted_f1=_ratio((f1 * has).sum(), support.sum()),
        samples_f1=float(of_texts.mean()),
        lrap=ranking_precision(truth, probabilities),
        hamming_loss=float(((truth != given).sum() + beside.sum()) / (len(truth) * len(support))),
        per_class=dict(zip(labels, scores, strict=True)),
        calibration_error=calibration_error(probabilities.ravel(), truth.ravel()),
        unknown_labels=unknown,
    )


def decided(probabilities: npt.NDArray[np.float32], thresholds: npt.NDArray[np.float64]) -> Marks:
    """Return which labels are given ``(n, labels)``: all that are at least their threshold."""
    found: Marks = probabilities.astype(np.float64) >= thresholds
    return found


def ranking_precision(truth: Marks, scores: npt.NDArray[Any]) -> float:
    """Return the label ranking average precision (Schapire and Singer 2000), from 0 to 1.

    Args:
        truth: Whether a text has a label, ``(n, labels)``, ``n`` over 0.
        scores: Of each label, ``(n, labels)``; equal ones share the lowest rank.
    """
    above = scores[:, None, :] >= scores[:, :, None]  # (n, labels, labels): the last is as high
    rank = above.sum(axis=2)
    own = (above & truth[:, None, :]).sum(axis=2)
    precision = np.where(truth, own / rank, 0.0).sum(axis=1)
    count = truth.sum(axis=1)
    return float(np.where(count > 0, precision / np.maximum(count, 1), 1.0).mean())


def _counted(others: Sequence[Sequence[Label]]) -> dict[Label, int]:
    counts: dict[Label, int] = {}
    for each in others:
        for label in each:
            counts[label] = counts.get(label, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def _scores(right: int, got: int, has: int, threshold: float) -> LabelScores:
    either = int(got + has - right)
    jaccard = share_interval(right, either)
    return LabelScores(
        precision=float(right / got) if got else 0.0,
        recall=float(right / has) if has else 0.0,
        f1=float(2 * right / (got + has)) if got + has else 0.0,
        support=int(has),
        threshold=float(threshold),
        precision_interval=share_interval(right, got),
        recall_interval=share_interval(right, has),
        f1_interval=(2 * jaccard[0] / (1 + jaccard[0]), 2 * jaccard[1] / (1 + jaccard[1])),
    )


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0


def _share(part: npt.NDArray[Any], whole: npt.NDArray[Any], empty: float = 0.0) -> Floats:
    """Divide, ``empty`` where there is nothing to divide by."""
    shares = np.full(len(part), empty)
    np.divide(part, whole, out=shares, where=whole > 0)
    return shares


def main_figures(scores: Mapping[str, Any]) -> dict[str, Any]:
    """Return of a report as JSON the figures that stand for all."""
    names = FIGURES if "lrap" in scores else ("accuracy", "macro_f1")
    return {name: scores[name] for name in (*names, "rows")}
