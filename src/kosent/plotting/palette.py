"""Colours of the pictures, on light and on dark paper, and as variables of CSS.

A picture is drawn in one of three palettes. The third has colours that stand for variables: in the
SVG they become ``var(--ink)`` and the like, so that one file suits both. The lines' colours keep
apart for those who see few colours (Okabe and Ito 2008), darkened or lightened until they have
a contrast of 3 to 1 with their paper, as WCAG 2 asks of graphics.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Theme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a picture, as matplotlib reads them.

    Attributes:
        ink: Of texts and axes.
        paper: Behind all.
        grid: Of lines that only help the eye.
        series: Of what is shown; after the last one they begin again.
    """

    ink: str
    paper: str
    grid: str
    series: tuple[str, ...]

    def line(self, number: int) -> str:
        """Return the colour of the ``number``-th line, from 0."""
        return self.series[number % len(self.series)]

    def named(self) -> dict[str, str]:
        """Return the colours by the names of their variables."""
        lines = {f"line-{number}": colour for number, colour in enumerate(self.series)}
        return {"ink": self.ink, "paper": self.paper, "grid": self.grid, **lines}


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        "#1f2328",
        "#ffffff",
        "#c4cad1",
        ("#0b63b8", "#b34a00", "#0a7a52", "#8a3a9c", "#8a6d00", "#b3204d", "#4b5a6a", "#007a8a"),
    ),
    "dark": Palette(
        "#e6e8eb",
        "#14171a",
        "#454c54",
        ("#6cb2f5", "#f2955b", "#4fc79a", "#cf8fe0", "#d9b93a", "#f47f9f", "#a9b4bf", "#56c7d6"),
    ),
}
# Colours that no palette has: each stands for the variable of its place.
_NAMES = list(PALETTES["light"].named())
_MARKS = {f"#0f0f{number:02x}": name for number, name in enumerate(_NAMES)}
_MARK = re.compile("#0f0f[0-9a-f]{2}")
_COLOURS = list(_MARKS)
VARIABLES = Palette(_COLOURS[0], _COLOURS[1], _COLOURS[2], tuple(_COLOURS[3:]))


def as_variables(svg: str) -> str:
    """Put variables of CSS in the place of the colours of ``VARIABLES``."""
    return _MARK.sub(lambda match: f"var(--{_MARKS[match[0]]})", svg)


def variables(root: str = ":root") -> str:
    """Return the rules of CSS that set the variables: light, on dark screens dark, light on paper.

    Args:
        root: The selector of what they hold for.
    """
    light, dark = (_declared(PALETTES[theme]) for theme in ("light", "dark"))
    return (
        f"{root}{{{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{{root}{{{dark}}}}}"
    )  # fmt: skip


def _declared(palette: Palette) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in palette.named().items())
