from __future__ import annotations

from typing import Any

import numpy as np
import pytest

WORDS, LENGTH, OPTIONS = 12, 7, {"embedding_size": 5, "units": 4, "dropout": 0.0}


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch, depth: int, pooling: str) -> tuple[Any, Any]:
    """Return the network with repeated tokens multiplied once, and as Keras has it."""
    from kosent.architectures import lstm
    from kosent.architectures.layers import uniqued as distinct

    options: dict[str, Any] = {**OPTIONS, "depth": depth, "pooling": pooling}
    fast = lstm(WORDS, 2, bidirectional=False, **options)
    monkeypatch.setattr(distinct, "pays", lambda: False)
    plain = lstm(WORDS, 2, bidirectional=False, **options)
    plain.set_weights(fast.get_weights())
    return fast, plain


@pytest.fixture
def ids() -> np.ndarray:
    rows = np.random.default_rng(0).integers(1, WORDS, (6, LENGTH)).astype(np.int32)
    for row, length in enumerate([7, 1, 3, 0, 7, 5]):
        rows[row, length:] = 0
    return rows


networks = pytest.mark.parametrize(
    ("depth", "pooling"), [(1, "last"), (1, "max"), (2, "last"), (2, "max")]
)


@networks
def test_probabilities_and_names_of_weights_are_those_of_keras(pair, ids) -> None:
    fast, plain = pair
    assert any(layer.name == "distinct" for layer in fast.layers)
    assert not any(layer.name == "distinct" for layer in plain.layers)
    assert [w.path for w in fast.weights] == [w.path for w in plain.weights]
    np.testing.assert_allclose(fast(ids).numpy(), plain(ids).numpy(), atol=1e-6)


@networks
def test_gradients_are_those_of_keras(pair, ids) -> None:
    import tensorflow as tf

    def gradients(model: Any) -> list[np.ndarray]:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(model(ids, training=True)[:, 0] ** 2)
        found = tape.gradient(loss, [w.value for w in model.trainable_weights])
        return [tf.convert_to_tensor(g).numpy() for g in found]

    fast, plain = pair
    for ours, theirs in zip(gradients(fast), gradients(plain), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_it_is_left_to_keras_where_dropout_comes_between() -> None:
    from kosent.architectures import lstm

    model = lstm(WORDS, 2, bidirectional=False, **{**OPTIONS, "dropout": 0.3})
    assert not any(layer.name == "distinct" for layer in model.layers)


@networks
def test_keras_saves_and_loads_it(pair, ids, tmp_path) -> None:
    import keras

    for number, model in enumerate(pair):
        path = tmp_path / f"{number}.keras"
        model.save(path)
        np.testing.assert_array_equal(
            keras.models.load_model(path)(ids).numpy(), model(ids).numpy()
        )
