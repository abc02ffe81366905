"""Which share of the texts a length covers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kosent.language import Language
from kosent.plotting.canvas import as_percent, dress, legend, new_figure
from kosent.plotting.palette import Palette
from kosent.plotting.picture import Pair, Picture, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CHARACTERS, TOKENS = ("글자", "characters"), ("토큰", "tokens")
TITLE = ("길이와 글의 비율", "texts that a length covers")
SHARE = ("그 길이까지인 글", "texts up to that length")
READ = ("모델이 읽는 길이", "what the model reads")
_POINTS = (0.5, 0.9, 0.99)
_MOST = 500  # points of the line
_ALT = (
    "글의 길이: 절반이 {half:,}{unit}까지, 90 %가 {most:,}{unit}까지, 99 %가 {all:,}{unit}까지이며 "
    "가장 긴 글은 {longest:,}{unit}입니다",
    "Lengths of texts: half have up to {half:,} {unit_en}, 90 % up to {most:,}, 99 % up to "
    "{all:,}, and the longest has {longest:,}",
)


def length_coverage(
    lengths: npt.NDArray[Any],
    unit: Pair = CHARACTERS,
    *,
    limit: int | None = None,
    language: Language = "both",
) -> Picture:
    """Draw the share of the texts up to each length.

    Args:
        lengths: Whole numbers ``(n,)``, ``n`` over 0.
        unit: What was counted, in Korean and English.
        limit: What a model reads of a text, where that is to be shown.
        language: That of its words.
    """
    ordered = np.sort(lengths)
    half, most, nearly = (
        int(np.quantile(ordered, share, method="inverted_cdf")) for share in _POINTS
    )
    alt = words(_ALT, language).format(
        half=half, most=most, all=nearly, longest=int(ordered[-1]), unit=unit[0], unit_en=unit[1]
    )
    return Picture(
        "lengths", alt, lambda palette: _figure(ordered, nearly, unit, limit, palette, language)
    )


def _figure(
    ordered: npt.NDArray[Any],
    nearly: int,
    unit: Pair,
    limit: int | None,
    palette: Palette,
    language: Language,
) -> Figure:
    figure = new_figure(5.4, 3.4, palette)
    axes = figure.subplots()
    # The last hundredth may be many times as long: it would leave the line no room.
    reach = max(round(1.25 * nearly), limit or 0, 1)
    at = np.unique(np.linspace(0, reach, _MOST).round())
    shares = np.searchsorted(ordered, at, side="right") / len(ordered)
    axes.plot(at, shares, drawstyle="steps-post", color=palette.line(0))
    axes.fill_between(at, shares, step="post", color=palette.line(0), alpha=0.15)
    if limit is not None:
        label = f"{words(READ, language)}: {limit:,}"
        axes.axvline(limit, color=palette.line(1), linestyle="--", label=label)
    axes.set(xlim=(0, reach), ylim=(0, 1.02))
    as_percent(axes.yaxis)
    x, y = words(unit, language), words(SHARE, language)
    dress(axes, palette, title=words(TITLE, language), x=x, y=y)
    if limit is not None:
        legend(axes, palette, loc="lower right")
    return figure
