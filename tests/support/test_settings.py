"""A setting is declared once: field, rule, sentences, option."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass
from typing import Any

import pytest

from kosent.errors import UsageError
from kosent.support.rules import count, switch
from kosent.support.settings import (
    Checked,
    by_data,
    check,
    documented,
    positional,
    setting,
    settings_of,
)


@dataclass(kw_only=True)
class Base(Checked):
    rows: int = setting(3, count(), ko="줄 수", en="number of rows", group="text")
    loud: bool = setting(False, switch(), ko="크게", en="speak up", flag="--shout")


@documented
@dataclass
class Derived(Base):
    """A class.

    {settings}
    """

    rows: Any = positional(Base, "rows")


@dataclass(kw_only=True)
class Open(Base):
    rows: Any = by_data(Base, "rows", ko="줄 수 (기본: 자료에 따라)", en="rows (default: by data)")

    def __post_init__(self) -> None:
        pass


def test_what_is_declared_is_found() -> None:
    rows, loud = settings_of(Base).values()
    assert (rows.name, rows.default, rows.korean, rows.group) == ("rows", 3, "줄 수", "text")
    assert (rows.option, loud.option, loud.group) == ("--rows", "--shout", "training")


def test_settings_are_checked_when_made_and_do_not_change() -> None:
    with pytest.raises(UsageError, match="rows must be a whole number of at least 1"):
        Base(rows=0)
    with pytest.raises(UsageError, match="loud must be True or False"):
        Base(loud=1)  # type: ignore[arg-type]
    with pytest.raises(FrozenInstanceError):
        Base().rows = 4


def test_a_subclass_may_take_one_by_position() -> None:
    assert (Derived(5).rows, Derived().rows) == (5, 3)
    with pytest.raises(TypeError):
        Derived(5, True)  # type: ignore[misc]
    assert "rows: Number of rows. Default: ``3``." in (Derived.__doc__ or "")


def test_a_subclass_may_leave_one_to_the_data() -> None:
    check(Open())
    declared = settings_of(Open)["rows"]
    assert (declared.default, declared.by_data) == (None, True)
    assert declared.english == "rows (default: by data)"
    with pytest.raises(UsageError, match="rows must be"):
        check(Open(rows=0))
