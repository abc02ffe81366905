"""How much each training text counts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt


def row_weights(
    labels: npt.NDArray[np.int32], class_weight: str | Mapping[int, float] | None
) -> npt.NDArray[np.float32] | None:
    """Return the weight of each text ``(n,)`` by its class, ``None`` where all count the same."""
    if class_weight is None:
        return None
    from sklearn.utils.class_weight import compute_sample_weight

    weights: npt.NDArray[np.float32] = compute_sample_weight(class_weight, labels)
    return weights.astype(np.float32)
