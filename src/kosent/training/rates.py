"""A learning rate that changes at every step, as data."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

WARM_UP = 200  # steps at most
_LEAST = 0.01  # of the highest rate: the last steps of a long run still do something


def linear_rates(highest: float, steps: int) -> npt.NDArray[np.float64]:
    """Return a learning rate that rises for a short while and then falls linearly.

    It rises over the first ``WARM_UP`` steps, or the first tenth of all if those are fewer, for
    Adam's second moments know little at first; and it falls all the while by the share of the
    steps that are done, down to a hundredth.

    Args:
        highest: Learning rate that it rises towards.
        steps: Steps of the whole run.

    Returns:
        float64 ``(steps,)``: the rate of each step.
    """
    step = np.arange(steps)
    rise = np.minimum((step + 1) / max(1, min(WARM_UP, steps // 10)), 1)
    return np.asarray(highest * rise * np.maximum(1 - step / steps, _LEAST))
