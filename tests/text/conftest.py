"""Free text for property tests, and a check of growth with length."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

# A busy machine must not fail a test of what, not of how fast.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def growth() -> Callable[[Callable[[str], object], str, int], float]:
    """Return a function that says how much slower 8 times the text is: 8 if linear, 64 if square.

    It is CPU time, the best of five runs each, taken in turns: the machine may be busy.
    """

    def seconds(work: Callable[[str], object], text: str) -> float:
        start = time.thread_time()
        work(text)
        return time.thread_time() - start

    def measure(work: Callable[[str], object], unit: str, length: int) -> float:
        short = unit * (length // len(unit))
        pairs = [(seconds(work, short), seconds(work, short * 8)) for _ in range(5)]
        return min(pair[1] for pair in pairs) / min(pair[0] for pair in pairs)

    return measure
