"""Optimisers by name, among them an Adam that touches only the embedding rows of the batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops


class SparseAdam(keras.optimizers.Adam):
    """Adam whose moments of an embedding row move only when the row is in the batch.

    With Keras' Adam half of an epoch of the NSMC post's network is the dense update of a
    table of 6 million weights, of which a batch uses a few hundred rows. Here rows that are
    not in the batch keep value and moments ("lazy Adam"): not the same algorithm as Adam,
    equal to it where every row is in every batch.

    Only a backend whose embedding gradients are sparse (TensorFlow) gains; on others the
    gradient arrives dense and this is Adam. Written without naming a backend: the sparse
    gradient's own type is used to build the sparse update.
    """

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Update ``variable`` ``(V, E)``: the rows of a sparse gradient, all of a dense one."""
        if not hasattr(gradient, "indices"):
            super().update_step(gradient, variable, learning_rate)
            return
        rows, summed, present = _sum_by_row(gradient.indices, gradient.values)
        position = self._get_variable_index(variable)
        m, v = self._momentums[position], self._velocities[position]
        step = ops.cast(self.iterations + 1, variable.dtype)
        rate = ops.cast(learning_rate, variable.dtype)
        rate = rate * ops.sqrt(1 - self.beta_2**step) / (1 - self.beta_1**step)
        old_m, old_v = ops.take(m, rows, axis=0), ops.take(v, rows, axis=0)  # (K, E)
        move_m = (summed - old_m) * (1 - self.beta_1) * present
        move_v = (ops.square(summed) - old_v) * (1 - self.beta_2) * present
        new_m, new_v = old_m + move_m, old_v + move_v
        change = rate * new_m / (ops.sqrt(new_v) + self.epsilon) * present

        def sparse(values: Any) -> Any:
            return type(gradient)(values, rows, gradient.dense_shape)

        self.assign_add(m, sparse(move_m))
        self.assign_add(v, sparse(move_v))
        self.assign_sub(variable, sparse(change))


def _sum_by_row(indices: Any, values: Any) -> tuple[Any, Any, Any]:
    """Add up the values of equal indices.

    Args:
        indices: int ``(K,)``, in any order, repeated at will.
        values: float ``(K, E)``.

    Returns:
        Rows ``(K,)``, sums ``(K, E)`` and 1/0 ``(K, 1)`` for entries in use. There are as many
        entries as came in, so that shapes need no count; those left over point to row 0 with 0.
    """
    order = ops.argsort(indices)
    indices, values = ops.take(indices, order), ops.take(values, order, axis=0)
    starts = ops.not_equal(indices[1:], indices[:-1])
    group = ops.pad(ops.cumsum(ops.cast(starts, "int32")), [[1, 0]])  # (K,)
    count = ops.shape(indices)[0]
    sums = ops.segment_sum(values, group, num_segments=count)
    rows = ops.segment_max(ops.cast(indices, "int32"), group, num_segments=count)
    present = ops.arange(count) <= group[-1]
    rows = ops.where(present, rows, 0)
    return rows, sums, ops.cast(ops.expand_dims(present, -1), values.dtype)


_CLASSES: dict[str, Callable[..., Any]] = {
    "adam": keras.optimizers.Adam,
    "sparse_adam": SparseAdam,
    "adamw": keras.optimizers.AdamW,
    "rmsprop": keras.optimizers.RMSprop,
    "sgd": keras.optimizers.SGD,
}


def make_optimizer(name: str, learning_rate: float) -> Any:
    """Return a new optimiser of a name in ``kosent.training.settings.OPTIMIZERS``."""
    return _CLASSES[name](learning_rate=learning_rate)
