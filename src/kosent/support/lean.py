"""Keras without what it takes along, in processes that are kosent's own.

Keras imports scikit-learn, pandas and matplotlib where they are installed, for its wrappers, tables
and pictures, none of which kosent uses: a third of the processor time that its import takes (2.8 s
instead of 4.2 s, on a busy machine). In the process of someone else's program it has them, since
that may need them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

_TAKEN = ("sklearn", "pandas", "matplotlib")


class _Refusing:
    """Tells Keras that a package is not installed, and nobody else."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if name in _TAKEN and _importer().startswith("keras."):
            raise ModuleNotFoundError(f"{name} is kept from Keras", name=name)
        return None


def _importer() -> str:
    """Return the name of the module whose line is being imported by."""
    frame = sys._getframe(2)
    while frame.f_back and frame.f_globals["__name__"].startswith("importlib."):
        frame = frame.f_back
    return str(frame.f_globals["__name__"])


def keep_keras_lean() -> None:
    """Let Keras import none of it, for the life of this process; what is imported stays."""
    if _Refusing not in sys.meta_path:
        sys.meta_path.insert(0, _Refusing)
