"""What ``recurrent_dropout`` costs at training: seconds of a step with it and without.

The network is that of the recipe ``imdb-lstm8-dropout`` (LSTM 8 on 100 tokens, batches of 64), and
the same with 64 units. Ways take turns, so that a busy machine slows all of them; medians are
printed. On a GPU Keras has no fused (cuDNN) kernel for it, so that the ratio there is far larger.

Run: ``python bench/recurrent_dropout.py``. It takes half a minute.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from kosent import architectures
from kosent.recipes import Recipe, load_recipe

STEPS, ROUNDS = 20, 5


def epoch(units: int, share: float) -> Callable[[], float]:
    """Return a function that trains some steps, and returns the seconds of one."""
    recipe = load_recipe("imdb-lstm8-dropout")
    assert isinstance(recipe, Recipe)
    given = recipe.classifier
    options = given["architecture_options"] | {"units": units, "recurrent_dropout": share}
    model = architectures.build("lstm", given["vocabulary_size"], 2, **options)
    model.compile(keras.optimizers.RMSprop(1e-4), "sparse_categorical_crossentropy")
    rng = np.random.default_rng(0)
    rows = STEPS * given["batch_size"]
    x = rng.integers(1, given["vocabulary_size"], (rows, given["max_length"])).astype(np.int32)
    y = rng.integers(0, 2, rows)

    def run() -> float:
        start = time.perf_counter()
        model.fit(x, y, batch_size=given["batch_size"], verbose=0)
        return (time.perf_counter() - start) / STEPS

    run()  # the first traces the graph
    return run


def main() -> None:
    for units in (8, 64):
        ways = {share: epoch(units, share) for share in (0.0, 0.3)}
        taken: dict[float, list[float]] = {share: [] for share in ways}
        for _ in range(ROUNDS):
            for share, run in ways.items():
                taken[share].append(run())
        without, beside = (1000 * statistics.median(each) for each in taken.values())
        print(
            f"LSTM {units}: {without:.1f} ms a step, {beside:.1f} ms with recurrent_dropout "
            f"({beside / without:.1f} times)",
            flush=True,
        )


if __name__ == "__main__":
    main()
