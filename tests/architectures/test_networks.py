"""What one network has and the others have not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kosent import architectures

if TYPE_CHECKING:
    import keras

EMBEDDING = 4


def shapes(name: str, **given: object) -> dict[str, tuple[int, ...]]:
    return architectures.weight_shapes(name, 13, 2, **{"embedding_size": EMBEDDING, **given})


def test_hybrid_shares_one_table_or_has_two() -> None:
    shared = shapes("hybrid", units=2, filters=3, widths=(2, 5))
    separate = shapes("hybrid", units=2, filters=3, widths=(2, 5), shared_embedding=False)
    tables = {path for path in separate if path.endswith("embeddings")}
    assert "embedding/embeddings" in shared
    assert tables == {"embedding_cnn/embeddings", "embedding_lstm/embeddings"}
    assert shared["conv_5/kernel"] == separate["conv_5/kernel"] == (5, EMBEDDING, 3)
    assert shared["probabilities/kernel"] == (2 * 3 + 2 * 2, 2)  # filters of both widths, BiLSTM


def test_separate_tables_feed_their_own_branch() -> None:
    model = architectures.build(
        "hybrid", 13, 2, embedding_size=EMBEDDING, units=2, filters=3, shared_embedding=False
    )
    ids = np.array([[3, 4, 5]], np.int32)
    before = np.asarray(model(ids))
    table = next(w for w in model.weights if w.path == "embedding_cnn/embeddings")
    table.assign(np.asarray(table) + np.linspace(0, 1, 13)[:, None])
    assert np.abs(np.asarray(model(ids)) - before).max() > 1e-6


def test_stacks_have_one_layer_a_level() -> None:
    deep = shapes("gru", units=3, depth=3)
    levels = {path.split("/")[0] for path in deep if path.startswith("gru_")}
    assert levels == {"gru_1", "gru_2", "gru_3"}
    kernels = {path: shape for path, shape in deep.items() if path.endswith("gru_cell/kernel")}
    assert len(kernels) == 6  # both directions
    assert kernels["gru_2/forward_gru/gru_cell/kernel"] == (2 * 3, 3 * 3)


def test_one_direction_has_half_the_features() -> None:
    assert shapes("lstm", units=3)["probabilities/kernel"] == (6, 2)
    one_way = shapes("lstm", units=3, bidirectional=False)
    assert one_way["probabilities/kernel"] == (3, 2)
    assert one_way["lstm_1/lstm_cell/kernel"] == (EMBEDDING, 4 * 3)


def test_last_state_of_one_direction_ignores_nothing_but_padding() -> None:
    model = architectures.build(
        "lstm", 13, 2, embedding_size=4, units=2, bidirectional=False, pooling="last"
    )
    short, long = (np.array([row], np.int32) for row in ([3, 4, 0, 0], [3, 4, 5, 0]))
    assert np.abs(np.asarray(model(short)) - np.asarray(model(long))).max() > 1e-6


def test_second_recurrent_layer_of_cnn_bilstm_has_half_the_units() -> None:
    found = shapes("cnn_bilstm", units=5, filters=3)
    assert found["bilstm_1/forward_lstm/lstm_cell/kernel"] == (3, 4 * 5)
    assert found["bilstm_2/forward_lstm/lstm_cell/kernel"] == (2 * 5, 4 * 2)


LAST = {"bidirectional": False, "pooling": "last", "dropout": 0.0}

# What the posts print for their networks.
COUNTS = [
    ("simple_rnn", 500, LAST | {"onehot": True, "units": 8, "sigmoid": True}, 4_081),
    ("simple_rnn", 500, LAST | {"embedding_size": 16, "units": 8, "sigmoid": True}, 8_209),
    ("lstm", 20_000, LAST | {"embedding_size": 300, "units": 50}, 6_070_302),
    ("flat_hybrid", 6_000, {"shared_embedding": False}, 2_092_201),
    ("flat_hybrid", 6_000, {"valid": True, "dense_units": 300}, 1_798_501),
]


@pytest.mark.parametrize(("name", "vocabulary", "given", "count"), COUNTS)
def test_the_posts_networks_have_their_parameters(
    name: str, vocabulary: int, given: dict[str, object], count: int
) -> None:
    found = architectures.weight_shapes(name, vocabulary, 2, **given)
    assert sum(map(math.prod, found.values())) == count


def test_the_stacked_network_has_its_parameters_before_the_output_layer() -> None:
    given = LAST | {"embedding_size": 32, "units": 32, "depth": 4}
    found = architectures.weight_shapes("simple_rnn", 10_000, 2, **given)
    below = [shape for path, shape in found.items() if not path.startswith("probabilities/")]
    assert sum(map(math.prod, below)) == 328_320


def test_one_score_of_two_classes_is_the_sigmoid() -> None:
    model = architectures.build("gru", 13, 2, embedding_size=4, units=2, sigmoid=True)
    assert model.get_weights()[-2].shape == (4, 1)
    weights = [np.zeros_like(weight) for weight in model.get_weights()]
    weights[-1] += 0.7
    model.set_weights(weights)
    (found,) = np.asarray(model(np.array([[3, 4, 5]], np.int32)))
    second = 1 / (1 + np.exp(-0.7))
    np.testing.assert_allclose(found, [1 - second, second], atol=1e-6)


def test_whole_windows_are_those_of_a_valid_convolution() -> None:
    import keras

    from kosent.architectures import layers

    rng = np.random.default_rng(1)
    x = rng.normal(size=(1, 6, 3)).astype(np.float32)
    theirs = keras.layers.Conv1D(2, 3, padding="valid", activation="relu")
    expected = np.asarray(theirs(x))  # (1, 4, 2)
    source = keras.Input((None, 3)), keras.Input((None,), dtype="bool")
    found = layers.KerasBuilder(0, 2).convolve(layers.Steps(*source), 2, 3, "conv", forward=True)
    model = keras.Model(source, found)
    model.set_weights(theirs.get_weights())
    padded = np.pad(x, [[0, 0], [0, 4], [0, 0]])
    mask = np.arange(10) < np.array([[6], [2], [1], [0], [3]])
    values, windows = map(np.asarray, model([np.repeat(padded, 5, axis=0), mask]))
    assert windows.sum(axis=1).tolist() == [4, 1, 1, 0, 1]
    np.testing.assert_allclose(values[0][windows[0]], expected[0], atol=1e-6)


def test_flat_steps_count_from_the_end() -> None:
    from kosent.architectures import layers

    x = np.arange(1, 9, dtype=np.float32).reshape(2, 4, 1)
    mask = np.array([[True, True, True, False], [True, False, False, False]])
    net, steps = layers.KerasBuilder(0, 2), layers.Steps(x, mask)
    assert np.asarray(net.flatten_from_end(steps, 2)).tolist() == [[3, 2], [5, 0]]
    assert np.asarray(net.flatten_from_end(steps, 5)).tolist() == [
        [3, 2, 1, 0, 0],
        [5, 0, 0, 0, 0],
    ]


@pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru"])
def test_recurrent_dropout_changes_training_and_nothing_else(name: str) -> None:
    from kosent.training.fit import seeded

    def built(share: float) -> keras.Model:
        options = LAST | {"embedding_size": 4, "units": 3, "recurrent_dropout": share}
        with seeded(3):
            return architectures.build(name, 13, 2, **options)

    ids = np.array([[3, 4, 5, 6, 0], [7, 8, 9, 10, 11]], np.int32)
    plain, dropped = built(0.0), built(0.5)
    dropped.set_weights(plain.get_weights())
    expected = np.asarray(plain(ids, training=False))
    np.testing.assert_allclose(np.asarray(dropped(ids, training=False)), expected, atol=1e-6)
    np.testing.assert_allclose(np.asarray(plain(ids, training=True)), expected, atol=1e-6)
    assert np.abs(np.asarray(dropped(ids, training=True)) - expected).max() > 1e-4
    trained = []
    for model in (plain, dropped):
        model.compile("sgd", "sparse_categorical_crossentropy")
        model.train_on_batch(ids, np.array([0, 1]))
        trained.append(model.get_weights())
    assert not all(map(np.allclose, *trained))
