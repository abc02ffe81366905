"""An ONNX graph under construction: nodes, constants, and weights, checked as they are used.

The ``onnx`` package is needed to write a graph, never to run one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.architectures.onnx.packing import Array, pack

IDS = "ids"
PROBABILITIES = "probabilities"

FLOAT, INT32, INT64 = 1, 6, 7  # onnx.TensorProto's numbers
# As of 2022: nothing newer is needed, and the older the format, the more runtimes read it.
OPSET = 17
IR_VERSION = 8
UNFOLDED = 2**18  # numbers of a table that is made float32 once: 1 MB, and five operators less
NARROW = 4  # values of a row for which a float32 scale of its own would double its size


class Tensor(NamedTuple):
    """A value in the graph.

    Attributes:
        name: Its name there.
        size: Size of its last axis.
    """

    name: str
    size: int


class Graph:
    """Collects the nodes of a network and hands its weights out.

    Args:
        weights: float32 arrays by the path that Keras gives them.
        vocabulary_size: Number of token ids.
        classes: Number of classes.
        int8: Store matrices as int8 with a float32 scale for each row; they are computed with
            as float32 again.
    """

    def __init__(
        self,
        weights: Mapping[str, Array],
        vocabulary_size: int,
        classes: int,
        *,
        int8: bool = False,
    ) -> None:
        self.vocabulary_size = vocabulary_size
        self.classes = classes
        self.int8 = int8
        self._weights = dict(weights)
        self._used: set[str] = set()
        self._nodes: list[Any] = []
        self._initializers: list[Any] = []

    def weight(self, path: str, *shape: int) -> Array:
        """Return a trained weight.

        Args:
            path: Its Keras path.
            *shape: The shape that the network's options ask for.

        Raises:
            ValueError: If there is no such weight, or it has another shape.
        """
        array = self._weights.get(path)
        if array is None or array.shape != shape:
            received = "none" if array is None else array.shape
            raise ValueError(f"the weights do not fit the network: {path} is {received}")
        self._used.add(path)
        return array

    def constant(self, value: Any, kind: type[np.generic]) -> str:
        """Add a constant and return its name."""
        from onnx import numpy_helper

        name = f"c{len(self._initializers)}"
        array = np.ascontiguousarray(value, dtype=kind)
        self._initializers.append(numpy_helper.from_array(array.reshape(np.shape(value)), name))
        return name

    def matrix(self, value: Array, leading: int = 1, *, exact: bool = False) -> str:
        """Add a large constant, int8 where the graph asks for it, and return the float32 value.

        Args:
            value: float32 of any shape.
            leading: The first axes, whose every entry gets a scale of its own.
            exact: Leave it float32 in any case.
        """
        if exact or not self.int8:
            return self.constant(value, np.float32)
        rows, scales = self.reduced(value, leading)
        return self.node("Mul", self.node("Cast", rows, to=FLOAT), scales)

    def embeddings(self, table: Array, ids: str) -> str:
        """Look up rows of a table as :meth:`rows` does, and zeros for id 0."""
        zeroed = np.array(table)
        zeroed[0] = 0
        return self.rows(zeroed, ids)

    def rows(self, table: Array, ids: str) -> str:
        """Look up rows of a table: ``(V, E)`` and int32 ``(B, T)`` to ``(B, T, E)``."""
        if table.shape[1] == 1:
            return self._numbers(table, ids)
        if not self.int8:
            return self.node("Gather", self.constant(table, np.float32), ids, axis=0)
        if table.size <= UNFOLDED and table.shape[1] > NARROW:
            return self.node("Gather", self.matrix(table), ids, axis=0)
        narrow = table.shape[1] <= NARROW
        rows, scales = self.reduced(table, 0 if narrow else 1)  # (V, E), (V, 1) or (1, 1)
        floats = self.node("Cast", self.node("Gather", rows, ids, axis=0), to=FLOAT)
        if narrow:
            return self.node("Mul", floats, scales)
        return self.node("Mul", floats, self.node("Gather", scales, ids, axis=0))  # (B, T, 1)

    def _numbers(self, table: Array, ids: str) -> str:
        """Look up rows of one number: of 4 MB in a quarter of the time that Gather takes."""
        data = np.asarray(table).reshape(1, -1)
        flat = self.node("Reshape", ids, self.constant([1, -1], np.int64))
        if self.int8:
            rows, scales = self.reduced(data, 0)
            found = self.node("GatherElements", rows, flat, axis=1)
            found = self.node("Mul", self.node("Cast", found, to=FLOAT), scales)
        else:
            found = self.node("GatherElements", self.constant(data, np.float32), flat, axis=1)
        found = self.node("Reshape", found, self.node("Shape", ids))
        return self.node("Unsqueeze", found, self.constant([-1], np.int64))

    def packed(self, table: Array) -> tuple[str, str, str]:
        """Add a table ``(V, E)`` in four bits; return the names of its places, codes and scales."""
        packed = pack(table)
        return (
            self.constant(packed.places, np.int32),
            self.constant(packed.codes, np.uint8),
            self.constant(packed.scales, np.float32),
        )

    def reduced(self, value: Array, leading: int) -> tuple[str, str]:
        """Add a matrix as int8, and its scales; return the names of both.

        Args:
            value: float32 of any shape.
            leading: The first axes, whose every entry gets a scale of its own.
        """
        rows, scales = to_int8(value, leading)
        scales = scales if leading else scales[0]
        return self.constant(rows, np.int8), self.constant(scales, np.float32)

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add an operator and return the name of its first output."""
        return self.nodes(operator, 1, *inputs, **attributes)[0]

    def nodes(self, operator: str, outputs: int, *inputs: str, **attributes: Any) -> list[str]:
        """Add an operator and return the names of its outputs."""
        from onnx import helper

        number = len(self._nodes)
        names = [f"n{number}_{place}" for place in range(outputs)]
        self._nodes.append(helper.make_node(operator, list(inputs), names, **attributes))
        return names

    def to_bytes(self, probabilities: Tensor) -> bytes:
        """Return the finished graph as an ONNX file, the same bytes for the same weights.

        Args:
            probabilities: float32 ``(B, classes)``.

        Raises:
            ValueError: If a weight was left over.
        """
        from onnx import TensorProto, helper

        left = sorted(set(self._weights) - self._used)
        if left:
            raise ValueError(f"the weights do not fit the network: {left[0]} is left over")
        nodes = [*self._nodes, helper.make_node("Identity", [probabilities.name], [PROBABILITIES])]
        graph = helper.make_graph(
            nodes,
            "kosent",
            [helper.make_tensor_value_info(IDS, TensorProto.INT32, ["batch", "length"])],
            [
                helper.make_tensor_value_info(
                    PROBABILITIES, TensorProto.FLOAT, ["batch", probabilities.size]
                )
            ],
            initializer=self._initializers,
        )
        opset = helper.make_opsetid("", OPSET)
        model = helper.make_model(
            graph, producer_name="kosent", opset_imports=[opset], ir_version=IR_VERSION
        )
        return bytes(model.SerializeToString(deterministic=True))


def to_int8(values: Array, leading: int) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Round to 127 steps on either side of zero, as far as the largest value goes.

    Args:
        values: float32 of any shape.
        leading: The first axes, whose every entry gets a scale of its own.

    Returns:
        int8 of the same shape, and float32 scales of the same number of axes; their product is
        within half a step of ``values``.
    """
    values = np.asarray(values, np.float32)
    rest = tuple(range(leading, values.ndim))
    scales = np.abs(values).max(axis=rest, keepdims=True, initial=0) / np.float32(127)
    scales = np.where(scales > 0, scales, 1).astype(np.float32)
    return np.rint(values / scales).astype(np.int8), scales
