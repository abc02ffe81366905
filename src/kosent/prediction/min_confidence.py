"""The confidence below which an answer is left open."""

from __future__ import annotations

import numpy as np

from kosent.support.checks import check_setting


def check_min_confidence(received: object) -> None:
    """Refuse what is no probability.

    Raises:
        UsageError: If it is not a number from 0 to 1.
    """
    number = isinstance(received, int | float | np.floating) and not isinstance(received, bool)
    check_setting(
        "min_confidence",
        received,
        number and 0 <= received <= 1,  # type: ignore[operator]
        "0에서 1 사이의 수여야",
        "a number from 0 to 1",
    )
