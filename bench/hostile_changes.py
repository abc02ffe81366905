"""Ways to make a hostile model of a golden one, its manifest signed again as a forger would."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from kosent.support.signed import from_signed_json, sha256, to_json, to_signed_json

Change = Callable[[Path], object]

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "format-2-gru"
FILES = ("manifest.json", "card.md", "encoder.json", "model.onnx", "probes.json", "vocab.txt")
SMALLEST = -(2**31)


def sign(path: Path) -> None:
    document = from_signed_json((path / "manifest.json").read_bytes(), "manifest_sha256")
    for name, entry in document["files"].items():
        if (path / name).is_file():
            data = (path / name).read_bytes()
            entry |= {"size": len(data), "sha256": sha256(data)}
    (path / "manifest.json").write_bytes(to_signed_json(document, "manifest_sha256"))


def instead(name: str, put: Callable[[Path], object]) -> Callable[[Path], None]:
    """Put something else in the place of a file."""

    def change(path: Path) -> None:
        (path / name).unlink()
        put(path / name)

    return change


def document(name: str, change: Callable[[Any], Any]) -> Callable[[Path], None]:
    """Change a JSON document."""

    def changed(path: Path) -> None:
        found = change(json.loads((path / name).read_bytes()))
        (path / name).write_bytes(found if isinstance(found, bytes) else to_json(found))
        if name != "manifest.json":
            sign(path)

    return changed


def network(nodes: list[Any], **constants: Any) -> Callable[[Path], None]:
    """Let a network compute ``x`` from ``ids``, and one probability of everything from it."""
    last = [
        helper.make_node("ReduceSum", ["x", "axis"], ["sum"], keepdims=1),
        helper.make_node("Mul", ["sum", "zero"], ["none"]),
        helper.make_node("Concat", ["none", "none"], ["both"], axis=1),
        helper.make_node("Softmax", ["both"], ["probabilities"], axis=-1),
    ]
    constants |= {"axis": np.array([1]), "zero": np.float32(0)}
    face = helper.make_tensor_value_info
    graph = helper.make_graph(
        [*nodes, *last],
        "hostile",
        [face("ids", TensorProto.INT32, ["batch", "length"])],
        [face("probabilities", TensorProto.FLOAT, ["batch", 2])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)

    def change(path: Path) -> None:
        (path / "model.onnx").write_bytes(model.SerializeToString())
        sign(path)

    return change


def node(operator: str, inputs: str, output: str, **attributes: Any) -> Any:
    return helper.make_node(operator, inputs.split(), output.split(), **attributes)


FLOATS = node("Cast", "ids", "f", to=1)
SMALL = [node("Mul", "ids nothing", "a"), node("Add", "a smallest", "b")]
LAST = node("Cast", "c", "x", to=1)
INTS = {"nothing": np.int32(0), "smallest": np.int32(SMALLEST), "minus": np.int32(-1)}


def doubled(operator: str, times: int, **attributes: Any) -> list[Any]:
    names = ["f", *(f"d{number}" for number in range(times - 1)), "x"]
    pairs = pairwise(names)
    return [FLOATS, *(node(operator, f"{a} {a}", b, **attributes) for a, b in pairs)]


def manifest(change: Callable[[Any], Any]) -> Change:
    """Change the manifest, and sign it."""

    def changed(path: Path) -> None:
        document = json.loads((path / "manifest.json").read_bytes())
        del document["manifest_sha256"]
        document = change(document)
        (path / "manifest.json").write_bytes(to_signed_json(document, "manifest_sha256"))

    return changed


def content(name: str, change: Callable[[bytes], bytes]) -> Change:
    """Change the bytes of a file."""

    def changed(path: Path) -> None:
        (path / name).write_bytes(change((path / name).read_bytes()))
        sign(path)

    return changed
