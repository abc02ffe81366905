"""Rules of values that users give: what each must be, in both languages.

A rule knows some values on both sides of its bounds, which the tests of every setting try.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kosent.errors import unknown_name
from kosent.support.checks import check_setting, is_count, is_number
from kosent.support.plain import to_python

_NOT_NUMBERS = ("1", True, None, float("nan"), float("inf"))


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value must be.

    Attributes:
        valid: Tells whether a value, with Python's own numbers, can be used.
        korean: What it must be, to be followed by ``합니다``.
        english: What it must be, to follow ``must be``.
        kind: How the command line reads it: ``int``, ``float``, ``str``, ``bool`` or ``dict``.
        names: All values, where they are names.
        noun: What such a name stands for, Korean and English, where a wrong one is to be answered
            with the nearest.
        inside: Some values that can be used, those at the bounds among them.
        outside: Some that cannot.
        shown: What stands for a value in the help, where its kind says too little.
    """

    valid: Callable[[Any], bool]
    korean: str
    english: str
    kind: type = str
    names: tuple[str, ...] = ()
    noun: tuple[str, str] | None = None
    inside: tuple[Any, ...] = ()
    outside: tuple[Any, ...] = ()
    shown: str = ""

    def check(self, name: str, received: object) -> None:
        """Refuse a value.

        Args:
            name: What it is the value of.
            received: The value.

        Raises:
            UsageError: If it cannot be used.
        """
        valid = self.valid(to_python(received))
        if not valid and self.noun is not None:
            raise unknown_name(*self.noun, received, self.names)
        check_setting(name, received, valid, self.korean, self.english)


def count(least: int = 1, most: int | None = None) -> Rule:
    """Return the rule of a whole number from ``least`` to ``most``; a bool is none."""
    above = () if most is None else (most + 1,)
    korean = f"{least} 이상의 정수여야" if most is None else f"{least} 이상 {most} 이하의 정수여야"
    upto = f"of at least {least}" if most is None else f"from {least} to {most}"
    return Rule(
        lambda value: is_count(value, least) and (most is None or value <= most),
        korean,
        f"a whole number {upto}",
        int,
        inside=(least, least + 1) if most is None else (least, most),
        outside=(least - 1, least + 0.5, *above, *_NOT_NUMBERS),
    )


def number(low: float, high: float = math.inf, *, above: bool = False, below: bool = False) -> Rule:
    """Return the rule of a finite number.

    Args:
        low: The least one.
        high: The largest one.
        above: ``low`` itself is left out.
        below: ``high`` itself is left out.
    """
    korean, english = _range(low, high, above, below)
    step = 0.5 if math.isinf(high) else (high - low) / 2
    out = ([low] if above else []) + ([high] if below else [])
    beyond = [low - step] + ([] if math.isinf(high) else [high + step])
    ends = [end for end in (low, high) if end not in out and math.isfinite(end)]
    return Rule(
        lambda value: (
            is_number(value)
            and (low < value if above else low <= value)
            and (value < high if below else value <= high)
        ),
        f"{korean}여야",
        english,
        float,
        inside=(*ends, low + step),
        outside=(*out, *beyond, *_NOT_NUMBERS),
    )


def choice(*names: str, noun: tuple[str, str] | None = None) -> Rule:
    """Return the rule of one of several names.

    Args:
        *names: The names.
        noun: What such a name stands for, Korean and English.
    """
    return Rule(
        lambda value: value in names,
        " 또는 ".join(names) + "여야",
        " or ".join(map(repr, names)),
        names=names,
        noun=noun,
        inside=names,
        outside=(f"{names[0]}-", "", 1, None, [names[0]]),
    )


def switch() -> Rule:
    """Return the rule of True or False."""
    return Rule(
        lambda value: isinstance(value, bool),
        "True 또는 False여야",
        "True or False",
        bool,
        inside=(True, False),
        outside=(1, 0, "true", None),
    )


def mapping() -> Rule:
    """Return the rule of values by name."""
    return Rule(
        lambda value: isinstance(value, Mapping),
        "이름과 값의 모음(dict)이어야",
        "values by name (a dict)",
        dict,
        inside=({},),
        outside=([], "a=1", 1, None),
    )


def optional(rule: Rule) -> Rule:
    """Return the rule that admits None too."""
    return replace(
        rule,
        valid=lambda value: value is None or rule.valid(value),
        korean=f"None이거나 {rule.korean}",
        english=f"None or {rule.english}",
        inside=(None, *rule.inside),
        outside=tuple(value for value in rule.outside if value is not None),
    )


def _range(low: float, high: float, above: bool, below: bool) -> tuple[str, str]:
    if math.isinf(high):
        positive = above and low == 0
        korean = "양수" if positive else f"{low:g} {'초과' if above else '이상'}의 수"
        return korean, "a positive number" if positive else f"a number of at least {low:g}"
    korean = f"{low:g} {'초과' if above else '이상'} {high:g} {'미만' if below else '이하'}의 수"
    first = f"over {low:g}" if above else f"of at least {low:g}"
    return korean, f"a number {first} and {'under' if below else 'at most'} {high:g}"
