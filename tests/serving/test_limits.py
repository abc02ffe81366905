"""Limits are numbers that make sense."""

from __future__ import annotations

from typing import Any

import pytest

from kosent.errors import UsageError
from kosent.serving.limits import Limits


@pytest.mark.parametrize(
    "wrong",
    [
        {"body": 10},
        {"texts": 0},
        {"texts": 1.5},
        {"characters": -1},
        {"concurrency": True},
        {"timeout": 0},
        {"timeout": float("nan")},
    ],
)
def test_what_bounds_nothing_is_refused(wrong: dict[str, Any]) -> None:
    (name,) = wrong
    with pytest.raises(UsageError, match=name):
        Limits(**wrong)


def test_others_follow_from_them() -> None:
    assert Limits(concurrency=1).slow == 1
    assert Limits(concurrency=80).slow == 10
    assert Limits(body=1024).held == 64 * 1024
    assert Limits(concurrency=1).connections >= 64
