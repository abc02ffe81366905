"""What a network learns from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kosent.text.encoded import EncodedTexts


@dataclass(frozen=True, slots=True)
class Examples:
    """Encoded texts with their class numbers.

    Attributes:
        texts: ``n`` encoded texts.
        labels: int32 ``(n,)``.
        draw: Gives the texts as an epoch, by its number, sees them; ``None`` where all see
            the same.
        targets: Probabilities to learn in the place of the labels, float32 ``(n, classes)``; the
            labels then only weigh the texts by class. ``None`` where the labels are learned.
    """

    texts: EncodedTexts
    labels: npt.NDArray[np.int32]
    draw: Callable[[int], EncodedTexts] | None = None
    targets: npt.NDArray[np.float32] | None = None
