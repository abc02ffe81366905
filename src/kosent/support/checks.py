"""Checks of settings that are given by users."""

from __future__ import annotations

from typing import TypeGuard

from kosent.errors import UsageError


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
    check_setting(
        name,
        received,
        is_count(received, minimum),
        f"{minimum} 이상의 정수여야",
        f"a whole number of at least {minimum}",
    )


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


def check_switch(name: str, received: object) -> None:
    """Refuse what is neither True nor False.

    Raises:
        UsageError: If it is not.
    """
    check_setting(
        name, received, isinstance(received, bool), "True 또는 False여야", "True or False"
    )


def is_count(value: object, minimum: int = 1) -> TypeGuard[int]:
    """Say whether ``value`` is a whole number of at least ``minimum`` (a bool is not)."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= minimum
