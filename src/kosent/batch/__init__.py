"""Many rows: a saved model in several processes, here or in those of another engine."""

from __future__ import annotations

from kosent.batch.pool import Pool
from kosent.batch.predict import Predict

__all__ = ["Pool", "Predict"]
