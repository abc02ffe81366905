"""The reliability diagram: how often answers of about the same confidence are right.

As in Guo et al. 2017, "On Calibration of Modern Neural Networks", with Wilson's 95 % interval of
each bin (``kosent.metrics.confidence.reliability``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kosent.language import Language
from kosent.metrics.confidence import BINS, Bin, calibration_error, reliability
from kosent.plotting.canvas import as_percent, dress, legend, new_figure
from kosent.plotting.palette import Palette
from kosent.plotting.picture import Picture, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = ("확률이 맞는 만큼: 보정", "are probabilities as often right: calibration")
CONFIDENCE = ("모델이 말한 확률", "probability that the model gives")
ACCURACY = ("실제로 맞은 비율", "share that is right")
PERFECT = ("완전한 보정", "perfect calibration")
FOUND = ("맞은 비율과 95 % 구간", "share that is right, with its 95 % interval")
_ALT = (
    "보정 그림: {rows:,}줄의 보정 오차(ECE)는 {error:.4f}, 평균 확률은 {mean:.1%}, 실제로 맞은 "
    "비율은 {accuracy:.1%}입니다",
    "Reliability diagram: the calibration error (ECE) of {rows:,} rows is {error:.4f}; the mean "
    "probability is {mean:.1%}, and {accuracy:.1%} are right",
)


def reliability_picture(
    confidences: npt.NDArray[Any], right: npt.NDArray[np.bool_], *, language: Language = "both"
) -> Picture:
    """Draw the share of right answers by their confidence.

    Args:
        confidences: Probability of the predicted class, ``(n,)`` with ``n`` over 0.
        right: Whether the prediction is right, ``(n,)``.
        language: That of its words.
    """
    bins = reliability(confidences, right)
    alt = words(_ALT, language).format(
        rows=len(right),
        error=calibration_error(confidences, right),
        mean=float(confidences.mean(dtype=np.float64)),
        accuracy=float(right.mean()),
    )
    return Picture("reliability", alt, lambda palette: _figure(bins, palette, language))


def _figure(bins: Mapping[int, Bin], palette: Palette, language: Language) -> Figure:
    figure = new_figure(5.4, 4.2, palette)
    axes = figure.subplots()
    accuracies = [each.accuracy for each in bins.values()]
    lefts = [number / BINS for number in bins]
    axes.bar(
        lefts, accuracies, 1 / BINS, align="edge", color=palette.line(0), alpha=0.35,
        edgecolor=palette.paper,
    )  # fmt: skip
    axes.plot([0, 1], [0, 1], "--", color=palette.ink, alpha=0.7, label=words(PERFECT, language))
    ends = [
        [each.accuracy - each.low for each in bins.values()],
        [each.high - each.accuracy for each in bins.values()],
    ]
    axes.errorbar(
        [each.confidence for each in bins.values()], accuracies, np.maximum(ends, 0), fmt="o",
        color=palette.line(0), capsize=2, markersize=4, label=words(FOUND, language),
    )  # fmt: skip
    axes.set(xlim=(0, 1), ylim=(0, 1))
    as_percent(axes.xaxis, axes.yaxis)
    x, y = words(CONFIDENCE, language), words(ACCURACY, language)
    dress(axes, palette, title=words(TITLE, language), x=x, y=y)
    legend(axes, palette, loc="upper left")
    return figure
