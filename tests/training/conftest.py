"""Fixtures of the training tests: encoded texts and a network that is quick to trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from kosent.text.encoding.encoder import EncodedTexts

if TYPE_CHECKING:
    import keras

    from kosent.training.examples import Examples

VOCABULARY = 12


def encoded(lengths: list[int], seed: int = 0) -> EncodedTexts:
    rng = np.random.default_rng(seed)
    return EncodedTexts.from_rows([rng.integers(2, VOCABULARY, n).tolist() for n in lengths])


@pytest.fixture(scope="session")
def texts_of() -> Callable[..., EncodedTexts]:
    """Return a maker of random texts of given lengths."""
    return encoded


@pytest.fixture(scope="session")
def examples() -> Callable[..., Examples]:
    """Return a maker of texts of two classes, of even and of odd tokens."""

    def make(lengths: list[int], seed: int = 0) -> Examples:
        from kosent.training.examples import Examples

        texts = encoded(lengths, seed)
        labels = np.random.default_rng(seed).integers(0, 2, len(lengths))
        even = texts.ids // 2 * 2
        odd = np.repeat(labels, lengths)
        return Examples(
            EncodedTexts((even + odd).astype(np.int32), texts.offsets), labels.astype(np.int32)
        )

    return make


@pytest.fixture(scope="session")
def network() -> Callable[..., keras.Model]:
    """Return a maker of a small network with dropout and without recurrence."""

    def make(seed: int = 1, dropout: float = 0.3, **options: Any) -> keras.Model:
        import keras

        from kosent.architectures import layers
        from kosent.training.fit import seeded

        with seeded(seed):
            net = layers.KerasBuilder(VOCABULARY, 2)
            x = net.max_over_time(net.embed(4, dropout, "embedding"))
            return keras.Model(net.ids, net.classify(x, dropout), **options)

    return make
