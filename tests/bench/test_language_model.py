"""``bench/accuracy/language_model.py``: its GRU is that of Keras, and a stopped run goes on."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

BENCH = Path(__file__).parents[2] / "bench" / "accuracy" / "language_model.py"
UNITS, SIZE, VOCABULARY = 4, 3, 20


@pytest.fixture(scope="module")
def code() -> ModuleType:
    spec = importlib.util.spec_from_file_location("language_model", BENCH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def model(code: ModuleType) -> Any:
    shares = np.full(VOCABULARY, 1 / VOCABULARY)
    return code.LanguageModel(VOCABULARY, SIZE, UNITS, 8, shares, seed=0)


def batch(seed: int) -> Any:
    rng = np.random.default_rng(seed)
    ids = rng.integers(2, VOCABULARY, (6, 5)).astype(np.int32)
    return np.where(np.arange(5) < rng.integers(1, 6, 6)[:, None], ids, 0).astype(np.int32)


def test_states_and_gradients_are_those_of_keras(
    code: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras
    import tensorflow as tf

    monkeypatch.setattr(code, "HALF", tf.float32)
    rng = np.random.default_rng(0)
    x, ways = [tf.constant(rng.normal(size=(2, 3, 5, n)), tf.float32) for n in (SIZE, UNITS)]
    layers = [keras.layers.GRU(UNITS, return_sequences=True) for _ in range(2)]
    with tf.GradientTape() as tape:
        expected = [layer(each) for layer, each in zip(layers, x, strict=True)]
        loss = tf.reduce_sum(tf.stack(expected) * ways)
    weights = [[each.value for each in layer.weights] for layer in layers]
    wanted = tape.gradient(loss, weights)
    kernels, states, biases = (tf.stack(each) for each in zip(*weights, strict=True))
    with tf.GradientTape() as tape:
        tape.watch([kernels, states, biases])
        inputs = tf.einsum("dbte,deu->tdbu", x, kernels) + biases[:, 0][:, None]
        found = tf.transpose(code.gru(inputs, states, biases[:, 1]), (1, 2, 0, 3))
        loss = tf.reduce_sum(found * ways)
    np.testing.assert_allclose(found, tf.stack(expected), atol=1e-6)
    got = tape.gradient(loss, [kernels, states, biases])
    for number, each in enumerate(got):
        np.testing.assert_allclose(
            each, tf.stack([wanted[0][number], wanted[1][number]]), atol=1e-5
        )


def test_the_second_direction_reads_from_the_end(code: ModuleType) -> None:
    both = code._both_ways(np.array([[5, 6, 7], [8, 0, 0]], np.int32))
    assert both[:, 0].T.tolist() == [[5, 6, 7], [8, 0, 0]]
    assert both[:, 1].T.tolist() == [[7, 6, 5], [8, 0, 0]]


def test_it_learns(model: Any) -> None:
    before = model.full_loss(batch(1))
    for _ in range(30):
        model.step(batch(1), 0.02, 0)
    assert model.full_loss(batch(1)) < before - 0.5


def test_padding_changes_nothing(model: Any) -> None:
    longer = np.pad(batch(1), ((0, 0), (0, 4)))
    assert model.full_loss(longer) == pytest.approx(model.full_loss(batch(1)), abs=1e-3)


def test_a_run_that_was_stopped_goes_on_the_same(
    code: ModuleType, model: Any, tmp_path: Path
) -> None:
    shares = np.full(VOCABULARY, 1 / VOCABULARY)
    model.step(batch(1), 0.01, 0)
    model.save(tmp_path / "model.npz", {"epoch": 3})
    again = code.LanguageModel(VOCABULARY, SIZE, UNITS, 8, shares, seed=5)
    assert again.restore(tmp_path / "model.npz") == {"epoch": 3, "done": 1}
    assert again.step(batch(2), 0.01, 0) == model.step(batch(2), 0.01, 0)
    for name, each in model.variables.items():
        np.testing.assert_array_equal(each.numpy(), again.variables[name].numpy())
    assert [each.name for each in tmp_path.iterdir()] == ["model.npz"]
