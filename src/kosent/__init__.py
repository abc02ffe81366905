"""kosent: Korean-first text classification.

The public names are loaded when they are first used, so that ``import kosent`` costs
neither TensorFlow nor pandas nor a JVM.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kosent.support.version import __version__

if TYPE_CHECKING:
    from kosent.corpora import load_corpus
    from kosent.errors import KosentError
    from kosent.metrics.report import Report
    from kosent.models.classifier import TextClassifier
    from kosent.models.loading import load
    from kosent.models.pretrained import load_pretrained

__all__ = [
    "KosentError",
    "Report",
    "TextClassifier",
    "__version__",
    "load",
    "load_corpus",
    "load_pretrained",
]


def __getattr__(name: str) -> Any:
    if name == "TextClassifier":
        from kosent.models.classifier import TextClassifier

        return TextClassifier
    if name == "load":
        from kosent.models.loading import load

        return load
    if name == "load_corpus":
        from kosent.corpora import load_corpus

        return load_corpus
    if name == "load_pretrained":
        from kosent.models.pretrained import load_pretrained

        return load_pretrained
    if name == "Report":
        from kosent.metrics.report import Report

        return Report
    if name == "KosentError":
        from kosent.errors import KosentError

        return KosentError
    raise AttributeError(f"module 'kosent' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
