"""Figures whose Korean is legible on every machine, without pyplot and its global state.

matplotlib brings no font with Hangul, and most servers have none. NanumGothic (OFL) comes in the
package ``koreanize-matplotlib``, which is never imported: that would change the caller's settings,
and needs ``distutils``, which Python 3.12 has no more. DejaVu Sans, which matplotlib brings, draws
what NanumGothic lacks; what neither has is written as its code point, so that nothing is a box.
"""

from __future__ import annotations

import io
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kosent.support.packages import require

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

KOREAN, OTHER = "NanumGothic", "DejaVu Sans"
DOTS_PER_INCH = 150
_CARRIER = "koreanize_matplotlib"


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


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of that many inches."""
    korean_font()
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def legend(axes: Any, **options: Any) -> None:
    """Explain the lines and points of ``axes`` in the Korean font."""
    axes.legend(prop=font(9), **options)


def to_png(figure: Figure) -> bytes:
    """Draw a figure; the same one gives the same bytes."""
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    return data.getvalue()
