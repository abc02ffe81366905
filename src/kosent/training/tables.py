"""Adam on an embedding table at the cost of the rows in the batch.

Adam moves every row at every step: a row that is not in the batch has the gradient 0 but goes on
by what is left of its first moment. For 20,000 x 300 weights that is 190 MB of memory traffic a
step, 6 of 9.5 ms in the NSMC post's network. But nobody looks at a row before it is in a batch
again. Here it waits until then, and all steps that it missed are made at once.

After ``l`` steps, with moments ``m`` and ``v``, the ``k`` steps of gradient 0 move a weight by::

    sum over j = 1..k of  rate(l + j) * b1^j * m / (b2^(j/2) * sqrt(v) + epsilon)

The fraction changes so slowly with ``j`` (``b2 = 0.999``) that it may be taken at the weighted mean
of ``j``, with the second-order term of Taylor's series; the third is below float32's rounding
(4e-8 of the move). What remains are sums of ``rate(l + j) * b1^j * j^p`` that depend on ``l``
and ``k`` only. They are looked up: ``rate`` is Adam's correction of its moments' bias, times the
learning rate where that is known for every step beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

Rates = npt.NDArray[np.float64]

# 0.999 ** 20000 is 2e-9: from there on the correction of the second moment is 1 in float32.
_STEPS = 20_000
_TERMS = 400  # 0.9 ** 400 is 5e-19


class DeferredRows:
    """The rows of a table that wait, and how they catch up. TensorFlow only.

    Args:
        optimizer: The ``Adam`` that owns the moments.
        table: TensorFlow variable ``(V, E)``.
        m: Its first moments.
        v: Its second moments.
        reached: int32 ``(V,)``, up to which step each row was brought.
        rates: Learning rate of each step of the run ``(steps,)``. ``None``: it is the optimiser's,
            which stays the same while any row waits.
    """

    def __init__(
        self, optimizer: Any, table: Any, m: Any, v: Any, reached: Any, rates: Rates | None = None
    ) -> None:
        self.optimizer = optimizer
        self.table = table
        self.m = m
        self.v = v
        self.reached = reached
        betas = optimizer.beta_1, optimizer.beta_2
        # Sums for rates of 1 at most: that of nothing is told from a small one by its size.
        self._highest = None if rates is None else float(rates.max())
        self._sums = (
            _constant_sums(*betas) if rates is None else _endless_sums(*betas, rates / rates.max())
        )

    def update(self, rows: Any, gradient: Any, rate: Any) -> None:
        """Make Adam's step for the rows of a batch, which have caught up before they were read.

        Args:
            rows: int ``(R,)``, all different.
            gradient: float32 ``(R, E)``.
            rate: Learning rate, corrected for the bias of the moments.
        """
        adam = self.optimizer
        m = self.m.sparse_read(rows) * adam.beta_1 + gradient * (1 - adam.beta_1)
        v = self.v.sparse_read(rows) * adam.beta_2 + gradient * gradient * (1 - adam.beta_2)
        self._move(rows, rate * m / (v**0.5 + adam.epsilon), m, v, adam.iterations + 1)

    def catch_up(self, ids: Any) -> None:
        """Make the missed steps of the rows ``ids`` (int, of any shape, repeated at will)."""
        import tensorflow as tf

        adam = self.optimizer
        rows, _ = tf.unique(tf.reshape(ids, (-1,)))
        since = self.reached.sparse_read(rows)  # (R,)
        now = tf.cast(adam.iterations, since.dtype)
        waited = tf.cast(now - since, tf.float64)
        total, mean, variance = self._weights_of_steps(since, now, waited)

        def column(x: Any) -> Any:
            return tf.cast(x, tf.float32)[:, None]  # (R, 1)

        m, v = self.m.sparse_read(rows), self.v.sparse_read(rows)  # (R, E)
        fall = 0.5 * np.log(adam.beta_2)  # of the root of the second moment, a step
        root = tf.sqrt(v) * column(tf.exp(fall * mean))
        below = root + adam.epsilon
        bend = column(0.5 * fall**2 * variance) * root * (root - adam.epsilon) / below**2
        highest = adam.learning_rate if self._highest is None else self._highest
        rate = tf.cast(highest, tf.float32) * column(total)
        self._move(
            rows,
            rate * m / below * (1 + bend),
            m * column(adam.beta_1**waited),
            v * column(adam.beta_2**waited),
            now,
        )

    def catch_up_all(self) -> None:
        """Make the missed steps of all rows: before the table is saved, or the rate changes.

        With ``rates`` it may change as they say.
        """
        import tensorflow as tf

        self.catch_up(tf.range(self.table.shape[0]))

    def _weights_of_steps(self, since: Any, now: Any, waited: Any) -> tuple[Any, Any, Any]:
        """Return the sum of the missed steps' weights, and mean and variance of their number."""
        import tensorflow as tf

        endless = tf.constant(self._sums)
        last = len(self._sums) - 1
        first = tf.gather(endless, tf.minimum(since, last))  # (R, 3)
        after = tf.gather(endless, tf.minimum(now, last))  # (3,)
        gone = self.optimizer.beta_1**waited
        total = first[:, 0] - gone * after[0]
        one = first[:, 1] - gone * (after[1] + waited * after[0])
        two = first[:, 2] - gone * (after[2] + 2 * waited * after[1] + waited**2 * after[0])
        divisor = tf.maximum(total, 1e-12)  # a row that waited for nothing has 0 everywhere
        mean = one / divisor
        return total, mean, tf.maximum(two / divisor - mean**2, 0)

    def _move(self, rows: Any, change: Any, m: Any, v: Any, step: Any) -> None:
        import tensorflow as tf

        self.table.scatter_sub(tf.IndexedSlices(change, rows))
        self.m.scatter_update(tf.IndexedSlices(m, rows))
        self.v.scatter_update(tf.IndexedSlices(v, rows))
        steps = tf.fill(tf.shape(rows), tf.cast(step, self.reached.dtype))
        self.reached.scatter_update(tf.IndexedSlices(steps, rows))


@lru_cache(maxsize=2)
def _constant_sums(beta_1: float, beta_2: float) -> Rates:
    return _endless_sums(beta_1, beta_2, np.ones(_STEPS))


def _endless_sums(beta_1: float, beta_2: float, rates: Rates) -> Rates:
    """Return the sums over all ``j >= 1`` of ``rate(l + j) * beta_1^j * j^p``.

    Args:
        beta_1: Decay of the first moment.
        beta_2: Decay of the second moment.
        rates: Learning rates of the steps from 1 on ``(steps,)``; the last goes on for ever, which
            cancels out for steps that were made.

    Returns:
        float64 ``(steps + 1, 3)``: a row for each ``l`` from 0, a column for each ``p``.
    """
    rates = np.append(rates, np.full(_TERMS, rates[-1]))
    step = np.arange(1, len(rates) + 1, dtype=np.float64)
    rates = rates * np.sqrt(1 - beta_2**step) / (1 - beta_1**step)
    j = np.arange(1, _TERMS + 1, dtype=np.float64)
    weights = beta_1**j * j ** np.arange(3)[:, None]  # (3, _TERMS)
    return np.stack([np.correlate(rates, row, "valid") for row in weights], axis=1)


class CatchUp(keras.callbacks.Callback):
    """Brings all rows of the embedding tables up to date when an epoch's batches are done.

    It must be the first callback: the others read the weights and change the learning rate.
    """

    def __init__(self, tables: list[DeferredRows]) -> None:
        super().__init__()
        self.tables = tables

    def on_test_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Catch up before the validation split is scored."""
        for table in self.tables:
            table.catch_up_all()
