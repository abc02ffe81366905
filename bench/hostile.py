"""Hand-made hostile models: each is refused, in seconds, and with little memory.

Each is a copy of a golden model with one thing changed, its manifest signed again as a forger
would. A process of its own loads it, the way that ``kosent.load`` and ``kosent predict`` do.

Run: ``python bench/hostile.py [--every 7]``
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from kosent.support.signed import from_signed_json, sha256, to_json, to_signed_json

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "format-2-gru"
PATIENCE = 30  # seconds until a process is ended

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


NETWORKS: dict[str, Callable[[Path], None]] = {
    "the smallest number by -1": network([*SMALL, node("Div", "b minus", "c"), LAST], **INTS),
    "its rest by -1": network([*SMALL, node("Mod", "b minus", "c"), LAST], **INTS),
    "by 0": network([*SMALL, node("Div", "ids a", "c"), LAST], **INTS),
    "rest by 0": network([*SMALL, node("Mod", "ids a", "c"), LAST], **INTS),
    "by what may be -1": network(
        [*SMALL, node("Max", "a minus", "m"), node("Div", "b m", "c"), LAST], **INTS),
    "a pad of 3.2 GB": network([FLOATS, node("Pad", "f pads", "x")],
        pads=np.array([0, 0, 0, 40_000_000])),
    "a pad below 0": network([FLOATS, node("Pad", "f pads", "x")], pads=np.array([0, -9, 0, 9])),
    "a pad that is computed": network([FLOATS, node("Cast", "ids", "i", to=7),
        node("Pad", "f i", "x")]),
    "doubled 26 times": network(doubled("Concat", 26, axis=1)),
    "one axis for each of 2 million": network(
        [node("Cast", "ids", "i", to=7), node("OneHot", "i depth values", "o"),
         node("ReduceSum", "o last", "x", keepdims=0)],
        depth=np.array([2_000_000]), values=np.array([0, 1], np.float32), last=np.array([2])),
    "a window of 60 million": network(
        [FLOATS, node("Unsqueeze", "f axis", "u"),
         node("Conv", "u w", "v", pads=[30_000_000, 30_000_000]), node("Squeeze", "v axis", "x")],
        w=np.ones((1, 1, 3), np.float32)),
    "a maximum of 60 million": network(
        [FLOATS, node("Unsqueeze", "f axis", "u"),
         node("MaxPool", "u", "v", kernel_shape=[3], pads=[30_000_000, 30_000_000]),
         node("Squeeze", "v axis", "x")]),
    "constants of 40 GB": network(
        [node("Mul", "tall wide", "c"), node("ReduceSum", "c axis", "r", keepdims=1),
         FLOATS, node("ReduceSum", "f axis", "g", keepdims=1), node("Gemm", "g r", "x", transB=1)],
        tall=np.ones((100_000, 1), np.float32), wide=np.ones((1, 100_000), np.float32)),
    "constants doubled 40 times": network(
        [node("Concat", "w w", "w0", axis=0),
         *(node("Concat", f"w{n} w{n}", f"w{n + 1}", axis=0) for n in range(39)),
         FLOATS, node("Mul", "f w39", "x")], w=np.ones(1, np.float32)),
    "squares of squares": network(
        [FLOATS, node("Reshape", "f column", "t0"), node("Reshape", "f row", "r0"),
         *(each for n in range(4) for each in (
             node("Add", f"t{n} r{n}", f"s{n}"), node("Reshape", f"s{n} column", f"t{n + 1}"),
             node("Reshape", f"s{n} row", f"r{n + 1}"))),
         node("Mul", "t4 zero", "x")],
        column=np.array([-1, 1]), row=np.array([1, -1])),
    "100,000 operators": network(doubled("Add", 100_000)),
    "for minutes": network(
        [FLOATS, node("ReduceSum", "f axis", "g", keepdims=1), node("Pad", "g pads", "t"),
         node("Transpose", "t", "r"), node("Add", "t r", "w0"),
         *(node("Gemm", f"w{n} w0", f"w{n + 1}") for n in range(1900)),
         node("Mul", "w1900 zero", "x")],
        pads=np.array([0, 0, 3000, 0])),
    "one matrix 1,900 times": network(
        [FLOATS, node("ReduceSum", "f axis", "g", keepdims=1), node("Mul", "g wide", "w0"),
         *(node("Gemm", f"w{n} square", f"w{n + 1}") for n in range(1900)),
         node("Mul", "w1900 zero", "x")],
        wide=np.ones((1, 4000), np.float32), square=np.ones((4000, 4000), np.float32)),
    "read before it is there": network([node("Add", "f f", "x"), FLOATS]),
    **{operator: network([FLOATS, node(operator, "f shape", "x")], shape=np.array([1, 2**40]))
       for operator in ("ConstantOfShape", "Expand", "Tile", "Range", "Resize", "Loop", "Scan")},
}  # fmt: skip

TOKENIZER = {"name": "sentencepiece", "settings": {"model_file": "card.md"}, "files": []}
DOCUMENTS: dict[str, Callable[[Path], None]] = {
    "a setting that names a file": document("encoder.json", lambda e: e | {"tokenizer": TOKENIZER}),
    "120 MB of probes": document("probes.json", lambda probes: probes * 40_000),
    "probes of a megabyte": document("probes.json", lambda p: [p[0] | {"text": "가" * 10**6}]),
    "a probability of 1e400": document(
        "probes.json", lambda p: [p[0] | {"probabilities": [10**400, 0]}]
    ),
    "63 MB of a manifest": document("manifest.json", lambda m: m | {"x": [0] * 9_000_000}),
    "a manifest of 21 million objects": document(
        "manifest.json", lambda _: b'{"format":"kosent-bundle","a":[' + b"{}," * 21_000_000
    ),
    **{
        f"deep {name}": document(name, lambda _: b'[{"a":' * 10**6)
        for name in FILES
        if name.endswith(".json")
    },
}
PLACES: dict[str, Callable[[Path], None]] = {
    **{f"a pipe for {name}": instead(name, os.mkfifo) for name in FILES},
    **{
        f"{target} for {name}": instead(name, lambda path, to=target: path.symlink_to(to))
        for name in (*FILES, "weights.safetensors")
        for target in ("/dev/zero", "/dev/stdin", "/etc/hostname")
    },
}
HOSTILE = {**NETWORKS, **DOCUMENTS, **PLACES}

LOADING = """
import sys
import kosent
from kosent.models.loading import load_predictor
for load in (kosent.load, load_predictor):
    try:
        load(sys.argv[1])
    except kosent.errors.BundleError:
        continue
    sys.exit("loaded")
print(*(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def tried(name: str, folder: Path) -> tuple[str, float, int]:
    """Load one of them; return what went wrong, and what it took of seconds and megabytes."""
    path = shutil.copytree(GOLDEN, folder / "model")
    HOSTILE[name](path)
    started = time.perf_counter()
    line = [sys.executable, "-c", LOADING, str(path)]
    try:
        ended = subprocess.run(
            line, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return f"{name}: no end", float(PATIENCE), 0
    seconds = time.perf_counter() - started
    if ended.returncode:
        said = ended.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        return f"{name}: exit code {ended.returncode}, {said}", seconds, 0
    return "", seconds, int(ended.stdout) // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="take every so many of them")
    every = parser.parse_args().every
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    found = {}
    for name in list(HOSTILE)[::every]:
        with tempfile.TemporaryDirectory() as folder:
            found[name] = tried(name, Path(folder))
    wrong = [said for said, _, _ in found.values() if said]
    slowest = max(found, key=lambda name: found[name][1])
    largest = max(found, key=lambda name: found[name][2])
    print(*wrong, sep="\n")
    print(
        f"{len(found)} hostile models, {len(found) - len(wrong)} refused; "
        f"longest {found[slowest][1]:.1f} s ({slowest}), most {found[largest][2]:,} MB ({largest})"
    )
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
