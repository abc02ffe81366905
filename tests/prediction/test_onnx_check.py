"""A network is handed to ONNX Runtime only when it is one that kosent could have written."""

from __future__ import annotations

import importlib
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from kosent.errors import BundleError
from kosent.prediction import arena
from kosent.prediction.network import Network
from kosent.prediction.onnx_check import OPERATORS, check_onnx
from kosent.prediction.trial import on_trial

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the module of hostile networks."""
    monkeypatch.syspath_prepend(GOLDEN.parents[1] / "bench")
    return importlib.import_module("hostile_networks")


@pytest.fixture
def good() -> bytes:
    return (GOLDEN / "format-2-gru" / "model.onnx").read_bytes()


def changed(data: bytes, change: Callable[[onnx.ModelProto], object]) -> bytes:
    model = onnx.load_from_string(data)
    change(model)
    return bytes(model.SerializeToString())


def outside(model: onnx.ModelProto) -> None:
    tensor = model.graph.initializer[-1]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")


def custom(model: onnx.ModelProto) -> None:
    model.graph.node[0].domain = "com.microsoft"


def other_library(model: onnx.ModelProto) -> None:
    model.opset_import.append(helper.make_opsetid("ai.onnx.contrib", 1))


def unknown_operator(model: onnx.ModelProto) -> None:
    model.graph.node[0].op_type = "Loop"


def subgraph(model: onnx.ModelProto) -> None:
    inner = helper.make_graph([], "inner", [], [])
    model.graph.node[0].attribute.append(helper.make_attribute("body", inner))


def function(model: onnx.ModelProto) -> None:
    model.functions.append(helper.make_function("kosent", "f", [], [], [], []))


def tensor_attribute(model: onnx.ModelProto) -> None:
    model.graph.node[0].attribute.append(
        helper.make_attribute("value", helper.make_tensor("t", TensorProto.FLOAT, [1], [1.0]))
    )


def not_finite(model: onnx.ModelProto) -> None:
    tensor = next(t for t in model.graph.initializer if t.data_type == TensorProto.FLOAT)
    values = np.frombuffer(tensor.raw_data, np.float32).copy()
    values.flat[0] = np.nan
    tensor.raw_data = values.tobytes()


def shorter(model: onnx.ModelProto) -> None:
    tensor = max(model.graph.initializer, key=lambda t: len(t.raw_data))
    tensor.raw_data = tensor.raw_data[:-4]


def huge(model: onnx.ModelProto) -> None:
    model.graph.initializer[0].dims[:] = [2**40, 2**40]


def strings(model: onnx.ModelProto) -> None:
    model.graph.initializer.append(helper.make_tensor("s", TensorProto.STRING, [1], [b"x"]))


def no_graph(model: onnx.ModelProto) -> None:
    model.ClearField("graph")


def test_what_kosent_writes_is_accepted(good: bytes) -> None:
    check_onnx(good)
    assert {node.op_type for node in onnx.load_from_string(good).graph.node} <= OPERATORS


@pytest.mark.parametrize(
    "change",
    [
        outside,
        custom,
        other_library,
        unknown_operator,
        subgraph,
        function,
        tensor_attribute,
        not_finite,
        shorter,
        huge,
        strings,
        no_graph,
    ],
)
def test_what_kosent_never_writes_is_refused(
    good: bytes, change: Callable[[onnx.ModelProto], object]
) -> None:
    with pytest.raises(ValueError, match=r"model\.onnx"):
        check_onnx(changed(good, change))


def test_hostile_networks_are_refused_before_they_run(tmp_path: Path, hostile: Any) -> None:
    networks = hostile.NETWORKS
    for name in networks.keys() - set(hostile.RUNNING):
        folder = shutil.copytree(GOLDEN / "format-2-gru", tmp_path / name)
        networks[name](folder)
        with pytest.raises(ValueError, match=r"model\.onnx"):
            check_onnx((folder / "model.onnx").read_bytes())


def test_what_needs_too_much_memory_or_time_fails(tmp_path: Path, hostile: Any) -> None:
    few = np.ones((20, 30), np.int32)
    # Four bytes for each of two million axes; a little more than what there is.
    much = np.ones((1, int(1.2 * arena.largest_arena() / 8e6)), np.int32)
    for name, ids, patience in (
        ("one axis for each of 2 million", much, 60.0),
        ("squares of squares", few, 60.0),
        ("for minutes", few, 0.1),
    ):
        folder = shutil.copytree(GOLDEN / "format-2-gru", tmp_path / name)
        hostile.NETWORKS[name](folder)
        network = Network((folder / "model.onnx").read_bytes(), 2)
        with on_trial(patience), pytest.raises(BundleError, match=r"model\.onnx"):
            network(ids)


def test_a_file_cut_anywhere_is_refused(good: bytes) -> None:
    for end in range(len(good)):
        with pytest.raises(ValueError, match=r"model\.onnx"):
            check_onnx(good[:end])


def test_random_bytes_never_crash(good: bytes) -> None:
    rng = random.Random(4)  # noqa: S311
    refused = 0
    for _ in range(2000):
        broken = bytearray(good)
        for _ in range(rng.randrange(1, 6)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        try:
            check_onnx(bytes(broken))
        except ValueError:
            refused += 1
    assert refused > 500
    for size in (0, 1, 9, 1000):
        try:
            check_onnx(rng.randbytes(size))
        except ValueError:
            refused += 1


def test_constants_joined_again_and_again_are_refused(good: bytes) -> None:
    """Laid out anew and joined a few times they are a matrix; thirty times they fill the memory."""

    def joined(times: int) -> bytes:
        def change(model: onnx.ModelProto) -> None:
            name = max(model.graph.initializer, key=lambda each: len(each.raw_data)).name
            for number in range(times):
                node = helper.make_node("Concat", [name, name], [f"j{number}"], axis=0)
                model.graph.node.append(node)
                name = f"j{number}"

        return changed(good, change)

    check_onnx(joined(2))
    with pytest.raises(ValueError, match="again and again"):
        check_onnx(joined(30))


def test_other_rows_than_those_asked_for_are_an_error(tmp_path: Path, hostile: Any) -> None:
    folder = shutil.copytree(GOLDEN / "format-2-gru", tmp_path / "model")
    hostile.NETWORKS["a slice without end"](folder)
    network = Network((folder / "model.onnx").read_bytes(), 2)
    with pytest.raises(BundleError, match=r"\(0, 2\), not \(20, 2\)"):
        network(np.ones((20, 30), np.int32))


@pytest.fixture
def hungry(tmp_path: Path, hostile: Any, monkeypatch: pytest.MonkeyPatch) -> Network:
    """Return a network that takes 8 KB for each id, beside weights of 8 MB and with little room."""
    for name, value in (("_BASE", 2**20), ("_A_THREAD", 0), ("_ROOM", 0), ("_left", 0)):
        monkeypatch.setattr(arena, name, value)
    folder = shutil.copytree(GOLDEN / "format-2-gru", tmp_path / "model")
    hostile.network(
        [
            *(hostile.FLOATS, hostile.node("Gather", "w ids", "v", axis=0)),
            hostile.node("ReduceMax", "v", "m", axes=[2], keepdims=0),
            hostile.node("Add", "m f", "x"),
        ],
        w=np.random.default_rng(0).random((1000, 2000)).astype(np.float32),
    )(folder)
    return Network((folder / "model.onnx").read_bytes(), 2)


def test_memory_is_bounded_beside_many_weights(hungry: Network) -> None:
    """ONNX Runtime has no bound at all where weights are more than what it is given."""
    assert hungry(np.ones((1, 10), np.int32)).shape == (1, 2)
    with pytest.raises(BundleError, match="bfc_arena"):
        hungry(np.ones((1, 4000), np.int32))  # 32 MB


def test_a_batch_that_takes_too_much_memory_is_halved(hungry: Network) -> None:
    """A network that pads inside, as that of a post does, needs more than its ids let expect."""
    ids = np.random.default_rng(1).integers(0, 1000, (21, 400), np.int32)  # 67 MB, one row 3
    found = hungry(ids)
    assert hungry._rows < 21
    assert found.tolist() == [hungry(row[None])[0].tolist() for row in ids]


def test_a_trial_is_of_all_networks_together(tmp_path: Path, hostile: Any) -> None:
    folder = shutil.copytree(GOLDEN / "format-2-gru", tmp_path / "model")
    hostile.NETWORKS["for minutes"](folder)
    slow, few = (folder / "model.onnx").read_bytes(), np.ones((20, 30), np.int32)
    with on_trial(0.1), on_trial(3600):
        for _ in range(2):
            with pytest.raises(BundleError, match=r"model\.onnx"):
                Network(slow, 2)(few)
