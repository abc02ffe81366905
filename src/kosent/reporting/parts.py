"""What a report is made of: a page of sections, a section of parts.

A part says what there is to show; how it looks is the template's (``templates/page.html``), which
finds its piece by ``kind``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from kosent.language import Language, language, said
from kosent.plotting.picture import Picture


class Reader:
    """Who reads a report: it is in one language.

    Attributes:
        language: ``"ko"`` or ``"en"``; Korean for those who want both.
    """

    def __init__(self) -> None:
        self.language: Language = "en" if language() == "en" else "ko"

    def __call__(self, korean: str, english: str) -> str:
        """Return one of the two."""
        return said(korean, english, self.language)


def clipped(text: str, longest: int) -> str:
    """Return the beginning of a text that is longer than ``longest``, and how long it is."""
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text):,})"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``urgent`` ones are set off."""

    text: str
    urgent: bool = False
    kind: ClassVar = "paragraph"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that stands for all, its name, and what to know of it, such as its interval."""

    name: str
    value: str
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """The main figures, side by side."""

    figures: Sequence[Figure]
    kind: ClassVar = "figures"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of a row is its name.

    Attributes:
        caption: What it shows.
        head: The columns' names.
        rows: The cells.
        words: Numbers of columns of words, from 0; all others hold numbers. The first always does.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: Sequence[int] = ()
    kind: ClassVar = "table"


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures, side by side where there is room."""

    pictures: Sequence[Picture]
    kind: ClassVar = "pictures"


@dataclass(frozen=True, slots=True)
class Wrong:
    """A text and what is wrong with its answer or label.

    Attributes:
        text: The text.
        facts: Names and values.
        explanation: HTML of ``Explanation.to_html``; empty where there is none.
    """

    text: str
    facts: Sequence[tuple[str, str]]
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Wrongs:
    """Texts with what is wrong, the worst first."""

    texts: Sequence[Wrong]
    kind: ClassVar = "wrongs"


@dataclass(frozen=True, slots=True)
class Commands:
    """Lines for a terminal."""

    lines: Sequence[str]
    kind: ClassVar = "commands"


Part = Paragraph | Figures | Table | Pictures | Wrongs | Commands


@dataclass(frozen=True, slots=True)
class Section:
    """A section.

    Attributes:
        name: What links name it.
        title: Its heading.
        parts: What stands in it; one without parts is left out.
    """

    name: str
    title: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Page:
    """A report.

    Attributes:
        title: Its heading.
        about: A line below it.
        sections: The sections.
        texts: Whether texts of the data stand in it, which is said at the top; ``None`` where it
            would never have any.
    """

    title: str
    about: str
    sections: Sequence[Section] = field(default=())
    texts: bool | None = None
