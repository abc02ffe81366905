"""Hostile networks: operators, tensors and sizes that ``model.onnx`` may not have."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from hostile_changes import (
    FLOATS,
    INTS,
    LAST,
    SMALL,
    Change,
    content,
    doubled,
    network,
    node,
)

NETWORKS: dict[str, Change] = {
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

OTHER_OPERATORS = (
    *("If", "Optional", "Constant", "SequenceMap", "StringNormalizer", "TfIdfVectorizer"),
    *("Unique", "NonZero", "Compress", "ScatterND", "GatherND", "EyeLike", "Upsample"),
    *(
        "RandomNormal",
        "RandomUniform",
        "Bernoulli",
        "Multinomial",
        "Einsum",
        "MatMulInteger",
        "TopK",
    ),
    *("QuantizeLinear", "DequantizeLinear", "Dropout", "Pow", "Exp", "ConvTranspose", "NonMax"),
)
NETWORKS |= {
    f"operator {name}": network([FLOATS, node(name, "f", "x")]) for name in OTHER_OPERATORS
}


def model(change: Callable[[onnx.ModelProto], object]) -> Change:
    """Change the golden network."""

    def changed(data: bytes) -> bytes:
        found = onnx.load_from_string(data)
        change(found)
        return bytes(found.SerializeToString())

    return content("model.onnx", changed)


def first(found: onnx.ModelProto) -> onnx.TensorProto:
    """Return the first tensor of more than one number."""
    return next(each for each in found.graph.initializer if len(each.raw_data) > 8)


def weights(change: Callable[[np.ndarray], np.ndarray]) -> Change:
    """Change all weights of the golden network."""

    def changed(found: onnx.ModelProto) -> None:
        for each in found.graph.initializer:
            array = numpy_helper.to_array(each)
            if array.dtype == np.float32 and array.size > 8:
                each.CopyFrom(numpy_helper.from_array(change(array), each.name))

    return model(changed)


def external(found: onnx.ModelProto, place: str) -> None:
    tensor = first(found)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=place)


def dimensions(*dims: int) -> Change:
    def changed(found: onnx.ModelProto) -> None:
        del first(found).dims[:]
        first(found).dims.extend(dims)

    return model(changed)


def attribute(name: str, **values: object) -> Callable[[onnx.ModelProto], None]:
    """Give the first recurrent operator an attribute."""

    def changed(found: onnx.ModelProto) -> None:
        operator = next(each for each in found.graph.node if each.op_type in ("GRU", "LSTM"))
        operator.attribute.extend(helper.make_attribute(name, value) for value in values.values())

    return changed


NETWORKS |= {
    "external data": model(lambda found: external(found, "card.md")),
    "external data elsewhere": model(lambda found: external(found, "../../etc/passwd")),
    "external data of a device": model(lambda found: external(found, "/dev/zero")),
    "dimensions of 2**62": dimensions(2**62),
    "dimensions whose product is 0 again": dimensions(2**32, 2**32),
    "a dimension below 0": dimensions(-1),
    "more dimensions than numbers": dimensions(10**9, 4),
    "a thousand dimensions": dimensions(*[1] * 999, 10**7),
    "weights that are no numbers": weights(lambda array: array * np.float32("nan")),
    "weights without end": weights(lambda array: array + np.float32("inf")),
    "weights near the largest number": weights(lambda array: np.sign(array) * np.float32(3e38)),
    "other weights": weights(lambda array: -array[..., ::-1]),
    "weights in float16": weights(lambda array: array.astype(np.float16)),
    "weights in float64": weights(lambda array: array.astype(np.float64)),
    "tensors of strings": model(lambda found: first(found).__setattr__("data_type", 8)),
    "a tensor of no known type": model(lambda found: first(found).__setattr__("data_type", 99)),
    "two tensors of one name": model(
        lambda found: found.graph.initializer.append(found.graph.initializer[0])
    ),
    "a subgraph": model(attribute("body", graph=helper.make_graph([], "inner", [], []))),
    "a tensor in an attribute": model(
        attribute("value", tensor=helper.make_tensor("t", TensorProto.FLOAT, [1], [1.0]))
    ),
    "a hidden size of 2**40": model(attribute("hidden_size", i=2**40)),
    "a direction that is none": model(attribute("direction", s="upwards")),
    "activations that are none": model(attribute("activations", strings=["Boom", "Boom"])),
    "a function": model(lambda found: found.functions.add(name="f", domain="d")),
    "training": model(lambda found: found.training_info.add()),
    "metadata": model(lambda found: found.metadata_props.add(key="a", value="b")),
    "operators of a library": model(
        lambda found: found.graph.node[0].__setattr__("domain", "com.microsoft")
    ),
    "two sets of operators": model(lambda found: found.opset_import.add(domain="", version=17)),
    "a set of operators of a library": model(
        lambda found: found.opset_import[0].__setattr__("domain", "ai.onnx.ml")
    ),
    "operators of tomorrow": model(
        lambda found: found.opset_import[0].__setattr__("version", 2**31)
    ),
    "a format of tomorrow": model(lambda found: found.__setattr__("ir_version", 10**6)),
    "no operators": model(lambda found: found.graph.ClearField("node")),
    "no outputs": model(lambda found: found.graph.ClearField("output")),
    "no inputs": model(lambda found: found.graph.ClearField("input")),
    "two outputs": model(lambda found: found.graph.output.append(found.graph.output[0])),
    "a graph without anything": model(lambda found: found.graph.Clear()),
    "an input of another name": model(lambda found: found.graph.input[0].__setattr__("name", "x")),
    "nothing": content("model.onnx", lambda _: b""),
    "one byte": content("model.onnx", lambda _: b"\x08"),
    "zeros": content("model.onnx", lambda data: bytes(len(data))),
    "text": content("model.onnx", lambda _: b"import os; os.system('id')\n" * 100),
    "a pickle": content("model.onnx", lambda _: b"\x80\x04cposix\nsystem\n(S'id'\ntR."),
    "a length of 2**63": content("model.onnx", lambda data: data + b"\x3a" + b"\xff" * 8 + b"\x7f"),
    "nested messages": content("model.onnx", lambda _: b"\x3a\x80\x01" * 100_000),
    "a network of half the file": content("model.onnx", lambda data: data[: len(data) // 2]),
    "a network twice": content("model.onnx", lambda data: data + data),
}
NETWORKS |= {
    "rows of another number": network(
        [FLOATS, node("ReduceMax", "f", "x", axes=[0], keepdims=1)],
    ),
    "numbers that are none": network(
        [FLOATS, node("Mul", "f huge", "h"), node("Mul", "h huge", "i"), node("Sub", "i i", "x")],
        huge=np.float32(3e38),
    ),
    "a division by what is 0": network([FLOATS, node("Div", "f f", "x")]),
    "a gather far outside": network(
        [node("Add", "ids far", "i"), node("Gather", "w i", "x")],
        far=np.int32(2**30), w=np.ones(4, np.float32)),
    "a gather below 0": network(
        [node("Sub", "ids far", "i"), node("Gather", "w i", "x")],
        far=np.int32(2**30), w=np.ones(4, np.float32)),
    "a slice without end": network(
        [FLOATS, node("Slice", "f begin end", "x")],
        begin=np.array([2**62]), end=np.array([-(2**62)])),
    "a shape of another size": network(
        [FLOATS, node("Reshape", "f shape", "x")], shape=np.array([7, 11, 13])),
    "a shape below 0": network([FLOATS, node("Reshape", "f shape", "x")],
        shape=np.array([-1, -1])),
    "a shape of 2**62": network([FLOATS, node("Reshape", "f shape", "x")],
        shape=np.array([2**62, 4])),
    "a transposition of more": network([FLOATS, node("Transpose", "f", "x", perm=[0, 1, 2, 3])]),
    "a shift by 99": network(
        [node("Cast", "ids", "u", to=12), node("BitShift", "u u", "s", direction="LEFT"),
         node("Cast", "s", "x", to=1)]),
    "a cast to text": network([node("Cast", "ids", "t", to=8), node("Cast", "t", "x", to=1)]),
    "a window of 65,536": network(
        [FLOATS, node("Unsqueeze", "f axis", "u"),
         node("MaxPool", "u", "v", kernel_shape=[65_536], pads=[65_535, 65_536]),
         node("Squeeze", "v axis", "x")]),
    "a window of nothing": network(
        [FLOATS, node("Unsqueeze", "f axis", "u"),
         node("MaxPool", "u", "v", kernel_shape=[0]), node("Squeeze", "v axis", "x")]),
    "one of each of 2**40": network(
        [node("Cast", "ids", "i", to=7), node("OneHot", "i depth values", "o"),
         node("ReduceSum", "o last", "x", keepdims=0)],
        depth=np.array([2**40]), values=np.array([0, 1], np.float32), last=np.array([2])),
    "lengths of a sequence below 0": network(
        [FLOATS, node("Unsqueeze", "f axis", "u"), node("Sub", "one big", "n"),
         node("ReverseSequence", "u n", "v", batch_axis=1, time_axis=0),
         node("Squeeze", "v axis", "x")],
        one=np.array([1]), big=np.array([2**40])),
    "a sum over an axis of 99": network([FLOATS, node("ReduceSum", "f far", "x")],
        far=np.array([99])),
    "matrices of other sizes": network([FLOATS, node("Gemm", "f w", "x")],
        w=np.ones((7, 3), np.float32)),
    "4,000 x 4,000 by themselves": network(
        [FLOATS, node("ReduceSum", "f one", "g", keepdims=1), node("Mul", "g wide", "r"),
         node("Transpose", "r", "c"), node("Gemm", "c r", "s"), node("Gemm", "s s", "t"),
         node("Gemm", "t t", "u"), node("Gemm", "u u", "x")],
        one=np.array([1]), wide=np.ones((1, 4000), np.float32)),
}  # fmt: skip

# Those that only ONNX Runtime refuses, or that show what they are when they run.
RUNNING = (
    "doubled 26 times",
    "one axis for each of 2 million",
    "squares of squares",
    "for minutes",
    "weights near the largest number",
    "other weights",
    "a hidden size of 2**40",
    "a direction that is none",
    "operators of tomorrow",
    "a format of tomorrow",
    "no operators",
    "no outputs",
    "no inputs",
    "two outputs",
    "a graph without anything",
    "an input of another name",
    "rows of another number",
    "numbers that are none",
    "a gather far outside",
    "a gather below 0",
    "a slice without end",
    "a shape of another size",
    "a shape below 0",
    "a shape of 2**62",
    "a transposition of more",
    "a shift by 99",
    "a cast to text",
    "a window of 65,536",
    "a window of nothing",
    "one of each of 2**40",
    "a sum over an axis of 99",
    "matrices of other sizes",
    "4,000 x 4,000 by themselves",
)
