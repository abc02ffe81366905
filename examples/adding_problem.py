"""장 3. 두 수 기억하기: SimpleRNN은 못 하고 LSTM과 GRU는 합니다 / the adding problem.

The task of the LSTM paper (Hochreiter and Schmidhuber 1997, section 5.4), as the post has it: of
100 numbers two are marked, and their product is to be told. Whoever
answers the mean has an error of 7/144 = 0.0486, the variance of the product of two numbers from
0 to 1. The gradient of a SimpleRNN fades on the way back to the first mark, so it stays there;
the gates of LSTM and GRU keep what was marked.

Run: ``python examples/adding_problem.py``. Texts of 100 numbers, drawn anew for each batch, so
that nothing can be learned by heart; the error is that on 2,000 others.
"""

from __future__ import annotations

import argparse
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

MEAN_ERROR = 7 / 144  # E[a^2 b^2] - E[ab]^2 of two numbers from 0 to 1
CELLS = {
    "SimpleRNN": keras.layers.SimpleRNN,
    "LSTM": keras.layers.LSTM,
    "GRU": keras.layers.GRU,
}


def draw(rng: np.random.Generator, rows: int, length: int) -> tuple[Array, Array]:
    """Draw numbers with their marks, ``(rows, length, 2)``, and the products ``(rows,)``."""
    numbers = rng.random((rows, length), np.float32)
    marks = np.zeros((rows, length), np.float32)
    places = np.argsort(rng.random((rows, length)), axis=1)[:, :2]  # two different ones
    np.put_along_axis(marks, places, 1, axis=1)
    product = np.take_along_axis(numbers, places, axis=1).prod(axis=1)
    return np.stack([numbers, marks], axis=-1), product


def error_of(cell: str, *, length: int, units: int, steps: int, batch: int, seed: int) -> float:
    """Train a network of one recurrent layer and return its mean squared error on new sequences."""
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = keras.Sequential([keras.Input((length, 2)), CELLS[cell](units), keras.layers.Dense(1)])
    # The rate falls to 0: at the full rate the error of a network that has learned it leaps about.
    rate = keras.optimizers.schedules.CosineDecay(5e-3, steps)
    model.compile(keras.optimizers.Adam(rate, clipnorm=1.0), "mse")
    x, y = draw(rng, steps * batch, length)
    model.fit(x, y, batch_size=batch, epochs=1, shuffle=False, verbose=0)
    unseen, products = draw(rng, 2000, length)
    return float(model.evaluate(unseen, products, batch_size=500, verbose=0))


def main(arguments: list[str] | None = None) -> dict[str, float]:
    """Print and return the error of each cell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--length", type=int, default=100)
    parser.add_argument("--units", type=int, default=32)
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cells", nargs="+", default=list(CELLS), choices=CELLS)
    options = vars(parser.parse_args(arguments))
    print(f"평균만 답하면 / answering the mean: {MEAN_ERROR:.4f}")
    errors = {}
    for cell in options.pop("cells"):
        start = time.perf_counter()
        errors[cell] = error_of(cell, **options)
        print(f"{cell:10} {errors[cell]:.4f}  ({time.perf_counter() - start:.0f} s)", flush=True)
    return errors


if __name__ == "__main__":
    main()
