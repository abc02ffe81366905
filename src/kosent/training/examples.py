"""What a network learns from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kosent.text.encoding.encoded import EncodedTexts


@dataclass(frozen=True, slots=True)
class Examples:
    """Encoded texts with their class numbers, or with several labels each.

    Attributes:
        texts: ``n`` encoded texts.
        labels: int32 ``(n,)``; all 0 where a text may have several, which ``targets`` has then.
        draw: Gives the texts as an epoch, by its number, sees them; ``None`` where all see
            the same.
        targets: Probabilities to learn instead of the labels, float32 ``(n, classes)``; the
            labels then only weigh the texts by class. ``None`` where the labels are learned.
        weights: What each text counts, float32 ``(n,)``; ``None`` where all count the same.
        multilabel: Whether ``targets`` are zeros and ones, each a yes or no of its own.
    """

    texts: EncodedTexts
    labels: npt.NDArray[np.int32]
    draw: Callable[[int], EncodedTexts] | None = None
    targets: npt.NDArray[np.float32] | None = None
    weights: npt.NDArray[np.float32] | None = None
    multilabel: bool = False

    @property
    def outcomes(self) -> npt.NDArray[np.int32] | npt.NDArray[np.float32]:
        """What is learned: the targets where there are any, otherwise the labels."""
        return self.labels if self.targets is None else self.targets


def one_hot(numbers: npt.NDArray[np.int32], classes: int) -> npt.NDArray[np.float32]:
    """Return class numbers ``(n,)`` as probabilities ``(n, classes)``."""
    return np.eye(classes, dtype=np.float32)[numbers]
