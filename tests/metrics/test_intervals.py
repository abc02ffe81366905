"""Intervals against published tables."""

from __future__ import annotations

import pytest

from kosent.metrics.intervals import wilson


@pytest.mark.parametrize(
    ("share", "rows", "expected"),
    [  # Newcombe 1998, table I, method 3
        (81 / 263, 263, (0.2553, 0.3662)),
        (15 / 148, 148, (0.0624, 0.1605)),
        (0 / 20, 20, (0.0, 0.1611)),
        (1 / 29, 29, (0.0061, 0.1718)),
    ],
)
def test_wilson(share: float, rows: int, expected: tuple[float, float]) -> None:
    assert wilson(share, rows) == pytest.approx(expected, abs=5e-5)
