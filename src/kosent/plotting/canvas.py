"""Figures whose Korean is legible on every machine, without pyplot and its global state.

matplotlib brings no font with Hangul, and most servers have none. NanumGothic (OFL) comes in the
package ``koreanize-matplotlib``, which is never imported: that would change the caller's settings,
and needs ``distutils``, which Python 3.12 has no more. DejaVu Sans, which matplotlib brings, draws
what NanumGothic lacks; what neither has is written as its code point, so that nothing is a box.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kosent.plotting.palette import Palette
from kosent.support.packages import require

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

KOREAN, OTHER = "NanumGothic", "DejaVu Sans"
_CARRIER = "koreanize_matplotlib"
_LONGEST = 24  # characters of a name that a picture shows


@cache
def korean_font() -> Path:
    """Return the file of the Korean font, and make it known to matplotlib.

    Raises:
        RuntimeSetupError: If matplotlib or the font's package is not installed.
    """
    require("matplotlib", _CARRIER)
    from matplotlib import font_manager

    spec = find_spec(_CARRIER)
    folders = (spec and spec.submodule_search_locations) or [""]
    path = Path(folders[0]) / "fonts" / f"{KOREAN}.ttf"
    font_manager.fontManager.addfont(path)
    return path


def font(size: float) -> FontProperties:
    """Return the properties of a text to be drawn.

    Args:
        size: Its height in points.
    """
    korean_font()
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=[KOREAN, OTHER], size=size)


@cache
def glyphs() -> frozenset[int]:
    """Return the code points that can be drawn."""
    path = korean_font()
    from matplotlib import font_manager

    fonts = [font_manager.get_font(file) for file in (path, font_manager.findfont(OTHER))]
    return frozenset(character for each in fonts for character in each.get_charmap())


def drawable(text: str) -> str:
    """Return ``text`` with code points, as ``<1F44D>``, where no font has the character."""
    known = glyphs()
    return "".join(c if c.isprintable() and ord(c) in known else f"<{ord(c):X}>" for c in text)


def name_of(label: object, longest: int = _LONGEST) -> str:
    """Return a label, a token or the like as a picture shows it: drawable, and not too long."""
    text = str(label)
    return drawable(text if len(text) <= longest else text[:longest] + "…")


def new_figure(width: float, height: float, palette: Palette) -> Figure:
    """Return an empty figure of that many inches."""
    korean_font()
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained", facecolor=palette.paper)


def dress(axes: Any, palette: Palette, *, title: str = "", x: str = "", y: str = "") -> None:
    """Give axes their texts and colours, and a grid; once all is drawn, since ticks change.

    Args:
        axes: The axes.
        palette: The colours.
        title: What stands above; no text is read as a formula.
        x: What stands below.
        y: What stands on the left.
    """
    axes.set_facecolor(palette.paper)
    axes.set_title(title, fontproperties=font(11), color=palette.ink, parse_math=False)
    for name, text in (("x", x), ("y", y)):
        getattr(axes, f"set_{name}label")(
            text, fontproperties=font(9), color=palette.ink, parse_math=False
        )
    axes.tick_params(colors=palette.ink, which="both")
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(font(8.5))
        label.set_parse_math(False)
    for spine in axes.spines.values():
        spine.set_color(palette.grid)
    axes.set_axisbelow(True)
    axes.grid(color=palette.grid, alpha=0.5)


def as_percent(*axes: Any) -> None:
    """Write the numbers of axes from 0 to 1 as percent."""
    from matplotlib.ticker import FuncFormatter

    for axis in axes:
        axis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:.0%}"))


def name_places(axis: Any, names: Sequence[str], **options: Any) -> None:
    """Name the places 0, 1, 2, ... of an axis."""
    axis.set_ticks(range(len(names)), list(names), **options)


def legend(axes: Any, palette: Palette, **options: Any) -> None:
    """Explain the lines and points of ``axes`` in the Korean font."""
    shown = axes.legend(
        prop=font(9),
        labelcolor=palette.ink,
        facecolor=palette.paper,
        edgecolor=palette.grid,
        **options,
    )
    for text in shown.get_texts():
        text.set_parse_math(False)
