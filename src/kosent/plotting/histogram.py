"""How sure the answers are, the right and the wrong ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kosent.language import Language
from kosent.metrics.confidence import BINS, reliability
from kosent.plotting.canvas import as_percent, dress, legend, new_figure
from kosent.plotting.palette import Palette
from kosent.plotting.picture import Picture, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = ("확률의 분포", "how sure the answers are")
CONFIDENCE = ("모델이 말한 확률", "probability that the model gives")
ROWS = ("줄", "rows")
RIGHT, WRONG = ("맞은 것", "right"), ("틀린 것", "wrong")
_SURE = 0.9
_ALT = (
    "확률의 분포: {rows:,}줄 가운데 {sure:,}줄이 확률 90 %를 넘고, 그 가운데 {wrong:,}줄이 "
    "틀렸습니다",
    "Histogram of confidence: {sure:,} of {rows:,} rows have a probability above 90 %, of which "
    "{wrong:,} are wrong",
)


def confidence_histogram(
    confidences: npt.NDArray[Any], right: npt.NDArray[np.bool_], *, language: Language = "both"
) -> Picture:
    """Draw how many rows have which confidence, in the bins of the reliability diagram.

    Args:
        confidences: Probability of the predicted class, ``(n,)`` with ``n`` over 0.
        right: Whether the prediction is right, ``(n,)``.
        language: That of its words.
    """
    counts = np.zeros((2, BINS), np.int64)  # right, wrong
    for number, each in reliability(confidences, right).items():
        hits = round(each.rows * each.accuracy)
        counts[:, number] = hits, each.rows - hits
    sure = confidences > _SURE
    alt = words(_ALT, language).format(
        rows=len(right), sure=int(sure.sum()), wrong=int((sure & ~right).sum())
    )
    return Picture("histogram", alt, lambda palette: _figure(counts, palette, language))


def _figure(counts: npt.NDArray[np.int64], palette: Palette, language: Language) -> Figure:
    figure = new_figure(5.4, 4.2, palette)
    axes = figure.subplots()
    lefts = np.arange(BINS) / BINS
    how: dict[str, Any] = {"align": "edge", "edgecolor": palette.paper}
    axes.bar(lefts, counts[0], 1 / BINS, color=palette.line(0), label=words(RIGHT, language), **how)
    # Hatched too, for those who print in grey.
    axes.bar(
        lefts, counts[1], 1 / BINS, bottom=counts[0], color=palette.line(1), hatch="///",
        label=words(WRONG, language), **how,
    )  # fmt: skip
    axes.set_xlim(0, 1)
    as_percent(axes.xaxis)
    axes.locator_params(axis="y", integer=True)
    x, y = words(CONFIDENCE, language), words(ROWS, language)
    dress(axes, palette, title=words(TITLE, language), x=x, y=y)
    legend(axes, palette, loc="upper left")
    return figure
