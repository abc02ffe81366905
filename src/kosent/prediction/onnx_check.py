"""What may stand in a ``model.onnx``: exactly what kosent writes, and nothing else.

ONNX Runtime makes no promise for files of strangers: they may name other files to read, operators
of other libraries, or tensors that are shorter than they say. So the file is walked before it is
handed over. Only the outer fields of its protobuf messages are read, which takes 5 ms for 9 MB and
needs no ``onnx`` package.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

# A network that needs another one adds it here.
OPERATORS = frozenset(
    {
        *("Add", "And", "BitShift", "Cast", "Concat", "Conv", "CumSum", "Div", "Equal", "GRU"),
        *("Gather", "Gemm", "Greater", "Identity", "LSTM", "Max", "MaxPool", "Mod", "Mul", "Not"),
        *("OneHot", "Pad", "RNN", "ReduceMax", "ReduceSum", "Relu", "Reshape", "ReverseSequence"),
        *("Sigmoid", "Slice", "Softmax", "Sqrt", "Squeeze", "Sub", "Transpose", "Unsqueeze"),
        "Where",
    }
)

# Field numbers of onnx.proto. A field that is not named here is refused: training_info, functions,
# sparse tensors, subgraphs, external data.
_MODEL = {"ir_version": 1, "producer": 2, "graph": 7, "opset": 8}
_ONE_EACH = ("graph", "opset")
_GRAPH = {"node": 1, "name": 2, "initializer": 5, "input": 11, "output": 12}
_NODE = {"input": 1, "output": 2, "name": 3, "operator": 4, "attribute": 5}
_ATTRIBUTE = {"name": 1, "f": 2, "i": 3, "s": 4, "floats": 7, "ints": 8, "type": 20}
_TENSOR = {"dims": 1, "type": 2, "name": 8, "raw": 9}
_OPSET = {"domain": 1, "version": 2}

# TensorProto.DataType of what a network computes with.
_TYPES: dict[int, np.dtype[Any]] = {
    1: np.dtype("<f4"),
    2: np.dtype("u1"),
    3: np.dtype("i1"),
    6: np.dtype("<i4"),
    7: np.dtype("<i8"),
}

Value = int | memoryview


def check_onnx(data: bytes) -> None:
    """Refuse a file that holds more, or less, than a network written by kosent.

    Args:
        data: The whole file.

    Raises:
        ValueError: If it is damaged, or names external data, custom operators, functions or
            subgraphs, or weights that are not finite numbers.
    """
    try:
        parts = list(_fields(memoryview(data), _MODEL))
        graphs, opsets = ([part for name, part in parts if name == kind] for kind in _ONE_EACH)
        if len(graphs) != 1 or len(opsets) != 1:
            raise ValueError(f"{len(graphs)} graphs and {len(opsets)} operator sets")
        _check_opset(_message(opsets[0]))
        for name, value in _fields(_message(graphs[0]), _GRAPH):
            if name == "node":
                _check_node(_message(value))
            elif name == "initializer":
                _check_tensor(_message(value))
    except (ValueError, IndexError) as error:
        raise ValueError(f"model.onnx: {error}") from error


def _check_opset(message: memoryview) -> None:
    for name, value in _fields(message, _OPSET):
        if name == "domain" and len(_message(value)):
            raise ValueError(f"custom operators of {bytes(_message(value))!r}")


def _check_node(message: memoryview) -> None:
    operators = []
    for name, value in _fields(message, _NODE):
        if name == "operator":
            operators.append(bytes(_message(value)).decode())
        elif name == "attribute":
            for _ in _fields(_message(value), _ATTRIBUTE):
                pass
    if len(operators) != 1 or operators[0] not in OPERATORS:
        raise ValueError(f"operator {operators}")


def _check_tensor(message: memoryview) -> None:
    dims: list[int] = []
    kind = None
    raw: Value = memoryview(b"")
    for name, value in _fields(message, _TENSOR):
        if name == "dims":
            dims += [value] if isinstance(value, int) else _varints(value)
        elif name == "type":
            kind = value
        elif name == "raw":
            raw = _message(value)
    dtype = _TYPES.get(kind) if isinstance(kind, int) else None
    if dtype is None:
        raise ValueError(f"tensor of type {kind}")
    if math.prod(dims) * dtype.itemsize != len(_message(raw)):
        raise ValueError(f"tensor of shape {dims} in {len(_message(raw))} bytes")
    if dtype.kind == "f" and not np.isfinite(np.frombuffer(_message(raw), dtype)).all():
        raise ValueError("weights that are not finite")


def _fields(message: memoryview, known: dict[str, int]) -> Iterator[tuple[str, Value]]:
    """Give name and value of each field of a protobuf message.

    Raises:
        ValueError: If a field is not known, or the message ends in the middle of one.
    """
    names = {number: name for name, number in known.items()}
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        if key >> 3 not in names:
            raise ValueError(f"field {key >> 3} is not allowed beside {', '.join(known)}")
        wire = key & 7
        value: Value
        if wire == 0:
            value, at = _varint(message, at)
        else:
            size = 4
            if wire == 2:
                size, at = _varint(message, at)
            elif wire != 5:
                raise ValueError(f"wire type {wire}")
            if at + size > len(message):
                raise ValueError("cut short")
            value, at = message[at : at + size], at + size
        yield names[key >> 3], value


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at += 1
        shift += 7
        if byte < 128:
            return value, at
        if shift > 63:
            raise ValueError("a number of more than 64 bits")


def _varints(message: memoryview) -> list[int]:
    numbers, at = [], 0
    while at < len(message):
        number, at = _varint(message, at)
        numbers.append(number)
    return numbers


def _message(value: Value) -> memoryview:
    if isinstance(value, int):
        raise ValueError("a number instead of a message")
    return value
