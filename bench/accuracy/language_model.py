"""A two-way GRU language model: its step, its optimiser and its checkpoints.

One GRU reads forwards and predicts the next piece, one reads backwards and predicts the piece
before; they share the table of embeddings, which is also what they predict with (Press and Wolf
2017), after a projection that only the language model has. The softmax is over drawn pieces (Jean
et al. 2015). Both directions are one batched product a step, and their gradient is written by
hand, since what TensorFlow derives from the loop multiplies the weights' gradient out anew at
every step.

``B`` is the batch, ``T`` the padded length, ``E`` the size of embeddings, ``U`` of states, ``V``
the vocabulary, ``S`` the drawn pieces; the leading 2 stands for the directions.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from kosent.training.optimizers import Adam

LARGEST_GRADIENT = 1.0  # global norm
HALF = tf.bfloat16  # what products are computed in; weights and sums stay float32
_NEVER = -1e9

Arrays = dict[str, npt.NDArray[Any]]


def product(x: Any, y: Any, **turned: bool) -> Any:
    """Multiply matrices in bfloat16, which a processor with AMX does six times as fast."""
    return tf.cast(tf.matmul(tf.cast(x, HALF), tf.cast(y, HALF), **turned), tf.float32)


@tf.custom_gradient
def gru(inputs: Any, kernel: Any, bias: Any) -> Any:
    """Run a GRU in both directions, with Keras' ``reset_after``.

    Args:
        inputs: The inputs times their weights, float32 ``(T, 2, B, 3U)`` in gates z, r, h.
        kernel: Weights of the state ``(2, U, 3U)``.
        bias: Theirs ``(2, 3U)``.

    Returns:
        The states ``(T, 2, B, U)``.
    """
    steps, batch, units = tf.shape(inputs)[0], tf.shape(inputs)[2], kernel.shape[1]
    start, half = tf.zeros((2, batch, units)), tf.cast(kernel, HALF)
    rows = tf.TensorArray(tf.float32, steps).unstack(inputs)
    kept = [tf.TensorArray(tf.float32, steps, clear_after_read=False) for _ in range(4)]
    arrays = [tf.TensorArray(tf.float32, steps, clear_after_read=False), *kept]

    def forward(t: Any, state: Any, arrays: Any) -> Any:
        x = rows.read(t)  # (2, B, 3U)
        y = product(state, half) + bias[:, None]  # (2, B, 3U)
        gates = tf.sigmoid(x[..., : 2 * units] + y[..., : 2 * units])
        z, r = gates[..., :units], gates[..., units:]
        inner = y[..., 2 * units :]
        new = tf.tanh(x[..., 2 * units :] + r * inner)
        after = new + z * (state - new)
        written = [a.write(t, v) for a, v in zip(arrays, (after, z, r, inner, new), strict=True)]
        return t + 1, after, written

    loop = tf.while_loop(lambda t, *_: t < steps, forward, (0, start, arrays))
    states, zs, rs, inners, news = loop[2]

    def grad(above: Any) -> Any:
        given = tf.TensorArray(tf.float32, steps).unstack(above)
        out = [tf.TensorArray(tf.float32, steps) for _ in range(2)]

        def backward(t: Any, d: Any, out: Any) -> Any:
            d = d + given.read(t)
            before = tf.cond(t > 0, lambda: states.read(t - 1), lambda: start)
            z, r, new = zs.read(t), rs.read(t), news.read(t)
            d_new = d * (1 - z) * (1 - new * new)
            d_z = d * (before - new) * z * (1 - z)
            d_r = d_new * inners.read(t) * r * (1 - r)
            d_y = tf.concat([d_z, d_r, d_new * r], -1)
            out = [out[0].write(t, tf.concat([d_z, d_r, d_new], -1)), out[1].write(t, d_y)]
            return t - 1, d * z + product(d_y, half, transpose_b=True), out

        _, _, (d_inputs, d_ys) = tf.while_loop(
            lambda t, *_: t >= 0, backward, (steps - 1, start, out)
        )
        d_y = tf.transpose(d_ys.stack(), (1, 0, 2, 3))  # (2, T, B, 3U)
        before = tf.concat([start[None], states.stack()[:-1]], 0)  # (T, 2, B, U)
        before = tf.reshape(tf.transpose(before, (1, 0, 2, 3)), (2, -1, units))
        d_y = tf.reshape(d_y, (2, -1, 3 * units))
        return d_inputs.stack(), product(before, d_y, transpose_a=True), tf.reduce_sum(d_y, 1)

    return states.stack(), grad


@tf.custom_gradient
def log_sum(states: Any, rows: Any, shift: Any, targets: Any, drawn: Any) -> Any:
    """Return the logarithm of the sum of what the drawn pieces get, without the right ones.

    Args:
        states: float32 ``(N, E)``.
        rows: Embeddings of the drawn pieces ``(S, E)``.
        shift: Added to their scores ``(S,)``.
        targets: The pieces to predict ``(N,)``.
        drawn: The drawn pieces ``(S,)``.

    Returns:
        ``(N,)``.
    """
    scores = product(states, rows, transpose_b=True) + shift  # (N, S)
    scores = tf.where(targets[:, None] == drawn, _NEVER, scores)
    top = tf.reduce_max(scores, 1, keepdims=True)
    powers = tf.exp(scores - top)
    total = tf.reduce_sum(powers, 1, keepdims=True)

    def grad(above: Any) -> Any:
        d = powers * (above[:, None] / total)  # (N, S)
        half = tf.cast(d, HALF)
        d_rows = product(half, states, transpose_a=True)
        return product(half, rows), d_rows, tf.reduce_sum(d, 0), None, None

    return tf.squeeze(top + tf.math.log(total), 1), grad


class LanguageModel:
    """The language model and its optimiser.

    Args:
        vocabulary: Pieces ``V``.
        size: Size of embeddings ``E``.
        units: Size of states ``U``.
        drawn: Pieces drawn a step ``S``.
        shares: How often each piece is the one to predict ``(V,)``, adding up to 1.
        seed: Seed of the weights.
    """

    def __init__(
        self,
        vocabulary: int,
        size: int,
        units: int,
        drawn: int,
        shares: npt.NDArray[np.float64],
        seed: int,
    ) -> None:
        rng = np.random.default_rng(seed)
        edge = 1 / np.sqrt(units)
        state = np.stack([np.hstack([_orthogonal(rng, units) for _ in range(3)]) for _ in "fb"])
        values = {
            "embedding": rng.uniform(-0.05, 0.05, (vocabulary, size)),
            "kernel": rng.uniform(-edge, edge, (2, size, 3 * units)),
            "kernel_bias": np.zeros((2, 3 * units)),
            "state": state,
            "state_bias": np.zeros((2, 3 * units)),
            "projection": rng.uniform(-edge, edge, (2, units, size)),
            "bias": np.log(shares + 1e-6),
        }
        self.variables = {
            name: tf.Variable(value.astype(np.float32), name=name) for name, value in values.items()
        }
        self.drawn = drawn
        draw = (shares + 1e-6) ** 0.75  # as word2vec draws
        self.draw = draw / draw.sum()
        self.cumulated = np.cumsum(self.draw)
        self.optimizer = Adam(learning_rate=0.0, global_clipnorm=LARGEST_GRADIENT)
        self.optimizer.build(list(self.variables.values()))
        self.done = 0

    def step(self, ids: npt.NDArray[np.int32], rate: float, seed: int) -> float:
        """Learn a batch ``(B, T)``, padded at the end with 0; return the loss of a piece, nats."""
        rng = np.random.default_rng((seed, self.done))
        drawn = np.searchsorted(self.cumulated, rng.random(self.drawn)).clip(0, len(self.draw) - 1)
        correction = np.log(self.draw[drawn] * self.drawn).astype(np.float32)
        both = _both_ways(ids)
        self.optimizer.learning_rate = rate
        loss = self._step(both, drawn.astype(np.int32), correction)
        self.done += 1
        return float(loss)

    @tf.function(
        input_signature=[
            tf.TensorSpec((None, 2, None), tf.int32),
            tf.TensorSpec((None,), tf.int32),
            tf.TensorSpec((None,), tf.float32),
        ]
    )
    def _step(self, ids: Any, drawn: Any, correction: Any) -> Any:
        values = list(self.variables.values())
        with tf.GradientTape() as tape:
            loss = self._loss(ids, drawn, correction)
        gradients = [tf.convert_to_tensor(each) for each in tape.gradient(loss, values)]
        self.optimizer.apply_gradients(zip(gradients, values, strict=True))
        return loss

    def _loss(self, ids: Any, drawn: Any, correction: Any) -> Any:
        """Return the mean loss of ids ``(T, 2, B)``, the second direction being reversed."""
        v = self.variables
        size, units = v["kernel"].shape[1], v["state"].shape[1]
        x = tf.gather(v["embedding"], tf.transpose(ids, (1, 0, 2)))  # (2, T, B, E)
        shape = tf.shape(x)
        flat = tf.reshape(x, (2, -1, size))
        flat = product(flat, v["kernel"]) + v["kernel_bias"][:, None]  # (2, TB, 3U)
        x = tf.reshape(flat, (2, shape[1], shape[2], 3 * units))
        states = gru(tf.transpose(x, (1, 0, 2, 3)), v["state"], v["state_bias"])  # (T, 2, B, U)
        states = tf.reshape(tf.transpose(states, (1, 0, 2, 3)), (2, -1, units))
        states = product(states, v["projection"])  # (2, TB, E)
        # The piece after each; padding, id 0, stands for the end of the text.
        targets = tf.concat([ids[1:], tf.zeros_like(ids[:1])], 0)
        there = tf.reshape(tf.transpose(ids, (1, 0, 2)), (-1,)) > 0
        targets = tf.boolean_mask(tf.reshape(tf.transpose(targets, (1, 0, 2)), (-1,)), there)
        states = tf.boolean_mask(tf.reshape(states, (-1, size)), there)  # (N, E)
        return self._sampled(states, targets, drawn, correction)

    def _sampled(self, states: Any, targets: Any, drawn: Any, correction: Any) -> Any:
        v = self.variables
        true = tf.reduce_sum(states * tf.gather(v["embedding"], targets), -1)
        true += tf.gather(v["bias"], targets)  # (N,)
        shift = tf.gather(v["bias"], drawn) - correction  # (S,)
        others = log_sum(states, tf.gather(v["embedding"], drawn), shift, targets, drawn)  # (N,)
        return tf.reduce_mean(tf.nn.softplus(others - true))

    def full_loss(self, ids: npt.NDArray[np.int32]) -> float:
        """Return the mean loss of a batch ``(B, T)`` over the whole vocabulary, in nats."""
        vocabulary = np.arange(len(self.draw), dtype=np.int32)
        zero = np.zeros(len(vocabulary), np.float32)
        return float(self._full(_both_ways(ids), vocabulary, zero))

    @tf.function(reduce_retracing=True)
    def _full(self, ids: Any, vocabulary: Any, zero: Any) -> Any:
        return self._loss(ids, vocabulary, zero)

    def save(self, path: Path, record: dict[str, Any]) -> None:
        """Write weights, the optimiser's state and a record; whole or not at all."""
        arrays = {name: each.numpy() for name, each in self.variables.items()}
        for number, each in enumerate(self.optimizer.variables):
            arrays[f"optimizer_{number}"] = np.asarray(each)
        aside = path.with_name(f"{path.name}.new")
        with aside.open("wb") as file:
            np.savez(file, record=json.dumps(record | {"done": self.done}), **arrays)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)

    def restore(self, path: Path) -> dict[str, Any]:
        """Go on from what :meth:`save` wrote, and return the record."""
        with np.load(path) as arrays:
            for name, each in self.variables.items():
                each.assign(arrays[name])
            for number, each in enumerate(self.optimizer.variables):
                each.assign(arrays[f"optimizer_{number}"])
            record: dict[str, Any] = json.loads(str(arrays["record"]))
        self.done = record["done"]
        return record


def _both_ways(ids: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Return ids ``(B, T)`` and the same from the last piece to the first, as ``(T, 2, B)``."""
    lengths = (ids > 0).sum(axis=1)
    places = lengths[:, None] - 1 - np.arange(ids.shape[1])  # (B, T)
    back = np.where(places >= 0, np.take_along_axis(ids, places.clip(0), 1), 0)
    return np.ascontiguousarray(np.stack([ids, back]).transpose(2, 0, 1))


def _orthogonal(rng: np.random.Generator, size: int) -> npt.NDArray[np.float64]:
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    turned: npt.NDArray[np.float64] = q * np.sign(np.diag(r))
    return turned
