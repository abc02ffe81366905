"""``Picture``: one drawing as PNG, as SVG, and in words.

The SVG holds its letters as outlines, so that Hangul is Hangul on a machine without such a font;
what it shows is said by ``alt``, which is its title too. It has neither date nor chance in it: the
same figures give the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from kosent.language import Language, said
from kosent.plotting.palette import PALETTES, VARIABLES, Palette, Theme, as_variables, variables
from kosent.text.unicode import repair

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Pair = tuple[str, str]  # Korean and English

DOTS_PER_INCH = 150
_SALT = "kosent"  # of the names of clip paths and markers, which are random without it
_SPACE = 'xmlns="http://www.w3.org/2000/svg"'
# Its rule of style would hold for all of a page, and is said by attributes instead.
_NEEDLESS = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>"
    r"|<defs>\s*<style type=\"text/css\">.*?</style>\s*</defs>",
    re.DOTALL,
)
_LINES = 'stroke-linejoin="round" stroke-linecap="butt"'
_HEAD = re.compile(r'<svg .*?viewBox="([^"]*)".*?>', re.DOTALL)
_NAMED = re.compile(r'(\bid="|\bhref="#|url\(#)')


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is drawn when it is asked for.

    Attributes:
        name: A word; what is named in the SVG begins with it, so that several fit on one page.
        alt: What it shows, with its main figures, for those who do not see it.
        draw: Draws it in the colours that it is given.
    """

    name: str
    alt: str
    draw: Callable[[Palette], Figure]

    def png(self, theme: Theme = "light") -> bytes:
        """Return the picture as PNG.

        Args:
            theme: Colours for light or for dark paper.

        Raises:
            RuntimeSetupError: If matplotlib or the font's package is not installed.
        """
        data = io.BytesIO()
        figure = self.draw(PALETTES[theme])
        figure.savefig(data, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
        return data.getvalue()

    def svg(self, *, inline: bool = False, within: str = "") -> str:
        """Return the picture as SVG, in colours that follow the reader's choice of light or dark.

        Args:
            inline: To stand inside of HTML, whose style sheet sets the colours
                (``kosent.plotting.palette.variables``); a file of its own otherwise.
            within: A word for the place, where a picture of this name stands there twice.

        Raises:
            RuntimeSetupError: If matplotlib or the font's package is not installed.
        """
        drawn = _NEEDLESS.sub("", _drawn(self.draw(VARIABLES)))
        head = _HEAD.search(drawn)
        if head is None:
            raise RuntimeError("matplotlib wrote an SVG without a viewBox")
        inside = as_variables(drawn[head.end() :]).replace("xlink:href", "href")
        name = f"{within}-{self.name}" if within else self.name
        inside = _NAMED.sub(rf"\g<1>{name}-", inside).strip()
        said_of_it = escape(repair(self.alt))
        # What a page says stands in both: browsers read the label, a pointer shows the title.
        described = f'role="img" aria-label="{said_of_it}" viewBox="{head[1]}" {_LINES}'
        title = f"<title>{said_of_it}</title>"
        if inline:
            return f"<svg {described}>{title}{inside}"
        return f"<svg {_SPACE} {described}>{title}<style>{variables('svg')}</style>{inside}\n"

    def file(self, suffix: str) -> bytes:
        """Return the content of a file.

        Args:
            suffix: The ending of its name: SVG for ``.svg``, PNG for any other.
        """
        return self.svg().encode() if suffix.lower() == ".svg" else self.png()


def words(pair: Pair, language: Language) -> str:
    """Return of a text in Korean and English what a picture in that language shows."""
    return said(*pair, language)


def _drawn(figure: Figure) -> str:
    import matplotlib

    data = io.StringIO()
    # Settings of the SVG are global in matplotlib; here they are for the time of one picture.
    with matplotlib.rc_context({"svg.hashsalt": _SALT, "svg.fonttype": "path"}):
        figure.savefig(data, format="svg")
    return data.getvalue()
