"""Which labels are taken for which: counts, and shares of each true label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kosent.language import Language
from kosent.plotting.canvas import dress, font, name_of, name_places, new_figure
from kosent.plotting.palette import Palette
from kosent.plotting.picture import Picture, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Counts = npt.NDArray[np.int64]

TITLE = ("혼동 행렬: 줄 수와 실제 라벨에서의 몫", "confusion: rows, and share of the true label")
TRUE = ("실제 라벨", "true label")
PREDICTED = ("예측한 라벨", "predicted label")
MOST = 40  # labels that are drawn: the most frequent
_WRITTEN = 12  # labels up to which cells have numbers in them
_DARKEST = 0.55  # of a cell: the ink over it stays legible on light and on dark paper
_ALT = (
    "혼동 행렬: {rows:,}줄 가운데 {right:,}줄({share:.1%})이 맞았습니다. {worst}",
    "Confusion matrix: {right:,} of {rows:,} rows ({share:.1%}) are right. {worst}",
)
_WORST = (
    "가장 잦은 혼동은 '{true}'을(를) '{predicted}'(으)로 본 {count:,}줄({share:.1%})입니다",
    "The most frequent mistake is '{true}' taken for '{predicted}': {count:,} rows ({share:.1%})",
)
_NONE = ("틀린 것이 없습니다", "There is no mistake")


def confusion_picture(
    labels: Sequence[Any], counts: Sequence[Sequence[int]], *, language: Language = "both"
) -> Picture:
    """Draw a confusion matrix; of very many labels the most frequent 40.

    Args:
        labels: ``C`` labels.
        counts: Rows by true label, down, and predicted label, across ``(C, C)``.
        language: That of its words.
    """
    matrix = np.array(counts, np.int64)
    kept = np.sort(np.argsort(-matrix.sum(axis=1), kind="stable")[:MOST])
    names = [name_of(labels[number]) for number in kept.tolist()]
    shown = matrix[np.ix_(kept, kept)]
    alt = words((_alt(labels, matrix, "ko"), _alt(labels, matrix, "en")), language)
    return Picture("confusion", alt, lambda palette: _figure(names, shown, palette, language))


def _alt(labels: Sequence[Any], matrix: Counts, language: Language) -> str:
    rows, right = int(matrix.sum()), int(matrix.trace())
    return words(_ALT, language).format(
        rows=rows, right=right, share=right / max(rows, 1), worst=_worst(labels, matrix, language)
    )


def _worst(labels: Sequence[Any], matrix: Counts, language: Language) -> str:
    wrong = matrix - np.diag(matrix.diagonal())
    if not wrong.any():
        return words(_NONE, language)
    true, predicted = divmod(int(wrong.argmax()), len(labels))
    count = int(wrong[true, predicted])
    return words(_WORST, language).format(
        true=name_of(labels[true]),
        predicted=name_of(labels[predicted]),
        count=count,
        share=count / matrix[true].sum(),
    )


def _figure(names: list[str], shown: Counts, palette: Palette, language: Language) -> Figure:
    size = len(names)
    side = max(3.4, min(9.0, 1.6 + 0.8 * size))
    figure = new_figure(side + 1.2, side, palette)
    axes = figure.subplots()
    whole = shown.sum(axis=1, keepdims=True)
    shares = np.divide(shown, whole, out=np.zeros(shown.shape), where=whole > 0)
    _cells(axes, shown, shares, palette)
    axes.set(xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5), aspect="equal")
    steep = size > 4 or max(map(len, names)) > 10
    turned = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if steep else {}
    name_places(axes.xaxis, names, **turned)
    name_places(axes.yaxis, names)
    x, y = words(PREDICTED, language), words(TRUE, language)
    dress(axes, palette, title=words(TITLE, language), x=x, y=y)
    axes.grid(visible=False)
    return figure


def _cells(axes: Any, shown: Counts, shares: npt.NDArray[np.float64], palette: Palette) -> None:
    """Draw a square a cell, the darker the larger its share, with both numbers where they fit."""
    from matplotlib.patches import Rectangle

    written = len(shown) <= _WRITTEN
    for (down, across), count in np.ndenumerate(shown):
        share = float(shares[down, across])
        colour = palette.line(0 if down == across else 1)
        axes.add_patch(
            Rectangle(
                (across - 0.5, down - 0.5), 1, 1,
                facecolor=colour, alpha=_DARKEST * share, edgecolor="none",
            )
        )  # fmt: skip
        if written:
            text = f"{count:,}\n{share:.1%}"
            small = font(9 if len(shown) <= 6 else 7.5)
            axes.text(
                across, down, text, ha="center", va="center", color=palette.ink,
                fontproperties=small,
            )  # fmt: skip
