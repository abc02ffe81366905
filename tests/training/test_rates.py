from __future__ import annotations

import numpy as np
import pytest

from kosent.training.rates import linear_rates


def test_it_rises_over_200_steps_and_falls_to_a_hundredth() -> None:
    rates = linear_rates(0.002, 4000)
    assert rates.shape == (4000,)
    assert rates[0] == pytest.approx(0.002 / 200)
    assert rates[99] == pytest.approx(0.002 * 0.5 * (1 - 99 / 4000))
    assert rates[200] == pytest.approx(0.002 * 0.95)
    assert rates[2000] == pytest.approx(0.001)
    assert rates[-1] == pytest.approx(0.002 * 0.01)
    assert (np.diff(rates[:200]) > 0).all()
    assert (np.diff(rates[199:]) <= 0).all()


def test_a_short_run_rises_over_its_first_tenth() -> None:
    rates = linear_rates(1.0, 50)
    assert rates[:5] == pytest.approx([0.2, 0.4 * 0.98, 0.6 * 0.96, 0.8 * 0.94, 0.92])
    assert rates[5] == pytest.approx(0.9)


@pytest.mark.parametrize("steps", [1, 2, 9])
def test_the_shortest_runs_begin_with_the_highest_rate(steps: int) -> None:
    assert linear_rates(0.5, steps) == pytest.approx(0.5 * (1 - np.arange(steps) / steps))
