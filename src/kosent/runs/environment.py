"""What a reader needs to judge a figure: versions, machine, backend."""

from __future__ import annotations

import os
import platform
from typing import Any

from kosent.support.processes import processors

_PACKAGES = ("kosent", "tensorflow", "keras", "numpy", "sentencepiece", "konlpy", "scikit-learn")


def environment() -> dict[str, Any]:
    """Return what a reader needs to judge a figure: versions, machine, backend."""
    from importlib.metadata import version  # takes 15 ms to import

    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": processors(),
        "keras_backend": os.environ.get("KERAS_BACKEND", "tensorflow"),
        "packages": {name: version(name) for name in _PACKAGES},
    }
