"""장 1. 순환 한 걸음을 NumPy로 / the recurrent step in NumPy, against Keras' own layers.

A recurrent layer is one function called again and again: it takes a vector of the sequence and its
own state, and gives the next state. Below are the three of them, gate by gate, with the weights
that Keras' layers hold, and the largest difference from what those layers give. Then what
``return_sequences`` is about: the same layer gives its last state, or that after every word, which
is what a layer above it reads.

Run: ``python examples/recurrent_step.py``.
"""

from __future__ import annotations

import os
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
State = tuple[Array, ...]

BATCH, LENGTH, CHANNELS, UNITS = 4, 12, 5, 3


def sigmoid(x: Array) -> Array:
    """Squeeze into 0 to 1: how far a gate is open."""
    result: Array = 1 / (1 + np.exp(-x))
    return result


def simple_rnn_step(x: Array, state: State, kernel: Array, recurrent: Array, bias: Array) -> State:
    """Mix the word ``(B, C)`` with what was ``(B, U)``; tanh keeps the mixture within -1 and 1."""
    (h,) = state
    return (np.tanh(x @ kernel + h @ recurrent + bias),)


def lstm_step(x: Array, state: State, kernel: Array, recurrent: Array, bias: Array) -> State:
    """Keep a memory ``c`` beside the output ``h``; gates say what to take in, keep and show."""
    h, c = state
    i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4, axis=1)  # (B, U) each
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)  # forget a part, take in a part of the new
    return sigmoid(o) * np.tanh(c), c


def gru_step(x: Array, state: State, kernel: Array, recurrent: Array, bias: Array) -> State:
    """Do with one state: ``z`` is how much of it stays, ``r`` how much of it the new part sees."""
    (h,) = state
    xz, xr, xh = np.split(x @ kernel + bias[0], 3, axis=1)
    hz, hr, hh = np.split(h @ recurrent + bias[1], 3, axis=1)  # Keras' reset_after
    z, r = sigmoid(xz + hz), sigmoid(xr + hr)
    return (z * h + (1 - z) * np.tanh(xh + r * hh),)


Step = Callable[[Array, State, Array, Array, Array], State]
STEPS: dict[str, tuple[Step, int]] = {  # with the number of states
    "SimpleRNN": (simple_rnn_step, 1),
    "LSTM": (lstm_step, 2),
    "GRU": (gru_step, 1),
}


def run(step: Step, states: int, x: Array, weights: list[Array]) -> Array:
    """Walk over ``x`` ``(B, T, C)`` and return every output, ``(B, T, U)``."""
    state: State = tuple(np.zeros((len(x), UNITS)) for _ in range(states))
    outputs = []
    for word in x.transpose(1, 0, 2):  # (B, C)
        state = step(word, state, *weights)
        outputs.append(state[0])
    return np.stack(outputs, axis=1)


def difference(name: str, seed: int = 0) -> float:
    """Return the largest difference between a cell in NumPy and Keras' layer of that name."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(BATCH, LENGTH, CHANNELS))
    layer = getattr(keras.layers, name)(UNITS, return_sequences=True)
    layer.build(x.shape)
    weights = [rng.normal(0, 0.5, weight.shape) for weight in layer.get_weights()]
    layer.set_weights(weights)
    step, states = STEPS[name]
    theirs = keras.ops.convert_to_numpy(layer(x.astype(np.float32)))
    return float(np.abs(run(step, states, x, weights) - theirs).max())


def sequences(every_state: bool) -> keras.Model:
    """Return a SimpleRNN 32 over 10,000 words of 32 numbers each: 322,080 parameters either way."""
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(10_000, 32),
            keras.layers.SimpleRNN(32, return_sequences=every_state),
        ]
    )


def main() -> None:
    """Print the differences, and the shapes."""
    for name in STEPS:
        print(f"{name:10} NumPy - Keras: {difference(name):.1e}")
    for every_state in (False, True):
        model = sequences(every_state)
        shape = model(np.ones((1, 500), np.int32)).shape
        print(
            f"return_sequences={every_state}: {tuple(shape)}, {model.count_params():,} parameters"
        )


if __name__ == "__main__":
    main()
