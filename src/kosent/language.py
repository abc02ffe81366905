"""The language in which kosent speaks to its reader, and texts that hold both of its languages.

The first of ``KOSENT_LANG``, ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` that is not empty decides, as
gettext reads them. Korean where it says nothing (``C``, ``POSIX``); English where it names any
other language than Korean; ``KOSENT_LANG=both`` shows both on one line.
"""

from __future__ import annotations

import os
import re
from typing import Literal

Language = Literal["ko", "en", "both"]

_KOREAN = {"ko", "korean", "c", "posix"}  # the last two name no language


def language() -> Language:
    """Return the reader's language, from the environment as it is now."""
    chosen = os.environ.get("KOSENT_LANG", "").strip()
    if chosen.lower() == "both":
        return "both"
    variables = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = chosen or next(filter(None, variables), "C")  # such as ko_KR.UTF-8@dict
    return "ko" if re.split("[-_.@]", name)[0].lower() in _KOREAN else "en"


def said(korean: str, english: str, spoken: Language | None = None) -> str:
    """Return what is said in the reader's language.

    Args:
        korean: The text in Korean.
        english: The same in English.
        spoken: Another language than the reader's, where it is decided.

    Returns:
        One of the two, or both: on one line, or as paragraphs where one has several lines.
    """
    spoken = spoken or language()
    if spoken == "both":
        return (" / " if "\n" not in korean + english else "\n\n").join((korean, english))
    return korean if spoken == "ko" else english


class Message(str):
    """A line in both languages: a string that holds "Korean / English", for logs and JSON.

    Attributes:
        korean: The text in Korean.
        english: The same in English.
    """

    __slots__ = ("english", "korean")
    korean: str
    english: str

    def __new__(cls, korean: str, english: str) -> Message:
        """Join the two to one line."""
        self = super().__new__(cls, f"{korean} / {english}".replace("\n", " "))
        self.korean, self.english = korean.replace("\n", " "), english.replace("\n", " ")
        return self

    def __reduce__(self) -> tuple[type[Message], tuple[str, str]]:
        """Pickle both texts: notices cross process borders."""
        return type(self), (self.korean, self.english)

    @property
    def said(self) -> str:
        """The line in the reader's language."""
        return said(self.korean, self.english)


def shown(text: str) -> str:
    """Return a line as its reader is to see it: of a message, the reader's language."""
    return text.said if isinstance(text, Message) else text
