"""Normalisation, rule by rule: each has a name, can be switched, and takes linear time.

What a preset of :mod:`kosent.text.cleaning` does is a value of :class:`Rules`. The rules run in
the order of its fields; one that may bring in a decomposed or invisible character is followed by
``invisible`` and ``nfc`` again, so that the result does not depend on how a text was composed.
Lone surrogates are always replaced: no UTF-8 can hold them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache
from html.entities import html5
from typing import Any

from kosent.errors import unknown_name
from kosent.support.checks import check_setting, check_switch, is_count
from kosent.text.cleaning.punctuation import MARKS
from kosent.text.unicode import repair, replace_invisible, replace_surrogates, to_nfc

Step = Callable[[str], str]

# Plain letters, so that they pass every other rule and stay one word. None is a word of Korean or
# English, and none doubles a letter, which ``repeats=1`` would shorten.
URL, EMAIL, NUMBER = "xurl", "xemail", "xnumber"


@dataclass(frozen=True, slots=True)
class Rules:
    """Which rules run, in this order.

    Attributes:
        invisible: Control characters and Hangul fillers become a space; zero-width characters and
            direction marks disappear, save those that hold an emoji together.
        nfc: Canonical composition. Without it a text typed on macOS is other letters.
        entities: HTML entities that a crawler left become their characters (``&amp;quot;``: ``"``).
        width: Full-width forms become plain ones, half-width ones whole (``ＯＫ！``: ``OK!``).
        breaks: ``<br>`` in all its spellings becomes a space.
        urls: Addresses become ``xurl``.
        emails: E-mail addresses become ``xemail``.
        numbers: Numbers become ``xnumber``; those inside Latin words (``mp3``) stay.
        lower: Lower case.
        repeats: A character repeated more often than this is kept this many times, digits and
            white space excepted; 0 leaves all.
        marks: A name in :data:`kosent.text.cleaning.punctuation.MARKS`: how punctuation and emoji
            stand apart from words. All but ``keep`` squeeze white space too.
    """

    invisible: bool = True
    nfc: bool = True
    entities: bool = False
    width: bool = False
    breaks: bool = False
    urls: bool = False
    emails: bool = False
    numbers: bool = False
    lower: bool = False
    repeats: int = 0
    marks: str = "keep"

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            UsageError: If one cannot be used.
        """
        for name in SWITCHES:
            check_switch(name, getattr(self, name))
        check_setting(
            "repeats",
            self.repeats,
            is_count(self.repeats, 0) and self.repeats <= MOST_REPEATS,
            f"0에서 {MOST_REPEATS} 사이의 정수여야",
            f"a whole number from 0 to {MOST_REPEATS}",
        )
        if self.marks not in tuple(MARKS):  # a tuple also takes what has no hash
            raise unknown_name("문장부호 처리 방식", "treatment of marks", self.marks, MARKS)

    def steps(self) -> tuple[tuple[str, Step], ...]:
        """Return the functions that run, each with its rule's name."""
        return _steps(self)


NAMES = tuple(field.name for field in fields(Rules))
SWITCHES = tuple(field.name for field in fields(Rules) if field.type == "bool")
MOST_REPEATS = 1000  # the repeat is written out in a pattern


def check_names(given: Any) -> None:
    """Refuse names that are no rules.

    Raises:
        UsageError: If there is one; the nearest rule is named.
    """
    for name in given:
        if name not in NAMES:
            raise unknown_name("정리 규칙", "cleaning rule", name, NAMES)


@lru_cache(maxsize=64)
def _steps(rules: Rules) -> tuple[tuple[str, Step], ...]:
    whole = _whole(rules.invisible, rules.nfc)
    plain: dict[str, Step] = {
        "entities": _again(_entities, whole),
        "width": _again(_width, whole),
        "breaks": _breaks,
        "urls": _urls,
        "emails": _emails,
        "numbers": _numbers,
        # Lower case may open a composition: H̱ has none, ẖ has.
        "lower": (lambda text: to_nfc(text.lower())) if rules.nfc else str.lower,
    }
    steps = [("invisible" if rules.invisible else "surrogates", _visible(rules.invisible))]
    if rules.nfc:
        steps.append(("nfc", to_nfc))
    steps += [(name, step) for name, step in plain.items() if getattr(rules, name)]
    if rules.repeats:
        steps.append(("repeats", _repeats(rules.repeats)))
    if rules.marks != "keep":
        steps.append(("marks", MARKS[rules.marks]))
    return tuple(steps)


def _visible(invisible: bool) -> Step:
    return replace_invisible if invisible else replace_surrogates


def _whole(invisible: bool, nfc: bool) -> Step:
    if invisible and nfc:
        return repair
    return (lambda text: to_nfc(replace_surrogates(text))) if nfc else _visible(invisible)


def _again(rule: Step, whole: Step) -> Step:
    """Follow a rule, where it changed something, by what must hold of every text."""

    def step(text: str) -> str:
        changed = rule(text)
        return text if changed == text else whole(changed)

    return step


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
    rf"(?<![A-Za-z0-9])(?:(?:https?|ftp)://|www\.){_IN_URL}*[A-Za-z0-9/#=&%_+~@$-]",
    re.IGNORECASE,
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


def _repeats(most: int) -> Step:
    # An emoji may carry its variation selector. Digits are numbers (10000원), and white space is
    # squeezed elsewhere.
    pattern = re.compile(rf"([^\d\s\ufe0f]\ufe0f?)\1{{{most},}}")
    kept = r"\1" * most

    def step(text: str) -> str:
        return pattern.sub(kept, text)

    return step
