"""How much each training text counts: by its class, by itself, or by both."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from kosent.training.examples import Examples

Weights = npt.NDArray[np.float32]


def row_weights(
    labels: npt.NDArray[np.int32], class_weight: str | Mapping[int, float] | None
) -> Weights | None:
    """Return the weight of each text ``(n,)`` by its class, ``None`` where all count the same."""
    if class_weight is None:
        return None
    from sklearn.utils.class_weight import compute_sample_weight

    weights: Weights = compute_sample_weight(class_weight, labels)
    return weights.astype(np.float32)


def weights_of(
    examples: Examples, class_weight: str | Mapping[int, float] | None
) -> Weights | None:
    """Return what each text counts ``(n,)``: its own weight times that of its class.

    Args:
        examples: The texts.
        class_weight: As in ``TrainingSettings``. ``"balanced"`` goes by the number of texts. Of
            several labels a text each has its own weight (``kosent.training.binary``), so that
            none is of the text.

    Returns:
        float32 ``(n,)``; ``None`` where all count the same.
    """
    by_class = None if examples.multilabel else row_weights(examples.labels, class_weight)
    if examples.weights is None or by_class is None:
        return examples.weights if by_class is None else by_class
    return examples.weights * by_class
