"""A report as lines, for the commands that print one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kosent.language import said
from kosent.metrics.confidence import Confidence
from kosent.metrics.multilabel import MultilabelReport
from kosent.metrics.report import Report
from kosent_cli.tables import table


def report_lines(report: Report | MultilabelReport) -> list[str]:
    """Return scores and confusion as lines; of several labels a text their scores alone."""
    if isinstance(report, MultilabelReport):
        return _label_lines(report)
    scores = [["", "precision", "recall", "f1", "rows"]]
    scores += [
        [str(name), f"{s.precision:.4f}", f"{s.recall:.4f}", f"{s.f1:.4f}", f"{s.support:,}"]
        for name, s in report.per_class.items()
    ]
    names = [str(label) for label in report.labels]
    confusion = [[said("실제", "true"), *(f"→ {name}" for name in names)]]
    confusion += [
        [name, *(f"{count:,}" for count in row)]
        for name, row in zip(names, report.confusion, strict=True)
    ]
    return [
        f"accuracy {report.accuracy:.4f}  macro F1 {report.macro_f1:.4f}  rows {report.rows:,}",
        *table(scores, right=range(1, 5)),
        *table(confusion, right=range(1, len(names) + 1)),
        *(_confidence_lines(report.confidence) if report.confidence else []),
    ]


def _label_lines(report: MultilabelReport) -> list[str]:
    named = {
        "micro F1": report.micro_f1,
        "macro F1": report.macro_f1,
        "weighted F1": report.weighted_f1,
        "samples F1": report.samples_f1,
        "LRAP": report.lrap,
        said("모두 맞은 글", "all labels right"): report.accuracy,
        "Hamming loss": report.hamming_loss,
        said("보정 오차", "calibration error"): report.calibration_error,
    }
    rows = [["", "precision", "recall", "f1", "f1 95 %", "rows", said("문턱", "threshold")]]
    rows += [
        [
            str(name),
            f"{s.precision:.4f}",
            f"{s.recall:.4f}",
            f"{s.f1:.4f}",
            f"{s.f1_interval[0]:.4f}-{s.f1_interval[1]:.4f}",
            f"{s.support:,}",
            f"{s.threshold:.4f}",
        ]
        for name, s in report.per_class.items()
    ]
    figures = "  ".join(f"{name} {value:.4f}" for name, value in named.items())
    return [f"{figures}  rows {report.rows:,}", *table(rows, right=range(1, 7))]


def member_rows(members: Sequence[tuple[Mapping[str, Any], float]]) -> list[list[str]]:
    """Return what each member of an ensemble is, its weight and its validation accuracy.

    Of several labels a text it is the micro F1.

    Args:
        members: What the ensemble's ``info`` says of each, and its weight.
    """
    return [
        [
            f"{member['tokenizer']} {member['architecture']}",
            f"{weight:.3f}",
            f"{member_score(member['validation']):.4f}",
        ]
        for member, weight in members
    ]


def member_score(scores: Mapping[str, Any]) -> float:
    """Return the figure that stands for all: accuracy, or micro F1 of several labels a text."""
    return float(scores.get("micro_f1", scores["accuracy"]))


def _confidence_lines(confidence: Confidence) -> list[str]:
    curve = [[said("답한 비율", "coverage"), "accuracy", said("확률", "threshold")]]
    curve += [
        [f"{point.answered:.1%}", f"{point.accuracy:.4f}", f"{point.threshold:.4f}"]
        for point in confidence.coverage
    ]
    return [
        f"{said('보정 오차', 'calibration error')} {confidence.ece:.4f}  "
        f"(equal mass {confidence.ece_equal_mass:.4f})  mean confidence {confidence.mean:.4f}",
        *table(curve, right=range(3)),
    ]
