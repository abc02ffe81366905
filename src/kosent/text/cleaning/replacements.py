"""Rules that put one thing instead of another: entities, widths, line breaks, addresses, numbers.

No preset but ``english`` has one of them, so they are imported where one is switched on: their
tables and patterns take 4 ms.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from html.entities import html5

# Plain letters, so that they pass every other rule and stay one word. None is a word of Korean or
# English, and none doubles a letter, which ``repeats=1`` would shorten.
URL, EMAIL, NUMBER = "xurl", "xemail", "xnumber"

# Only those that end in a semicolon: "?a=1&copy=2" is an address. Crawlers escape twice, too.
_ENTITY = re.compile(r"&((?:amp;)*)(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def _entities(text: str) -> str:
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    name = match[2]
    if not name.startswith("#"):
        found = html5.get(f"{name};")
        return found if found is not None else f"&{name};"
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    return chr(code) if code <= 0x10FFFF else "\ufffd"


def _narrowed() -> dict[int, str]:
    """Map the block of half- and full-width forms, one step of its decomposition: NFKC would go on
    and turn ``ㄱ`` into an initial.
    """  # noqa: D205
    table = {0x3000: " "}
    for code in range(0xFF01, 0xFFEF):
        kind, _, target = unicodedata.decomposition(chr(code)).partition(" ")
        if kind in ("<wide>", "<narrow>"):
            table[code] = chr(int(target, 16))
    return table


_NARROWED = _narrowed()
_WIDE = re.compile("[\u3000\uff01-\uffee]")


def _width(text: str) -> str:
    return text.translate(_NARROWED) if _WIDE.search(text) else text


_LINE_BREAK = re.compile(r"<\s{0,4}/?\s{0,4}br\s{0,4}/?\s{0,4}>", re.IGNORECASE)


def _breaks(text: str) -> str:
    return _LINE_BREAK.sub(" ", text)


# Printable ASCII without quotes and angle brackets; marks at its end belong to the sentence.
_IN_URL = r"[!#-&(-;=?-~]"
_URL = re.compile(
    rf"(?<![A-Za-z0-9])(?:(?:https?|ftp)://|www\.){_IN_URL}*[A-Za-z0-9/#=&%_+~@$-]", re.IGNORECASE
)
_URL_SIGN = re.compile(r"://|www\.", re.IGNORECASE)
# Possessive, and tried only at the beginning of a run: linear without an @ too.
_LOCAL = r"[A-Za-z0-9._%+-]"
_EMAIL = re.compile(rf"(?<!{_LOCAL}){_LOCAL}++@[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++)+")
_NUMBER = re.compile(r"(?<![A-Za-z0-9_])(?<!\d)(?<!\d[.,:])\d++(?:[.,:]\d++)*+(?![A-Za-z_])")


def _urls(text: str) -> str:
    return _apart(_URL, URL, text) if _URL_SIGN.search(text) else text


def _emails(text: str) -> str:
    return _apart(_EMAIL, EMAIL, text) if "@" in text else text


def _numbers(text: str) -> str:
    return _NUMBER.sub(NUMBER, text)


def _apart(pattern: re.Pattern[str], word: str, text: str) -> str:
    """Put a word instead of each match, with a space to the letters beside it."""

    def replacement(match: re.Match[str]) -> str:
        before = " " if text[match.start() - 1 : match.start()].isalnum() else ""
        after = " " if text[match.end() : match.end() + 1].isalnum() else ""
        return f"{before}{word}{after}"

    return pattern.sub(replacement, text)


REPLACEMENTS: Mapping[str, Callable[[str], str]] = {
    "entities": _entities,
    "width": _width,
    "breaks": _breaks,
    "urls": _urls,
    "emails": _emails,
    "numbers": _numbers,
}
BRINGING_IN = ("entities", "width")  # decomposed or invisible characters
