"""Scores of n-grams that were learned beforehand, as a layer of Keras."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops


class CrossFitted:
    """Scores for the training texts: those of each from a model that has not seen it.

    Which part of the texts a text belongs to follows from its ids alone, so that the network knows
    it, and the same text twice is in one part.

    Args:
        tables: float32 ``(folds, buckets, size)``: the scores learned without each part.
    """

    def __init__(self, tables: Any) -> None:
        self.folds, self.buckets, size = tables.shape
        self.rows = ops.convert_to_tensor(tables.reshape(-1, size))

    def __call__(self, places: Any, ids: Any) -> Any:
        """Look up the rows ``places`` int64 ``(B, T, W)`` for texts with ``ids`` ``(B, T)``."""
        part = ops.mod(ops.sum(ops.cast(ids, "int64"), axis=1), self.folds)  # (B,)
        return ops.take(self.rows, places + part[:, None, None] * self.buckets, axis=0)


@keras.saving.register_keras_serializable("kosent")
class NgramScores(layers.Layer):
    """Looks up scores, which gradients do not change.

    Args:
        buckets: Rows of the table.
        size: Scores of an n-gram.
        folds: Parts into which the training texts are divided.

    Attributes:
        cross_fitted: What is looked up in training, where it is set.
    """

    def __init__(self, buckets: int, size: int, folds: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.buckets = buckets
        self.size = size
        self.folds = folds
        self.cross_fitted: CrossFitted | None = None

    def build(self, *_: Any) -> None:
        """Make the table ``(buckets, size)``."""
        shape = self.buckets, self.size
        self.scores = self.add_weight(
            shape=shape, initializer="zeros", trainable=False, name="scores"
        )

    def call(self, places: Any, ids: Any, training: bool = False) -> Any:
        """Look up the rows ``places`` int64 ``(B, T, W)``: float32 ``(B, T, W, size)``."""
        if training and self.cross_fitted is not None:
            return self.cross_fitted(places, ids)
        return ops.take(self.scores, places, axis=0)

    def compute_output_spec(self, places: Any, ids: Any, training: bool = False) -> Any:
        """Describe the output."""
        del ids, training
        return keras.KerasTensor((*places.shape, self.size), "float32")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {"buckets": self.buckets, "size": self.size, "folds": self.folds}
        return {**super().get_config(), **own}
