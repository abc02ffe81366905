"""장 3. 두 수 기억하기: SimpleRNN은 못 하고 LSTM과 GRU는 합니다 / the adding problem.

The task of the LSTM paper (Hochreiter and Schmidhuber 1997, section 5.4), as the post has it: of
100 numbers two are marked, and their product is to be told. Whoever
answers the mean has an error of 7/144 = 0.0486, the variance of the product of two numbers from
0 to 1. The gradient of a SimpleRNN fades on the way back to the first mark, so it stays there;
the gates of LSTM and GRU keep what was marked.

Run: ``python examples/adding_problem.py``. Sequences of 100 numbers, drawn anew for each batch, so
that nothing can be learned by heart; the error is that on 2,000 others.

The post has 3,000 fixed rows, of which 2,048 are learned from for 100 epochs, 512 are its
validation and 440 its test, and two layers of 30. ``--as-the-post`` trains that, tells what share
of the test is right to 0.04 and, with ``--picture FILE``, draws the losses. The SimpleRNN learns
rows by heart there: its training loss falls while that of the validation rises. What the post
calls its GRU trains the LSTM on, and is none; here GRU is a GRU. It takes several times as long.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import NamedTuple

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


class Fitted(NamedTuple):
    """What the post's network has learned.

    Attributes:
        parameters: Number of its weights.
        error: Mean squared error on the test rows.
        right: Share of them that is less than 0.04 off.
        losses: ``loss`` and ``val_loss`` by epoch.
    """

    parameters: int
    error: float
    right: float
    losses: dict[str, list[float]]


def post_network(cell: str, length: int) -> keras.Model:
    """Return the post's network, compiled: two layers of 30."""
    layers = [CELLS[cell](30, return_sequences=True), CELLS[cell](30), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((length, 2)), *layers])
    model.compile("adam", "mse")
    return model


def fit_as_the_post(cell: str, length: int, epochs: int, seed: int) -> Fitted:
    """Train on the post's 3,000 fixed rows, in batches of 32."""
    keras.utils.set_random_seed(seed)
    x, y = draw(np.random.default_rng(seed), 3000, length)
    model = post_network(cell, length)
    fitted = model.fit(x[:2560], y[:2560], epochs=epochs, validation_split=0.2, verbose=0)
    answers = np.asarray(model.predict(x[2560:], verbose=0))[:, 0]
    off = np.abs(answers - y[2560:])
    right = float((off < 0.04).mean())
    return Fitted(model.count_params(), float((off**2).mean()), right, fitted.history)


def draw_losses(every: dict[str, Fitted], path: Path) -> None:
    """Draw the losses of each cell by epoch."""
    from kosent.plotting.canvas import dress, legend, new_figure
    from kosent.plotting.palette import PALETTES

    palette = PALETTES["light"]
    figure = new_figure(4 * len(every), 3.4, palette)
    for axes, (cell, fitted) in zip(
        figure.subplots(1, len(every), squeeze=False)[0], every.items(), strict=True
    ):
        for number, (name, values) in enumerate(fitted.losses.items()):
            axes.plot(values, color=palette.line(number), label=name)
        dress(axes, palette, title=cell, x="epoch")
        legend(axes, palette)
    figure.savefig(path, dpi=150, metadata={"Software": None})


def as_the_post(cells: list[str], length: int, epochs: int, seed: int) -> dict[str, Fitted]:
    """Print and return what the post's network learns with each cell."""
    found = {}
    for cell in cells:
        start = time.perf_counter()
        found[cell] = fit_as_the_post(cell, length, epochs, seed)
        parameters, error, right, losses = found[cell]
        print(
            f"{cell:10} {parameters:,} parameters, test {error:.4f}, {right:.1%} right; "
            f"loss {losses['loss'][-1]:.4f}, validation {losses['val_loss'][-1]:.4f} "
            f"({time.perf_counter() - start:.0f} s)",
            flush=True,
        )
    return found


def main(arguments: list[str] | None = None) -> dict[str, float]:
    """Print and return the error of each cell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--length", type=int, default=100)
    parser.add_argument("--units", type=int, default=32)
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cells", nargs="+", default=list(CELLS), choices=CELLS)
    parser.add_argument("--as-the-post", action="store_true")
    parser.add_argument("--epochs", type=int, default=100, help="with --as-the-post")
    parser.add_argument("--picture", type=Path, help="with --as-the-post: a file for the losses")
    options = vars(parser.parse_args(arguments))
    post, epochs, picture = (options.pop(name) for name in ("as_the_post", "epochs", "picture"))
    print(f"평균만 답하면 / answering the mean: {MEAN_ERROR:.4f}")
    if post:
        fitted = as_the_post(options["cells"], options["length"], epochs, options["seed"])
        if picture:
            draw_losses(fitted, picture)
        return {cell: each.error for cell, each in fitted.items()}
    errors = {}
    for cell in options.pop("cells"):
        start = time.perf_counter()
        errors[cell] = error_of(cell, **options)
        print(f"{cell:10} {errors[cell]:.4f}  ({time.perf_counter() - start:.0f} s)", flush=True)
    return errors


if __name__ == "__main__":
    main()
