"""Optimisers by name, among them two Adams that do not pay for the whole embedding table.

Half of an epoch of the NSMC post's network is Keras' Adam on a table of 6 million weights.
``bench/optimizers.py`` measures one step on that table with 960 rows in the batch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from kosent.training.tables import DeferredRows, Rates


class Adam(keras.optimizers.Adam):
    """Adam (Kingma and Ba 2015) in one pass over the weights where TensorFlow offers it.

    Keras writes the update as a dozen operations, each of them a pass over table and moments;
    TensorFlow has the same formula as one kernel. It is also more right: with TensorFlow's
    sparse gradients Keras squares the parts of a repeated row one by one, where Adam squares
    their sum. This class equals Keras' Adam on dense gradients to rounding.

    On other backends it is Keras' Adam.
    """

    def build(self, variables: Any) -> None:
        """Make the moments of the network's weights."""
        super().build(variables)
        if not hasattr(self, "_deferred"):
            self._deferred: dict[int, DeferredRows] = {}

    def defer(self, table: Any, rates: Rates | None = None) -> DeferredRows:
        """Let the rows of an embedding table wait until they are read again.

        Who reads a row in training has to call ``catch_up`` first, and ``catch_up_all`` before
        the table is used whole or the learning rate changes in a way that ``rates`` does not tell.

        Args:
            table: A Keras variable ``(V, E)`` that this optimiser was built with, on TensorFlow.
            rates: Learning rate of each step of the run ``(steps,)``, where it changes all the
                time.
        """
        m, v = _moments(self, table)
        name = f"{table.path.replace('/', '_')}_reached"
        reached = self.add_variable((table.shape[0],), dtype="int32", name=name)
        rows = DeferredRows(self, table.value, m, v, reached.value, rates)
        self._deferred[self._get_variable_index(table)] = rows
        return rows

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Update a variable and its moments by a dense or sparse gradient of its shape."""
        if keras.backend.backend() != "tensorflow":
            super().update_step(gradient, variable, learning_rate)
            return
        import tensorflow as tf

        step = ops.cast(self.iterations + 1, variable.dtype)
        rows = self._deferred.get(self._get_variable_index(variable))
        if rows and hasattr(gradient, "indices"):
            rate = ops.cast(learning_rate, variable.dtype)
            rate = rate * ops.sqrt(1 - self.beta_2**step) / (1 - self.beta_1**step)
            rows.update(*_sum_by_row(gradient.indices, gradient.values), rate)
            return
        m, v = _moments(self, variable)
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
    """Adam that moves only the rows of an embedding table that are in the batch.

    The first moment is left out for such rows: a row's step is its gradient by the root of its
    second moment. "Lazy" Adam keeps the first moment, and then a rare word barely learns: Adam
    takes a tenth of its gradient at once and hands out the rest over the next steps, in which a
    lazy row does not move. One epoch of the NSMC post's network, batch 480, learning rate 2e-3:
    validation accuracy 0.8135 with the first moment, 0.8201 without; Adam with batch 120 0.8194
    (``bench/nsmc_post.py --ways lazy``, means of 3 seeds).

    Dense gradients get Adam's update. Only a backend with sparse embedding gradients
    (TensorFlow) gains; elsewhere the gradient arrives dense and this is Adam.
    """

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Update ``variable`` ``(V, E)``: the rows of a sparse gradient, all of a dense one."""
        if not hasattr(gradient, "indices"):
            super().update_step(gradient, variable, learning_rate)
            return
        rows, summed = _sum_by_row(gradient.indices, gradient.values)
        _, v = _moments(self, variable)
        step = ops.cast(self.iterations + 1, variable.dtype)
        rate = ops.cast(learning_rate, variable.dtype) * ops.sqrt(1 - self.beta_2**step)
        # sparse_read and not ops.take: that reads the whole table first, and the write that
        # follows then has to copy it.
        old = v.sparse_read(rows)  # (R, E)
        move = (ops.square(summed) - old) * (1 - self.beta_2)
        change = rate * summed / (ops.sqrt(old + move) + self.epsilon)
        self.assign_add(v, type(gradient)(move, rows, gradient.dense_shape))
        self.assign_sub(variable, type(gradient)(change, rows, gradient.dense_shape))


def _moments(optimizer: Any, variable: Any) -> tuple[Any, Any]:
    """Return the backend's variables of the first and second moment."""
    position = optimizer._get_variable_index(variable)
    return optimizer._momentums[position].value, optimizer._velocities[position].value


def _sum_by_row(indices: Any, values: Any) -> tuple[Any, Any]:
    """Add up the values of equal indices of a TensorFlow gradient.

    Args:
        indices: int ``(K,)``, in any order, repeated at will.
        values: float ``(K, E)``.

    Returns:
        The different indices ``(R,)`` and their sums ``(R, E)``.
    """
    import tensorflow as tf

    rows, group = tf.unique(indices)  # (R,), (K,)
    return rows, tf.math.unsorted_segment_sum(values, group, tf.size(rows))


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
