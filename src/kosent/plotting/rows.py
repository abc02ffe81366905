"""Learning curves over rows: a figure of systems by how many rows they learned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil

from kosent.plotting.canvas import drawable, font, legend, new_figure, to_png

Curve = list[tuple[int, float, float]]  # (rows, figure, its standard deviation)

ROWS = "학습한 줄 / rows learned from"
_COLUMNS = 3


def curves_by_rows(
    panels: Mapping[str, Mapping[str, Sequence[tuple[int, float, float]]]], figure_name: str
) -> bytes:
    """Draw a panel a corpus and a line a system.

    Args:
        panels: By corpus and system, points of rows, figure and standard deviation, in the order
            of the rows.
        figure_name: What the figure is.

    Returns:
        A PNG file.

    Raises:
        RuntimeSetupError: If matplotlib or the font's package is not installed.
    """
    columns = min(_COLUMNS, len(panels))
    lines = ceil(len(panels) / columns)
    figure = new_figure(1 + 4 * columns, 1 + 3 * lines)
    grid = figure.subplots(lines, columns, squeeze=False)
    colours = {name: f"C{number % 10}" for number, name in enumerate(_names(panels))}
    for axes, (title, curves) in zip(grid.flat, panels.items(), strict=False):
        for name, points in curves.items():
            rows, middle, spread = zip(*points, strict=True)
            dashes = "o-" if list(colours).index(name) < 10 else "s--"
            axes.errorbar(
                rows,
                middle,
                spread,
                fmt=dashes,
                color=colours[name],
                capsize=2,
                label=drawable(name),
            )
        axes.set_xscale("log")
        ticks = sorted({point[0] for points in curves.values() for point in points})
        axes.set_xticks(ticks, [f"{rows:,}" for rows in ticks], minor=False)
        axes.set_xticks([], minor=True)
        axes.set_title(drawable(title), fontproperties=font(11))
        axes.set_xlabel(ROWS, fontproperties=font(9))
        axes.set_ylabel(drawable(figure_name), fontproperties=font(9))
        axes.grid(alpha=0.3)
    for axes in grid.flat[len(panels) :]:
        axes.remove()
    legend(grid[0][0])
    return to_png(figure)


def _names(panels: Mapping[str, Mapping[str, object]]) -> list[str]:
    return list(dict.fromkeys(name for curves in panels.values() for name in curves))
