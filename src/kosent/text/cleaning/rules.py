"""Normalisation, rule by rule: each has a name, can be switched, and takes linear time.

What a preset of :mod:`kosent.text.cleaning` does is a value of :class:`Rules`. The rules run in
the order of its fields; one that may bring in a decomposed or invisible character is followed by
``invisible`` and ``nfc`` again, so that the result does not depend on how a text was composed.
Lone surrogates are always replaced: no UTF-8 can hold them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from kosent.errors import unknown_name
from kosent.support.checks import check_setting, check_switch, is_count
from kosent.text.cleaning.punctuation import MARKS
from kosent.text.unicode import repair, replace_invisible, replace_surrogates, to_nfc

Step = Callable[[str], str]


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
REPLACED = ("entities", "width", "breaks", "urls", "emails", "numbers")
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
    steps = [("invisible" if rules.invisible else "surrogates", _visible(rules.invisible))]
    if rules.nfc:
        steps.append(("nfc", to_nfc))
    replaced = [name for name in REPLACED if getattr(rules, name)]
    if replaced:
        steps += _replacements(replaced, _whole(rules.invisible, rules.nfc))
    if rules.lower:
        # Lower case may open a composition: H̱ has none, ẖ has.
        steps.append(("lower", (lambda text: to_nfc(text.lower())) if rules.nfc else str.lower))
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


def _replacements(names: Sequence[str], whole: Step) -> list[tuple[str, Step]]:
    from kosent.text.cleaning.replacements import BRINGING_IN, REPLACEMENTS

    return [
        (name, _again(REPLACEMENTS[name], whole) if name in BRINGING_IN else REPLACEMENTS[name])
        for name in names
    ]


def _again(rule: Step, whole: Step) -> Step:
    """Follow a rule, where it changed something, by what must hold of every text."""

    def step(text: str) -> str:
        changed = rule(text)
        return text if changed == text else whole(changed)

    return step


def _repeats(most: int) -> Step:
    # An emoji may carry its variation selector. Digits are numbers (10000원), and white space is
    # squeezed elsewhere.
    pattern = re.compile(rf"([^\d\s\ufe0f]\ufe0f?)\1{{{most},}}")
    kept = r"\1" * most

    def step(text: str) -> str:
        return pattern.sub(kept, text)

    return step
