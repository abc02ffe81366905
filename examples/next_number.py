"""장 2. 다음 수 맞히기 / the next of four numbers.

The smallest task for a recurrent layer: from 0.1, 0.2, 0.3, 0.4 tell 0.5. Six such rows are all
there is to learn from. The post trains for 100 epochs at Adam's own rate of 0.001, and asks for
the two rows beyond: 0.6 to 0.9, and -0.1 to 0.2. So does ``--as-the-post``; otherwise training is
longer and faster. It is asked for rows between those it has seen, and for some beyond them, where
tanh, which flattens, falls short.

Run: ``python examples/next_number.py [--as-the-post]``.
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

BETWEEN = np.array([0.05, 0.25, 0.45], np.float32)  # where the rows begin
BEYOND = np.array([0.8, 0.6, -0.1], np.float32)  # the last two are the post's
POST = {"epochs": 100, "rate": 0.001}


def rows(starts: Array) -> tuple[Array, Array]:
    """Return rows of four numbers a tenth apart ``(n, 4, 1)``, and the fifth of each ``(n,)``."""
    numbers = starts[:, None] + np.arange(5, dtype=np.float32) / 10
    return numbers[:, :4, None], numbers[:, 4]


def train(epochs: int, rate: float, seed: int = 0) -> keras.Model:
    """Fit ten units on the rows that begin at 0.0, 0.1 ... 0.5."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [keras.Input((4, 1)), keras.layers.SimpleRNN(10), keras.layers.Dense(1)]
    )
    model.compile(keras.optimizers.Adam(rate), "mse")
    starts = np.tile(np.arange(6, dtype=np.float32) / 10, epochs)
    model.fit(*rows(starts), batch_size=6, epochs=1, shuffle=False, verbose=0)
    return model


def main(arguments: list[str] | None = None) -> dict[str, float]:
    """Print what it answers; return the largest error between the rows it knows, and beyond."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=500)
    parser.add_argument("--rate", type=float, default=0.01)
    parser.add_argument("--as-the-post", action="store_true")
    given = parser.parse_args(arguments)
    settings = POST if given.as_the_post else {"epochs": given.epochs, "rate": given.rate}
    model = train(**settings)
    errors = {}
    for where, starts in (("사이 / between", BETWEEN), ("너머 / beyond", BEYOND)):
        given, wanted = rows(starts)
        found = np.asarray(model.predict_on_batch(given))[:, 0]
        for row, right, answer in zip(given[..., 0], wanted, found, strict=True):
            shown = " ".join(f"{number:.2f}" for number in row)
            print(f"{where}: {shown} -> {answer:.3f} ({right:.2f})")
        errors[where.split(" / ")[1]] = float(np.abs(found - wanted).max())
    return errors


if __name__ == "__main__":
    main()
