"""One optimiser step on an embedding table of 20,000 x 300: Keras' Adam against kosent's.

Run: ``python bench/optimizers.py``. The optimisers take turns, so that a busy machine slows
all of them; medians and ratios are printed.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

from kosent.training.optimizers import Adam, SparseAdam

ROWS, SIZE, TOKENS, STEPS = 20_000, 300, 960, 60  # 120 reviews of 8 words


def stepper(optimizer: keras.optimizers.Optimizer, defer: bool = False) -> Callable[[], None]:
    rng = np.random.default_rng(0)
    table = keras.Variable(rng.normal(size=(ROWS, SIZE)).astype(np.float32))
    ids = np.minimum(rng.zipf(1.2, TOKENS), ROWS - 1).astype(np.int32)  # words repeat like words
    values = rng.normal(size=(TOKENS, SIZE)).astype(np.float32)
    shape = tf.constant([ROWS, SIZE])
    optimizer.build([table])
    rows = optimizer.defer(table) if defer else None

    @tf.function
    def step() -> None:
        if rows:
            rows.catch_up(ids)
        gradient = tf.IndexedSlices(tf.constant(values), tf.constant(ids), shape)
        optimizer.apply([gradient], [table])

    step()
    return step


def main() -> None:
    steps = {
        "keras.optimizers.Adam": stepper(keras.optimizers.Adam(1e-3)),
        "kosent adam, all rows": stepper(Adam(1e-3)),
        "kosent adam": stepper(Adam(1e-3), defer=True),
        "kosent sparse_adam": stepper(SparseAdam(1e-3)),
    }
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(STEPS):
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            seconds[name].append(time.perf_counter() - start)
    base = statistics.median(seconds["keras.optimizers.Adam"])
    for name, taken in seconds.items():
        median = statistics.median(taken)
        print(f"{name:24} {1000 * median:7.2f} ms   {median / base:5.2f} of Keras")


if __name__ == "__main__":
    main()
