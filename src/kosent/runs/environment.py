"""What a reader needs to judge a figure: versions, machine, backend."""

from __future__ import annotations

import platform
from typing import Any

from kosent.support.packages import backend, installed_version
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
        "keras_backend": backend(),
        "packages": {name: installed_version(name) for name in _PACKAGES},
    }
