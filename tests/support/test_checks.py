"""Checks of one value each, the same as the rules of the same name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kosent.errors import UsageError
from kosent.support.checks import (
    check_choice,
    check_count,
    check_share,
    check_switch,
    is_count,
    is_number,
)
from kosent.support.rules import choice, count, switch


def check_side(name: str, received: object) -> None:
    check_choice(name, received, ("post", "pre"))


VALUES = [1, 0, -1, 2.0, "1", "pre", ["pre"], True, None, np.int64(3), np.bool_(True)]


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize(
    ("check", "rule"),
    [(check_count, count()), (check_switch, switch()), (check_side, choice("post", "pre"))],
    ids=["count", "switch", "choice"],
)
def test_a_check_is_its_rule(check: Any, rule: Any, value: object) -> None:
    def said(by: Any) -> str:
        try:
            by("batch_size", value)
        except UsageError as error:
            return str(error)
        return "admitted"

    assert said(check) == said(rule.check)


@pytest.mark.parametrize("value", [0.4, 1.1, 1, "1", None])
def test_shares(value: object) -> None:
    check_share("coverage", 0.5, 0.5)
    check_share("coverage", 1.0, 0.5)
    with pytest.raises(UsageError, match=r"coverage must be a float from 0\.5 to 1\.0"):
        check_share("coverage", value, 0.5)


def test_no_bool_is_a_number() -> None:
    assert is_count(3)
    assert is_number(0.5)
    assert not any(map(is_count, (True, 0, 1.0, "1", None)))
    assert not any(map(is_number, (True, "1", None, float("nan"), float("inf"))))
