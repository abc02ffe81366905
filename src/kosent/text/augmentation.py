"""What the training texts look like in each epoch, where that is drawn anew every time.

Two things may be drawn: noise (:mod:`kosent.text.noise`), and the tokenizer's segmentation. Seed,
epoch and text alone decide both, in any process, so a training that goes on after a kill sees what
it would have seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kosent.text.encoding.encoded import EncodedTexts
from kosent.text.encoding.encoder import TextEncoder
from kosent.text.encoding.settings import AUGMENTATION
from kosent.text.noise import noised

Draw = Callable[[int], EncodedTexts]


def drawing(
    encoder: TextEncoder,
    texts: Sequence[str],
    encoded: EncodedTexts,
    seed: int,
    augment: str | None = None,
) -> Draw | None:
    """Return what draws the training texts of an epoch.

    Args:
        encoder: A fitted encoder.
        texts: The training texts, ``n``.
        encoded: Their ids.
        seed: With the epoch's number it decides the draw.
        augment: ``"noise"``, or None.

    Returns:
        A function of the epoch's number; None where nothing is to be drawn.

    Raises:
        UsageError: If there is no such augmentation.
    """
    AUGMENTATION.check("augment", augment)
    change = noised if augment == "noise" else None
    if encoder.tokenizer.draws:

        def sample(epoch: int) -> EncodedTexts:
            return encoder.sample(change(texts, (seed, epoch)) if change else texts, (seed, epoch))

        return sample
    if change is None:
        return None

    def replace(epoch: int) -> EncodedTexts:
        return _replaced(encoder, texts, encoded, change(texts, (seed, epoch)))

    return replace


def _replaced(
    encoder: TextEncoder, texts: Sequence[str], encoded: EncodedTexts, seen: Sequence[str]
) -> EncodedTexts:
    """Encode only what has changed: with half of the texts that halves the time."""
    changed = [row for row, text in enumerate(seen) if text != texts[row]]
    rows = np.arange(len(encoded))  # (n,)
    rows[changed] = len(encoded) + np.arange(len(changed))
    return encoded.followed_by(encoder.encode([seen[row] for row in changed])).take(rows)
