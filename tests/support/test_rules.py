"""Rules: what they admit, what they refuse, and in which words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.errors import UsageError
from kosent.support.rules import Rule, choice, count, mapping, number, optional, switch

ADMITTED: list[tuple[Rule, list[Any]]] = [
    (count(), [1, 2, np.int64(3)]),
    (count(0, 5), [0, 5]),
    (number(0, above=True), [1e-9, 1, 1e30, np.float32(0.5)]),
    (number(0, 1, below=True), [0, 0.0, 0.999]),
    (number(0, 1, above=True), [1, 0.001]),
    (choice("post", "pre"), ["post", "pre"]),
    (switch(), [True, False, np.bool_(True)]),
    (mapping(), [{}, {"a": 1}]),
    (optional(count()), [None, 1]),
]
REFUSED: list[tuple[Rule, list[Any], str]] = [
    (count(), [0, -1, 1.0, "1", True, None], "a whole number of at least 1"),
    (count(0, 5), [-1, 6], "a whole number from 0 to 5"),
    (number(0, above=True), [0, -1, "1", True, float("nan"), float("inf")], "a positive number"),
    (number(0, 1, below=True), [-0.1, 1, 1.5], "a number of at least 0 and under 1"),
    (number(0, 1, above=True, below=True), [0, 1], "a number over 0 and under 1"),
    (number(2), [1.9], "a number of at least 2"),
    (choice("post", "pre"), ["", "POST", 1, None, ["post"]], "'post' or 'pre'"),
    (switch(), [1, 0, "true", None], "True or False"),
    (mapping(), [[], "a=1", 1], r"values by name \(a dict\)"),
    (optional(count()), [0, "1"], "None or a whole number of at least 1"),
]


@pytest.mark.parametrize(("rule", "values"), ADMITTED)
def test_what_is_admitted(rule: Rule, values: list[Any]) -> None:
    for value in values:
        rule.check("x", value)


@pytest.mark.parametrize(("rule", "values", "words"), REFUSED)
def test_what_is_refused_and_in_which_words(rule: Rule, values: list[Any], words: str) -> None:
    for value in values:
        with pytest.raises(UsageError, match=rf"x must be {words}\. Received: ") as caught:
            rule.check("x", value)
        assert repr(value) in caught.value.korean


@pytest.mark.parametrize("rule", [rule for rule, _ in ADMITTED], ids=lambda rule: rule.english)
def test_examples_stand_on_their_sides_of_the_bounds(rule: Rule) -> None:
    assert rule.inside
    assert rule.outside
    assert all(map(rule.valid, rule.inside))
    assert not any(map(rule.valid, rule.outside))


@given(st.floats(0, 100), st.floats(0.5, 100), st.booleans(), st.booleans())
def test_examples_of_any_range(low: float, width: float, above: bool, below: bool) -> None:
    rule = number(low, low + width, above=above, below=below)
    assert all(map(rule.valid, rule.inside))
    assert not any(map(rule.valid, rule.outside))


def test_a_wrong_name_is_answered_with_the_nearest() -> None:
    rule = choice("plateau", "linear", noun=("학습률 일정", "schedule"))
    with pytest.raises(UsageError, match=r"unknown schedule 'liner'\. Did you mean 'linear'"):
        rule.check("schedule", "liner")
