"""What a reader needs to judge a figure: versions, machine, backend."""

from __future__ import annotations

import os
import platform
from typing import Any

from kosent.support.processes import processors

_PACKAGES = ("kosent", "tensorflow", "keras", "numpy", "sentencepiece", "konlpy", "scikit-learn")


def environment() -> dict[str, Any]:
    """Return what a reader needs to judge a figure: versions, machine, backend.

    The version of a package that is not installed is ``None``.
    """
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": processors(),
        "keras_backend": os.environ.get("KERAS_BACKEND", "tensorflow"),
        "packages": {name: _version(name) for name in _PACKAGES},
    }


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version  # takes 15 ms to import

    try:
        return version(package)
    except PackageNotFoundError:
        return None
