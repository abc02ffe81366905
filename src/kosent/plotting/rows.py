"""Learning curves over rows: a figure of systems by how many rows they learned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

from kosent.language import Language
from kosent.plotting.canvas import dress, legend, name_of, new_figure
from kosent.plotting.palette import Palette
from kosent.plotting.picture import Picture, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Curve = list[tuple[int, float, float]]  # (rows, figure, its standard deviation)
Panels = Mapping[str, Mapping[str, Sequence[tuple[int, float, float]]]]

ROWS = ("학습한 줄", "rows learned from")
_COLUMNS = 3
_ALT = (
    "학습한 줄 수에 따른 {figure}. 줄이 가장 많을 때 가장 높은 것: {best}",
    "{figure} by the rows learned from. The highest with the most rows: {best}",
)


def curves_by_rows(panels: Panels, figure_name: str, *, language: Language = "both") -> Picture:
    """Draw a panel a corpus and a line a system.

    Args:
        panels: By corpus and system, points of rows, figure and standard deviation, in the order
            of the rows.
        figure_name: What the figure is.
        language: That of its words.
    """
    alt = words(_ALT, language).format(figure=figure_name, best=_best(panels))
    return Picture("rows", alt, lambda palette: _figure(panels, figure_name, palette, language))


def _best(panels: Panels) -> str:
    found = []
    for title, curves in panels.items():
        rows, figure, system = max(
            (*points[-1][:2], name) for name, points in curves.items() if points
        )
        found.append(f"{title} {system} {figure:.4f} ({rows:,})")
    return "; ".join(found)


def _figure(panels: Panels, figure_name: str, palette: Palette, language: Language) -> Figure:
    columns = min(_COLUMNS, len(panels))
    lines = ceil(len(panels) / columns)
    figure = new_figure(1 + 4 * columns, 1 + 3 * lines, palette)
    grid = figure.subplots(lines, columns, squeeze=False)
    systems = list(dict.fromkeys(name for curves in panels.values() for name in curves))
    for axes, (title, curves) in zip(grid.flat, panels.items(), strict=False):
        for name, points in curves.items():
            _line(axes, name, points, systems.index(name), palette)
        axes.set_xscale("log")
        ticks = sorted({point[0] for points in curves.values() for point in points})
        axes.set_xticks(ticks, [f"{rows:,}" for rows in ticks], minor=False)
        axes.set_xticks([], minor=True)
        y = name_of(figure_name)
        dress(axes, palette, title=name_of(title), x=words(ROWS, language), y=y)
    for axes in grid.flat[len(panels) :]:
        axes.remove()
    legend(grid[0][0], palette)
    return figure


def _line(
    axes: Any,
    name: str,
    points: Sequence[tuple[int, float, float]],
    number: int,
    palette: Palette,
) -> None:
    rows, middle, spread = zip(*points, strict=True)
    dashes = ("o-", "s--", "^:")[number // len(palette.series) % 3]
    colour = palette.line(number)
    axes.errorbar(
        rows, middle, spread, fmt=dashes, color=colour, capsize=2, label=name_of(name)
    )  # fmt: skip
