"""Classifiers of texts: one network, an ensemble, and how they are made, saved and loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kosent.models.classifier import TextClassifier
    from kosent.models.ensemble import Ensemble

__all__ = ["Ensemble", "TextClassifier"]


def __getattr__(name: str) -> Any:
    if name == "Ensemble":
        from kosent.models.ensemble import Ensemble

        return Ensemble
    if name == "TextClassifier":
        from kosent.models.classifier import TextClassifier

        return TextClassifier
    raise AttributeError(f"module 'kosent.models' has no attribute {name!r}")
