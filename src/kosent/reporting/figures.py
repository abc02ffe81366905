"""The figures of a report, with intervals, class by class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kosent.metrics.class_intervals import accuracy_interval, class_intervals, macro_f1_interval
from kosent.metrics.confidence import Confidence, Coverage
from kosent.metrics.intervals import share_interval
from kosent.metrics.multilabel import FIGURES, LabelScores, MultilabelReport
from kosent.metrics.report import ClassScores, Report
from kosent.plotting.confusion import confusion_picture
from kosent.reporting.data import NAME
from kosent.reporting.parts import (
    Figure,
    Figures,
    Paragraph,
    Part,
    Pictures,
    Reader,
    Table,
    clipped,
)

Scores = Report | MultilabelReport
_INTERVALS = ("precision_interval", "recall_interval", "f1_interval")


def read_scores(document: Mapping[str, Any]) -> Scores:
    """Return the report of which ``document`` is the ``to_dict``."""
    values = dict(document)
    labels, scores = tuple(values.pop("labels")), values.pop("per_class").values()
    if "lrap" in values:
        listed: list[dict[str, Any]] = [
            each | {name: tuple(each[name]) for name in _INTERVALS} for each in scores
        ]
        per_label = dict(zip(labels, (LabelScores(**each) for each in listed), strict=True))
        return MultilabelReport(labels=labels, per_class=per_label, **values)
    per_class = dict(zip(labels, (ClassScores(**each) for each in scores), strict=True))
    confidence = values.pop("confidence")
    if confidence is not None:
        points = tuple(Coverage(**point) for point in confidence["coverage"])
        confidence = Confidence(**confidence | {"coverage": points})
    return Report(labels=labels, per_class=per_class, confidence=confidence, **values)


def main_figures(reader: Reader, scores: Scores, where: str) -> Figures:
    """Return the figures that stand for all.

    Args:
        reader: Who reads them.
        scores: The scores.
        where: Which rows were scored.
    """
    rows = Figure(reader(f"{where}: 줄", f"{where}: rows"), f"{scores.rows:,}")
    if isinstance(scores, MultilabelReport):
        named = (("micro F1", scores.micro_f1), ("macro F1", scores.macro_f1))
        figures = [Figure(f"{where}: {name}", f"{value:.4f}") for name, value in named]
        right = share_interval(round(scores.accuracy * scores.rows), scores.rows)
        whole = reader(f"{where}: 라벨이 모두 맞은 글", f"{where}: all labels right")
        figures.append(Figure(whole, f"{scores.accuracy:.4f}", ends(reader, right)))
        return Figures([*figures, rows])
    accuracy, macro = accuracy_interval(scores), macro_f1_interval(scores)
    figures = [
        Figure(
            reader(f"{where}: 정확도", f"{where}: accuracy"),
            f"{scores.accuracy:.4f}",
            ends(reader, accuracy),
        ),
        Figure(f"{where}: macro F1", f"{scores.macro_f1:.4f}", ends(reader, macro)),
    ]
    if scores.confidence is not None:
        name = reader(f"{where}: 보정 오차", f"{where}: calibration error")
        figures.append(Figure(name, f"{scores.confidence.ece:.4f}", "ECE"))
    return Figures([*figures, rows])


def ends(reader: Reader, interval: tuple[float, float] | None) -> str:
    """Return an interval as it stands beside its figure; empty for none."""
    if interval is None:
        return ""
    low, high = interval
    return reader(f"95 % 구간 {low:.4f}-{high:.4f}", f"95 % interval {low:.4f}-{high:.4f}")


def score_parts(reader: Reader, scores: Scores) -> list[Part]:
    """Return the figures of each class, and which is taken for which."""
    parts: list[Part] = [_table(reader, scores)]
    if scores.unknown_labels:
        listed = ", ".join(
            f"{clipped(str(name), NAME)} ({rows:,})" for name, rows in scores.unknown_labels.items()
        )
        line = reader(
            f"배우지 않은 라벨의 글은 틀린 것으로 셉니다: {listed}",
            f"Rows of labels that were not learned count as wrong: {listed}",
        )
        parts.append(Paragraph(line, urgent=True))
    if isinstance(scores, Report):
        picture = confusion_picture(scores.labels, scores.confusion, language=reader.language)
        parts.append(Pictures([picture]))
    return parts


def _table(reader: Reader, scores: Scores) -> Table:
    head = [reader("라벨", "label")]
    for name in (reader("정밀도", "precision"), reader("재현율", "recall"), "F1"):
        head += [name, "95 %"]
    head.append(reader("줄", "rows"))
    caption = reader(
        "라벨마다의 점수와 95 % 신뢰 구간", "Figures of each label, with 95 % intervals"
    )
    if isinstance(scores, MultilabelReport):
        head.append(reader("문턱", "threshold"))
        rows = [
            [*_cells(name, each, [getattr(each, which) for which in _INTERVALS]),
             f"{each.threshold:.4f}"]
            for name, each in scores.per_class.items()
        ]  # fmt: skip
        caption += f" ({', '.join(f'{name} {getattr(scores, name):.4f}' for name in FIGURES)})"
        return Table(caption, head, rows)
    intervals = class_intervals(scores)
    rows = [_cells(name, each, intervals[name]) for name, each in scores.per_class.items()]
    return Table(caption, head, rows)


def _cells(name: object, each: ClassScores | LabelScores, intervals: Any) -> list[str]:
    cells = [clipped(str(name), NAME)]
    figures = (each.precision, each.recall, each.f1)
    for figure, (low, high) in zip(figures, intervals, strict=True):
        cells += [f"{figure:.4f}", f"{low:.3f}-{high:.3f}"]
    return [*cells, f"{each.support:,}"]
