"""A report as lines, for the commands that print one."""

from __future__ import annotations

from kosent.metrics import Report
from kosent_cli.output import table


def report_lines(report: Report) -> list[str]:
    """Return scores and confusion as lines."""
    scores = [["", "precision", "recall", "f1", "rows"]]
    scores += [
        [str(name), f"{s.precision:.4f}", f"{s.recall:.4f}", f"{s.f1:.4f}", f"{s.support:,}"]
        for name, s in report.per_class.items()
    ]
    names = [str(label) for label in report.labels]
    confusion = [["실제 / true", *(f"→ {name}" for name in names)]]
    confusion += [
        [name, *(f"{count:,}" for count in row)]
        for name, row in zip(names, report.confusion, strict=True)
    ]
    return [
        f"accuracy {report.accuracy:.4f}  macro F1 {report.macro_f1:.4f}  rows {report.rows:,}",
        *table(scores, right=range(1, 5)),
        *table(confusion, right=range(1, len(names) + 1)),
    ]
