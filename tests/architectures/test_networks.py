"""What one network has and the others have not."""

from __future__ import annotations

import numpy as np

from kosent import architectures

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
