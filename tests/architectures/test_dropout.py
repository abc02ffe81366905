"""Where each network drops values at training: nothing of a trained network tells it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kosent import architectures

SHARE = 0.375  # as a float exactly
BOTH = {"backward_lstm", "forward_lstm"}
EMBEDDED = {"embedding_dropout", "features_dropout"}
PLACES: list[tuple[str, str, dict[str, Any], set[str]]] = [
    ("lstm", "dropout", {}, EMBEDDED),
    ("lstm", "dropout", {"depth": 2}, EMBEDDED | {"dropout_2"}),
    ("lstm", "dropout", {"onehot": True}, {"features_dropout"}),
    ("lstm", "input_dropout", {}, BOTH),
    ("lstm", "input_dropout", {"depth": 2}, BOTH),
    ("lstm", "input_dropout", {"bidirectional": False}, {"lstm_1"}),
    ("gru", "dropout", {}, EMBEDDED),
    ("gru", "input_dropout", {}, {"backward_gru", "forward_gru"}),
    ("simple_rnn", "dropout", {}, EMBEDDED),
    ("simple_rnn", "input_dropout", {}, {"backward_simple_rnn", "forward_simple_rnn"}),
    ("hybrid", "dropout", {}, EMBEDDED),
    (
        *("hybrid", "dropout", {"shared_embedding": False}),
        {"embedding_cnn_dropout", "embedding_lstm_dropout", "features_dropout"},
    ),
    ("cnn_bilstm", "dropout", {}, {"embedding_dropout", "dropout_2", "features_dropout"}),
    (
        "cnn_bilstm",
        "dropout",
        {"plain_dropout": True},
        {"dropout_1", "dropout_2"},
    ),
    ("flat_hybrid", "dropout", {}, {"embedding_values_dropout"}),
    ("flat_hybrid", "dense_dropout", {"dense_units": 3}, {"dense_dropout"}),
    ("ngrams", "dropout", {"embedding_size": 3}, {"features_dropout"}),
    ("ngram_gru", "dropout", {}, EMBEDDED),
    ("vectors", "dropout", {}, {"features_dropout"}),
]


def shares(model: Any) -> dict[str, float]:
    """Return what each layer drops; a cell is inside its layer, which tells it what it drops."""
    layers = [each for each in model._flatten_layers() if not each.name.endswith("_cell")]
    found = {each.name: getattr(each, "rate", getattr(each, "dropout", 0)) for each in layers}
    return {name: share for name, share in found.items() if isinstance(share, float) and share}


@pytest.mark.parametrize(("network", "option", "more", "places"), PLACES)
def test_where_a_share_is_dropped(
    network: str,
    option: str,
    more: dict[str, Any],
    places: set[str],
    tiny_networks: dict[str, dict[str, Any]],
) -> None:
    names = [name for name in architectures.options(network) if name in SHARES]
    options = tiny_networks[network] | dict.fromkeys(names, 0.0) | more
    assert not shares(architectures.build(network, 13, 2, **options))
    model = architectures.build(network, 13, 2, **options | {option: SHARE})
    found = shares(model)
    assert found == dict.fromkeys(places, SHARE)
    for weight in model.trainable_weights:  # no unit of relu is silent, whatever was drawn
        weight.assign(np.abs(weight) + 0.1)
    ids = np.full((8, 9), 3, np.int32)
    twice = [np.asarray(model(ids, training=True)) for _ in range(2)]
    assert not np.array_equal(*twice)


SHARES = {"dropout", "input_dropout", "dense_dropout"}


def test_every_share_is_in_the_table(tiny_networks: dict[str, dict[str, Any]]) -> None:
    declared = {
        (network, option)
        for network in tiny_networks
        for option in architectures.options(network)
        if option in SHARES
    }
    assert declared == {(network, option) for network, option, _, _ in PLACES}
