from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kosent import architectures
from kosent.errors import UsageError

ACCEPTED = [
    ("lstm", {"units": 1, "dropout": 0, "depth": 32}),
    ("gru", {"units": np.int64(3), "dropout": np.float32(0.5), "pooling": "last"}),
    ("hybrid", {"widths": [1, 5], "shared_embedding": False}),
    ("cnn_bilstm", {"pool_size": 10_000}),
]
REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("lstm", {"units": 0}),
    ("lstm", {"units": "64"}),
    ("lstm", {"units": 2.0}),
    ("lstm", {"units": True}),
    ("lstm", {"units": None}),
    ("lstm", {"units": 10**9}),
    ("lstm", {"depth": 33}),
    ("lstm", {"dropout": 1.0}),
    ("lstm", {"dropout": -0.1}),
    ("lstm", {"dropout": float("nan")}),
    ("lstm", {"dropout": "0.5"}),
    ("lstm", {"dropout": False}),
    ("gru", {"bidirectional": 1}),
    ("gru", {"pooling": "sum"}),
    ("gru", {"pooling": ["max"]}),
    ("hybrid", {"widths": 3}),
    ("hybrid", {"widths": []}),
    ("hybrid", {"widths": "234"}),
    ("hybrid", {"widths": [2, 2]}),
    ("hybrid", {"widths": [2, -3]}),
    ("hybrid", {"widths": list(range(1, 40))}),
    ("cnn_bilstm", {"pool_size": 10**8}),
]


@pytest.mark.parametrize(("name", "given"), ACCEPTED)
def test_good_values_pass(name: str, given: dict[str, Any]) -> None:
    architectures.check(name, given)


@pytest.mark.parametrize(("name", "given"), REFUSED)
def test_bad_values_are_refused_by_name(name: str, given: dict[str, Any]) -> None:
    (option,) = given
    with pytest.raises(UsageError, match=f"{option} must be") as caught:
        architectures.build(name, 10, 2, **given)
    assert repr(given[option]) in caught.value.korean


def test_numbers_of_numpy_build_the_same_network() -> None:
    given = {"units": np.int64(3), "dropout": np.float32(0.5), "bidirectional": False}
    found = architectures.weight_shapes("lstm", 10, 2, **given)
    assert found == architectures.weight_shapes("lstm", 10, 2, units=3, bidirectional=False)
    widths = [np.int64(2), np.int64(3)]
    assert "conv_3/kernel" in architectures.weight_shapes("hybrid", 10, 2, widths=widths)


@pytest.mark.parametrize("name", architectures.ARCHITECTURES)
def test_defaults_pass(name: str) -> None:
    architectures.check(name, architectures.options(name))


def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean 'hybrid'"):
        architectures.check("hybird", {})
    with pytest.raises(UsageError, match="cnn_bilstm, flat_hybrid, gru, hybrid, lstm"):
        architectures.options(["lstm"])  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"option of model 'lstm'.*Did you mean 'units'"):
        architectures.build("lstm", 10, 2, unit=3)


def test_shapes_are_those_of_the_network_and_cost_no_memory() -> None:
    given = {"embedding_size": 4, "units": 3, "filters": 2}
    model = architectures.build("hybrid", 11, 3, **given)
    expected = {weight.path: tuple(weight.shape) for weight in model.weights}
    assert architectures.weight_shapes("hybrid", 11, 3, **given) == expected
    huge = architectures.weight_shapes("lstm", 10**9, 2, units=10_000)  # 500 GB of weights
    assert huge["embedding/embeddings"] == (10**9, 128)


@pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru", "flat_hybrid"])
def test_relu_in_a_recurrent_layer_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(UsageError, match=r"does not bound the state.*NaN"):
        architectures.check(name, {"activation": "relu"})
    with pytest.raises(UsageError, match=f"option of model '{name}'"):
        architectures.check(name, {"activation": "selu"})


def test_a_layer_may_be_left_out_but_not_negative() -> None:
    architectures.check("flat_hybrid", {"dense_units": 0})
    with pytest.raises(UsageError, match="dense_units must be a whole number from 0 to"):
        architectures.check("flat_hybrid", {"dense_units": -1})
