"""Shapley and Owen values against their definitions, on games with known answers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosent.explanation.games import Floats, Game, Method, Values
from kosent.explanation.parts import Layout, layout
from kosent.explanation.shapley import divided, leave_one_out, shapley


def words(count: int) -> Layout:
    return layout(" ".join("가나다라마바사아자차"[n % 10] for n in range(count)), count)


def run(found: Layout, value: Callable[[int], Any], method: Method, most: int = 1024) -> Game:
    """Play one game; ``value`` is a function of a mask."""
    game = Game(found, most)
    steps = method(found, game.values, most)
    try:
        while True:
            for mask in next(steps):
                game.values[mask] = np.atleast_1d(np.asarray(value(mask), np.float64))
    except StopIteration as end:
        game.added = end.value
    return game


def table(seed: int) -> Callable[[int], Floats]:
    """Return a game of any size whose values are random and stay the same."""
    known: Values = {}

    def value(mask: int) -> Floats:
        if mask not in known:
            known[mask] = np.random.default_rng([seed, mask % 2**32, mask.bit_count()]).normal(
                size=2
            )
        return known[mask]

    return value


@pytest.mark.parametrize("size", [1, 2, 4, 6])
def test_few_parts_get_the_mean_over_all_orders(size: int) -> None:
    value = table(size)
    expected = np.zeros((size, 2))
    orders = list(permutations(range(size)))
    for order in orders:
        mask = 0
        for part in order:
            expected[part] += value(mask | 1 << part) - value(mask)
            mask |= 1 << part
    game = run(words(size), value, shapley)
    np.testing.assert_allclose(game.added, expected / len(orders), atol=1e-12)
    assert len(game.values) == 2**size


def orders_of_tree(found: Layout, first: int, end: int) -> list[list[int]]:
    """Return the orders in which no branch is interrupted."""
    if end - first == 1:
        return [[first]]
    middle = divided(found, first, end)
    halves = [orders_of_tree(found, first, middle), orders_of_tree(found, middle, end)]
    return [
        order for one in halves[0] for other in halves[1] for order in (one + other, other + one)
    ]


def test_a_tree_gets_the_mean_over_the_orders_that_keep_branches_together() -> None:
    found, value = words(9), table(3)
    expected = np.zeros((9, 2))
    orders = orders_of_tree(found, 0, 9)
    assert len(orders) == 2**8
    for order in orders:
        mask = 0
        for part in order:
            expected[part] += value(mask | 1 << part) - value(mask)
            mask |= 1 << part
    np.testing.assert_allclose(run(found, value, shapley).added, expected / len(orders), atol=1e-12)


@settings(max_examples=40)
@given(st.integers(0, 256), st.integers(0, 9))
def test_values_add_up_and_stay_in_their_bounds(size: int, seed: int) -> None:
    game = run(words(size), table(seed), shapley)
    added = game.added.sum(axis=0)
    np.testing.assert_allclose(game.values[0] + added, game.value, atol=1e-9)
    assert len(game.values) <= 1024


@pytest.mark.parametrize("most", [16, 40, 100, 1024])
def test_the_bound_holds_at_every_size(most: int) -> None:
    for size in range(1, most // 4 + 1, max(most // 40, 1)):
        assert len(run(words(size), table(1), shapley, most).values) <= most
        assert len(run(words(size), table(1), leave_one_out, most).values) <= most


@pytest.mark.parametrize("size", [5, 12, 100])
def test_what_adds_up_by_itself_is_found_exactly(size: int) -> None:
    weights = np.random.default_rng(0).normal(size=size)

    def value(mask: int) -> float:
        return float(sum(weights[part] for part in range(size) if mask >> part & 1)) + 3

    for method in (shapley, leave_one_out):
        np.testing.assert_allclose(run(words(size), value, method).added[:, 0], weights, atol=1e-9)


def test_two_that_only_work_together_share_alike() -> None:
    game = run(words(12), lambda mask: float(mask & 0b11 == 0b11), shapley)
    np.testing.assert_allclose(game.added[:, 0], [0.5, 0.5, *[0] * 10], atol=1e-12)
    alone = run(words(12), lambda mask: float(mask & 0b11 == 0b11), leave_one_out)
    np.testing.assert_allclose(alone.added[:, 0], [1, 1, *[0] * 10], atol=1e-12)


def test_nothing_has_no_parts() -> None:
    for method in (shapley, leave_one_out):
        assert run(layout(" ", 9), lambda _: [1.0, 2.0], method).added.shape == (0, 2)


def test_a_tree_is_divided_at_sentences_and_not_in_negations() -> None:
    text = "하나 둘 셋 넷. 다섯 여섯 일곱 여덟 아홉"
    assert divided(layout(text, 99), 0, 9) == 4
    text = "정말 이 영화는 재미 없지 않다"
    found = layout(text, 99, grouped=False)
    assert divided(found, 0, 6) == 3
    assert divided(found, 2, 6) == 3
    assert divided(found, 3, 6) in (4, 5)
