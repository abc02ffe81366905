"""Checks of values that users give, in one line each; ``kosent.support.rules`` has their rules."""

from __future__ import annotations

import math
from typing import TypeGuard

from kosent.errors import UsageError
from kosent.support.plain import to_python


def check_setting(name: str, received: object, valid: bool, korean: str, english: str) -> None:
    """Refuse a setting's value, saying what it must be.

    Args:
        name: The setting.
        received: Its value.
        valid: Whether the value can be used.
        korean: What it must be, to be followed by ``합니다``.
        english: What it must be, to follow ``must be``.

    Raises:
        UsageError: If ``valid`` is false.
    """
    if not valid:
        raise UsageError(
            f"{name} 값은 {korean} 합니다. 받은 값: {received!r}",
            f"{name} must be {english}. Received: {received!r}",
        )


def check_count(name: str, received: object, minimum: int = 1) -> None:
    """Refuse what is not a whole number of at least ``minimum``.

    Raises:
        UsageError: If it is not.
    """
    valid = is_count(to_python(received), minimum)
    korean, english = f"{minimum} 이상의 정수여야", f"a whole number of at least {minimum}"
    check_setting(name, received, valid, korean, english)


def check_share(name: str, received: object, minimum: float) -> None:
    """Refuse what is not a float from ``minimum`` to 1.

    Raises:
        UsageError: If it is not.
    """
    check_setting(
        name,
        received,
        isinstance(received, float) and minimum <= received <= 1,
        f"{minimum}에서 1.0 사이의 소수여야",
        f"a float from {minimum} to 1.0",
    )


def check_choice(name: str, received: object, names: tuple[str, ...]) -> None:
    """Refuse what is not one of several names.

    Raises:
        UsageError: If it is not.
    """
    korean, english = " 또는 ".join(names) + "여야", " or ".join(map(repr, names))
    check_setting(name, received, received in names, korean, english)


def check_switch(name: str, received: object) -> None:
    """Refuse what is neither True nor False.

    Raises:
        UsageError: If it is not.
    """
    valid = isinstance(to_python(received), bool)
    check_setting(name, received, valid, "True 또는 False여야", "True or False")


def is_count(value: object, minimum: int = 1) -> TypeGuard[int]:
    """Say whether ``value`` is a whole number of at least ``minimum`` (a bool is not)."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= minimum


def is_number(value: object) -> TypeGuard[float]:
    """Say whether ``value`` is a finite number (a bool is not)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
