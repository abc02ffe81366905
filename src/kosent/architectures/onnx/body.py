"""A network without its last layer: what it knows of a text, not yet turned to classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnx import GraphProto

FEATURES = "features"


def body(onnx: bytes) -> tuple[bytes, int]:
    """Return a network up to the vector that its last layer reads.

    Args:
        onnx: A file that ``Graph.to_bytes`` wrote.

    Returns:
        The same whose output is ``features``, float32 ``(B, F)``, and ``F``.

    Raises:
        ValueError: If the network has no such layer.
    """
    from onnx import ModelProto, TensorProto, helper

    model = ModelProto()
    model.ParseFromString(onnx)
    graph = model.graph
    layers = [place for place, node in enumerate(graph.node) if node.op_type == "Gemm"]
    if not layers:
        raise ValueError("model.onnx has no last layer")
    last = graph.node[layers[-1]]
    size = _width(graph, last.input[1])
    nodes = [*graph.node[: layers[-1]], helper.make_node("Identity", [last.input[0]], [FEATURES])]
    del graph.node[:], graph.output[:]
    graph.node.extend(nodes)
    graph.output.append(helper.make_tensor_value_info(FEATURES, TensorProto.FLOAT, ["batch", size]))
    return bytes(model.SerializeToString(deterministic=True)), size


def _width(graph: GraphProto, matrix: str) -> int:
    """Return the last axis of a matrix, which is a constant or was one before it became float32."""
    shapes = {each.name: each.dims for each in graph.initializer}
    made_of = {node.output[0]: node.input[0] for node in graph.node}
    while matrix not in shapes:
        matrix = made_of[matrix]
    return int(shapes[matrix][-1])
