"""Several labels a text: each is a yes or no of its own, with its own weight in the loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.metrics.scores import binary_losses
from kosent.training.examples import Examples

Floats = npt.NDArray[np.float64]
_FURTHEST = 10.0  # that a bias is moved


class LabelWeights(NamedTuple):
    """What a text counts for each label.

    Attributes:
        having: Where it has the label ``(labels,)``.
        lacking: Where it does not ``(labels,)``.
    """

    having: Floats
    lacking: Floats

    def of(self, truth: npt.NDArray[Any]) -> Floats:
        """Return the weight of each pair of text and label ``(n, labels)``."""
        return np.where(np.asarray(truth) > 0.5, self.having, self.lacking)


def label_weights(
    truth: npt.NDArray[Any], class_weight: str | Mapping[int, float] | None
) -> LabelWeights | None:
    """Return what texts count for each label, ``None`` where all count the same.

    Args:
        truth: Whether a text has a label, ``(n, labels)``.
        class_weight: As in ``TrainingSettings``. A number is what the texts with the label count in
            its loss; the others count 1. ``"balanced"`` gives those with it and those without half
            of the whole each, as scikit-learn does.
    """
    if class_weight is None:
        return None
    rows, labels = truth.shape
    if isinstance(class_weight, Mapping):
        given = [class_weight[number] for number in range(labels)]
        return LabelWeights(np.array(given, np.float64), np.ones(labels))
    having = truth.sum(axis=0, dtype=np.float64)
    return LabelWeights(
        rows / (2 * np.maximum(having, 1)), rows / (2 * np.maximum(rows - having, 1))
    )


def pair_weights(
    examples: Examples, class_weight: str | Mapping[int, float] | None
) -> Floats | None:
    """Return what each pair of text and label counts ``(n, labels)``; ``None`` where all do alike.

    Args:
        examples: The texts, which may have several labels.
        class_weight: As in :func:`label_weights`.
    """
    truth = np.asarray(examples.targets)
    by_label = label_weights(truth, class_weight)
    if by_label is None and examples.weights is None:
        return None
    weights = np.ones(truth.shape) if by_label is None else by_label.of(truth)
    return weights if examples.weights is None else weights * examples.weights[:, None]


def binary_figures(scores: npt.NDArray[Any], truth: Any) -> dict[str, float]:
    """Return accuracy and mean binary cross-entropy of all pairs of text and label.

    Args:
        scores: ``(n, labels)``.
        truth: Whether a text has a label ``(n, labels)``.
    """
    accuracy = float(((scores > 0) == (truth > 0.5)).mean())
    return {"accuracy": accuracy, "loss": float(binary_losses(scores, truth).mean())}


def best_biases(
    scores: npt.NDArray[np.float32],
    bias: npt.NDArray[np.float32],
    validation: Examples,
    class_weight: str | Mapping[int, float] | None,
) -> npt.NDArray[np.float32]:
    """Return the bias of each label with the least weighted cross-entropy.

    Args:
        scores: Scores without a bias ``(n, labels)``.
        bias: Where to start ``(labels,)``.
        validation: The texts.
        class_weight: Weights by label.
    """
    from scipy.optimize import minimize_scalar

    truth = np.asarray(validation.targets, np.float64)
    weights = pair_weights(validation, class_weight)
    counts = np.ones(truth.shape) if weights is None else weights
    best = bias.astype(np.float64)
    for label in range(truth.shape[1]):

        def loss(moved: float, label: int = label) -> float:
            losses = binary_losses(scores[:, label] + moved, truth[:, label])
            return float(counts[:, label] @ losses)

        around = best[label] + np.array([-_FURTHEST, _FURTHEST])
        best[label] = minimize_scalar(loss, bounds=tuple(around), method="bounded").x
    return best.astype(np.float32)
