"""What may stand in a ``model.onnx``: exactly what kosent writes, and nothing else.

ONNX Runtime makes no promise for files of strangers: they may name other files to read, operators
of other libraries, tensors that are shorter than they say, or divisions that end the process. So
the file is walked before it is handed over. Only the outer fields of its protobuf messages are
read, which takes 5 ms for 9 MB and needs no ``onnx`` package. How much memory the operators take
is bounded where they run (``kosent.prediction.network``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

# A network that needs another one adds it here.
OPERATORS = frozenset(
    {
        *("Add", "And", "BitShift", "Cast", "Concat", "Conv", "CumSum", "Div", "Equal", "GRU"),
        *("Gather", "GatherElements", "Gemm", "Greater", "Identity", "LSTM", "MatMul", "Max"),
        *("MaxPool", "Mod", "Mul", "Not", "OneHot", "Pad", "RNN", "ReduceMax", "ReduceSum"),
        *("Relu", "Reshape", "ReverseSequence", "Shape", "Sigmoid", "Slice", "Softmax", "Sqrt"),
        *("Squeeze", "Sub", "Transpose", "Unsqueeze", "Where"),
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

_IDS = "ids"
_MOST_NODES = 2000
# int8 to float32, and a convolution to a matrix; ONNX Runtime computes it when it loads.
_OF_CONSTANTS = ("Cast", "Mul", "Transpose", "Reshape", "Concat")
_FREE_USES = 2**20  # numbers
_LARGEST_SPAN = 2**16  # of a window or what is padded before and after it


class _Node(NamedTuple):
    operator: str
    inputs: list[str]
    outputs: list[str]


class _Constant(NamedTuple):
    """A tensor that is there before any text is.

    Attributes:
        shape: Its shape.
        is_positive: Whether it is one number above 0.
        is_span: Whether all its values are from 0 to the largest span.
    """

    shape: tuple[int, ...]
    is_positive: bool = False
    is_span: bool = False


def check_onnx(data: bytes) -> int:
    """Refuse a file that holds more, or less, than a network written by kosent.

    Args:
        data: The whole file.

    Returns:
        How many numbers ONNX Runtime may hold of its constants: each, what comes of them alone,
        and a copy for each operator that uses it.

    Raises:
        ValueError: If it is damaged, or names external data, custom operators, functions or
            subgraphs, weights that are not finite numbers, divisors that may be none, or much to
            compute with constants alone.
    """
    try:
        parts = list(_fields(memoryview(data), _MODEL))
        graphs, opsets = ([part for name, part in parts if name == kind] for kind in _ONE_EACH)
        if len(graphs) != 1 or len(opsets) != 1:
            raise ValueError(f"{len(graphs)} graphs and {len(opsets)} operator sets")
        _check_opset(_message(opsets[0]))
        graph = list(_fields(_message(graphs[0]), _GRAPH))
        tensors = [_tensor(_message(value)) for name, value in graph if name == "initializer"]
        nodes = [_node(_message(value)) for name, value in graph if name == "node"]
        if len(dict(tensors)) != len(tensors):
            raise ValueError("two tensors of one name")
        return _check_flow(dict(tensors), nodes)
    except (ValueError, IndexError) as error:
        raise ValueError(f"model.onnx: {error}") from error


def _check_opset(message: memoryview) -> None:
    for name, value in _fields(message, _OPSET):
        if name == "domain" and len(_message(value)):
            raise ValueError(f"custom operators of {bytes(_message(value))!r}")


def _check_flow(constants: dict[str, _Constant], nodes: list[_Node]) -> int:
    """Follow what each operator gets, and return how many numbers its constants are.

    An integer division by 0 ends the process, that of the smallest number by -1 as well.
    """
    if len(nodes) > _MOST_NODES:
        raise ValueError(f"{len(nodes)} operators")
    # ONNX Runtime copies a matrix for each operator that uses it. Three are usual: an int8 matrix
    # is cast, scaled and multiplied by.
    most = uses = _FREE_USES + 4 * _numbers(constants.values())
    known = {_IDS, "", *constants}
    positive = {name for name, each in constants.items() if each.is_positive}
    spans = {name for name, each in constants.items() if each.is_span}
    for operator, inputs, outputs in nodes:
        if not known.issuperset(inputs) or not known.isdisjoint(outputs):
            raise ValueError(f"{operator} of {inputs} gives {outputs}")
        known.update(outputs)
        _check_operands(operator, inputs[1:], positive, spans)
        if operator == "Sqrt" or (operator == "Max" and not positive.isdisjoint(inputs)):
            positive.update(outputs)  # a root is a float, which may be divided by anything
        given = [constants[name] for name in inputs if name in constants]
        uses -= _numbers(given)
        if uses < 0:
            raise ValueError("weights that are used again and again")
        if len(given) == len(inputs):
            constants[outputs[0]] = _computed(operator, given)
    return most - uses + _numbers(constants.values())


def _numbers(constants: Iterable[_Constant]) -> int:
    return sum(math.prod(each.shape) for each in constants)


def _check_operands(operator: str, second: list[str], positive: set[str], spans: set[str]) -> None:
    if operator in ("Div", "Mod") and not positive.issuperset(second):
        raise ValueError(f"{operator} by what may be 0 or less")
    if operator == "Pad" and (not second or second[0] not in spans):
        raise ValueError("Pad by what may be too much")


def _computed(operator: str, inputs: list[_Constant]) -> _Constant:
    """Return what comes of constants alone; it may be no larger than they are."""
    if operator in ("Transpose", "Reshape"):
        return _Constant((math.prod(inputs[0].shape),))
    if operator == "Concat":
        return _Constant((sum(math.prod(each.shape) for each in inputs),))
    shape = np.broadcast_shapes(*[each.shape for each in inputs])
    if operator not in _OF_CONSTANTS or math.prod(shape) > max(
        math.prod(each.shape) for each in inputs
    ):
        raise ValueError(f"{operator} of constants alone")
    return _Constant(shape)


def _node(message: memoryview) -> _Node:
    found: dict[str, list[str]] = {"operator": [], "input": [], "output": []}
    for name, value in _fields(message, _NODE):
        if name in found:
            found[name].append(bytes(_message(value)).decode())
        elif name == "attribute":
            _check_attribute(_message(value))
    operators = found["operator"]
    if len(operators) != 1 or operators[0] not in OPERATORS or not found["output"]:
        raise ValueError(f"operator {operators}")
    return _Node(operators[0], found["input"], found["output"])


def _check_attribute(message: memoryview) -> None:
    for name, value in _fields(message, _ATTRIBUTE):
        if name == "ints":
            spans = [value] if isinstance(value, int) else _varints(value)
            if max(spans, default=0) > _LARGEST_SPAN:
                raise ValueError(f"an attribute of {spans}")


def _tensor(message: memoryview) -> tuple[str, _Constant]:
    dims: list[int] = []
    kind = None
    label = ""
    raw: Value = memoryview(b"")
    for name, value in _fields(message, _TENSOR):
        if name == "dims":
            dims += [value] if isinstance(value, int) else _varints(value)
        elif name == "type":
            kind = value
        elif name == "raw":
            raw = _message(value)
        elif name == "name":
            label = bytes(_message(value)).decode()
    return label, _constant(tuple(dims), kind, _message(raw))


def _constant(shape: tuple[int, ...], kind: Value | None, raw: memoryview) -> _Constant:
    dtype = _TYPES.get(kind) if isinstance(kind, int) else None
    if dtype is None:
        raise ValueError(f"tensor of type {kind}")
    if max(shape, default=0) > 2**31 or math.prod(shape) * dtype.itemsize != len(raw):
        raise ValueError(f"tensor of shape {shape} in {len(raw)} bytes")
    values = np.frombuffer(raw, dtype)
    if dtype.kind == "f" and not np.isfinite(values).all():
        raise ValueError("weights that are not finite")
    is_span = dtype == "<i8" and bool(((values >= 0) & (values <= _LARGEST_SPAN)).all())
    return _Constant(shape, values.size == 1 and bool(values[0] > 0), is_span)


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
