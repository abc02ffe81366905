"""Optimisers by name, among them two Adams that do not pay for the whole embedding table.

Half of an epoch of the NSMC post's network is Keras' Adam on a table of 6 million weights.
One step on that table with 960 rows in the batch, median of 60 (``bench/optimizers.py``):
Keras 34 ms, ``Adam`` 9.3 ms, ``SparseAdam`` 1.7 ms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops


class Adam(keras.optimizers.Adam):
    """Adam (Kingma and Ba 2015) in one pass over the weights where TensorFlow offers it.

    Keras writes the update as a dozen operations, each of them a pass over table and moments;
    TensorFlow has the same formula as one kernel. It is also more right: with TensorFlow's
    sparse gradients Keras squares the parts of a repeated row one by one, where Adam squares
    their sum. This class equals Keras' Adam on dense gradients to rounding.

    This is the only place in kosent that calls a backend; on the others it is Keras' Adam.
    """

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Update a variable and its moments by a dense or sparse gradient of its shape."""
        if keras.backend.backend() != "tensorflow":
            super().update_step(gradient, variable, learning_rate)
            return
        import tensorflow as tf

        m, v = _moments(self, variable)
        step = ops.cast(self.iterations + 1, variable.dtype)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=m.handle,
            v=v.handle,
            beta1_power=self.beta_1**step,
            beta2_power=self.beta_2**step,
            lr=ops.cast(learning_rate, variable.dtype),
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=tf.convert_to_tensor(gradient),
        )


class SparseAdam(Adam):
    """Adam whose moments of an embedding row move only when the row is in the batch.

    Rows that are not in the batch keep value and moments ("lazy Adam"): not the same algorithm
    as Adam, equal to it where every row is in every batch.

    What remains of the table's cost: once a TensorFlow variable was written row by row, reading it
    whole copies it, and Keras' embedding layer reads it whole at each step.

    Only a backend with sparse embedding gradients (TensorFlow) gains; elsewhere the gradient
    arrives dense and this is Adam.
    """

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Update ``variable`` ``(V, E)``: the rows of a sparse gradient, all of a dense one."""
        if not hasattr(gradient, "indices"):
            super().update_step(gradient, variable, learning_rate)
            return
        rows, summed = _sum_by_row(gradient.indices, gradient.values)
        m, v = _moments(self, variable)
        step = ops.cast(self.iterations + 1, variable.dtype)
        rate = ops.cast(learning_rate, variable.dtype)
        rate = rate * ops.sqrt(1 - self.beta_2**step) / (1 - self.beta_1**step)
        # sparse_read and not ops.take: that reads the whole table first, and the write that
        # follows then has to copy it.
        old_m, old_v = m.sparse_read(rows), v.sparse_read(rows)  # (R, E)
        move_m = (summed - old_m) * (1 - self.beta_1)
        move_v = (ops.square(summed) - old_v) * (1 - self.beta_2)
        change = rate * (old_m + move_m) / (ops.sqrt(old_v + move_v) + self.epsilon)

        def sparse(values: Any) -> Any:
            return type(gradient)(values, rows, gradient.dense_shape)

        self.assign_add(m, sparse(move_m))
        self.assign_add(v, sparse(move_v))
        self.assign_sub(variable, sparse(change))


def _moments(optimizer: Any, variable: Any) -> tuple[Any, Any]:
    """Return the backend's variables of the first and second moment."""
    position = optimizer._get_variable_index(variable)
    return optimizer._momentums[position].value, optimizer._velocities[position].value


def _sum_by_row(indices: Any, values: Any) -> tuple[Any, Any]:
    """Add up the values of equal indices.

    Args:
        indices: int ``(K,)``, in any order, repeated at will.
        values: float ``(K, E)``.

    Returns:
        The different indices ``(R,)``, ascending, and their sums ``(R, E)``.
    """
    order = ops.argsort(indices)
    indices, values = ops.take(indices, order), ops.take(values, order, axis=0)
    starts = ops.not_equal(indices[1:], indices[:-1])
    group = ops.pad(ops.cumsum(ops.cast(starts, "int32")), [[1, 0]])  # (K,)
    count = group[-1] + 1
    rows = ops.segment_max(ops.cast(indices, "int32"), group, num_segments=count)
    return rows, ops.segment_sum(values, group, num_segments=count)


_CLASSES: dict[str, Callable[..., Any]] = {
    "adam": Adam,
    "sparse_adam": SparseAdam,
    "adamw": keras.optimizers.AdamW,
    "rmsprop": keras.optimizers.RMSprop,
    "sgd": keras.optimizers.SGD,
}


def make_optimizer(name: str, learning_rate: float) -> Any:
    """Return a new optimiser of a name in ``kosent.training.settings.OPTIMIZERS``."""
    return _CLASSES[name](learning_rate=learning_rate)
