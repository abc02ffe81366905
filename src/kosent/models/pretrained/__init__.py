"""The models that come with kosent: one of Korean reviews, and two to start others from.

``README.md`` beside this file is their card: data, command, figures, limits. ``kosent train
--recipe pretrained`` makes that of reviews anew and ``bench/pretrained.py`` measures it;
``bench/accuracy/words.py`` makes the vectors, ``encoder.py`` and ``encoder_bundle.py`` beside it
the encoder.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kosent.models.classifier import TextClassifier

__all__ = ["PACKAGED", "load_pretrained", "packaged_path", "pretrained_path"]

# The models in this folder, by the name under which ``start`` takes them.
PACKAGED = {"pretrained": "reviews.kosent", "words": "words.kosent", "encoder": "encoder.kosent"}


def load_pretrained() -> TextClassifier:
    """Load the packaged model: no training, no TensorFlow, no Java.

    Returns:
        A classifier of Korean reviews with the labels ``"negative"`` and ``"positive"``. It can
        only predict.
    """
    from kosent.models.classifier import TextClassifier

    return TextClassifier.load(pretrained_path())


def pretrained_path() -> Path:
    """Return the packaged model's file."""
    return packaged_path("pretrained")


def packaged_path(name: str) -> Path:
    """Return the file of a packaged model.

    Args:
        name: A name in ``PACKAGED``.
    """
    return Path(__file__).with_name(PACKAGED[name])
