"""Accuracy when only the surest rows are answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kosent.language import Language
from kosent.metrics.confidence import Coverage
from kosent.plotting.canvas import as_percent, dress, font, new_figure
from kosent.plotting.palette import Palette
from kosent.plotting.picture import Picture, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = ("답하는 비율과 정확도", "coverage against accuracy")
COVERED = ("답한 비율", "share of the rows that is answered")
ACCURACY = ("답한 것의 정확도", "accuracy of the answers")
_ALT = (
    "답하는 비율과 정확도: 모두 답하면 {all:.1%}, 가장 확실한 {least:.0%}만 답하면 {best:.1%}가 "
    "맞습니다 (확률 {threshold:.3f} 이상)",
    "Coverage against accuracy: {all:.1%} are right where all rows are answered, {best:.1%} where "
    "the surest {least:.0%} are (probability of {threshold:.3f} or more)",
)


def coverage_picture(points: Sequence[Coverage], *, language: Language = "both") -> Picture:
    """Draw the accuracy-coverage curve.

    Args:
        points: As ``kosent.metrics.confidence.coverage_curve`` returns them, at least one.
        language: That of its words.
    """
    ordered = sorted(points, key=lambda point: -point.answered)
    first, last = ordered[0], ordered[-1]
    alt = words(_ALT, language).format(
        all=first.accuracy, least=last.answered, best=last.accuracy, threshold=last.threshold
    )
    return Picture("coverage", alt, lambda palette: _figure(ordered, palette, language))


def _figure(points: Sequence[Coverage], palette: Palette, language: Language) -> Figure:
    figure = new_figure(5.4, 4.2, palette)
    axes = figure.subplots()
    answered = [point.answered for point in points]
    accuracy = [point.accuracy for point in points]
    axes.plot(answered, accuracy, "o-", color=palette.line(2))
    for point in points:
        axes.annotate(
            f"≥ {point.threshold:.3f}", (point.answered, point.accuracy), xytext=(4, 5),
            textcoords="offset points", fontproperties=font(8), color=palette.ink,
        )  # fmt: skip
    axes.margins(0.16)
    as_percent(axes.xaxis, axes.yaxis)
    x, y = words(COVERED, language), words(ACCURACY, language)
    dress(axes, palette, title=words(TITLE, language), x=x, y=y)
    return figure
