"""Many rows: a saved model in several processes, here or in those of another engine.

The names are loaded when they are first used: one file needs no pool.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kosent.batch.pool import Pool
    from kosent.batch.predict import Predict

__all__ = ["Pool", "Predict"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from kosent.batch.pool import Pool
    from kosent.batch.predict import Predict

    return {"Pool": Pool, "Predict": Predict}[name]
