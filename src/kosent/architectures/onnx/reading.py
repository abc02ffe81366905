"""The way back: the weights of a network from its ONNX form.

A model reduced to int8 has no other weights. Nothing of how the pieces lay their weights out is
written twice: the network is laid once more with a number in the place of each value, and where a
number ends up in the file, there its value stands.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.architectures.onnx.graph import Graph
from kosent.architectures.onnx.packing import Array, Packed, unpack


class Reader(Graph):
    """A graph that reads from a file what others write to it.

    Args:
        onnx: A file that ``Graph.to_bytes`` wrote.
        vocabulary_size: Number of token ids.
        classes: Number of classes.
    """

    def __init__(self, onnx: bytes, vocabulary_size: int, classes: int) -> None:
        self._stored = _constants(onnx)
        reduced = any(each.dtype in (np.int8, np.uint8) for each in self._stored.values())
        super().__init__({}, vocabulary_size, classes, int8=reduced)
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._size = 0
        self._found: list[tuple[Array, Array]] = []  # numbers, and the values that have them

    def weight(self, path: str, *shape: int) -> Array:
        """Return numbers in the place of a weight; 0 is none."""
        first = 1 + self._size
        self._shapes[path] = shape
        self._size += int(np.prod(shape))
        kind = np.int32 if self._size < 2**31 - 1 else np.int64  # half the memory
        return np.arange(first, 1 + self._size, dtype=kind).reshape(shape)

    def constant(self, value: Any, kind: type[np.generic]) -> str:
        """Find the values of numbers; of what is no weight only the place counts."""
        del kind
        stored = self._next()
        if isinstance(value, np.ndarray):
            self._note(value, stored)
        return ""

    def matrix(self, value: Array, leading: int = 1, *, exact: bool = False) -> str:
        """Find a large constant, of which the file says itself whether it is int8."""
        del leading, exact
        self._note(value, self._whole())
        return ""

    def rows(self, table: Array, ids: str) -> str:
        """Find a table."""
        del ids
        self._note(table, self._whole())
        return ""

    def packed(self, table: Array) -> tuple[str, str, str]:
        """Find a table in four bits."""
        places, codes, scales = self._next(), self._next(), self._next()
        self._note(table, unpack(Packed(places, codes, scales), table.shape[1]))
        return "", "", ""

    def weights(self) -> dict[str, npt.NDArray[np.float32]]:
        """Return the weights of the network that was laid, by path.

        Raises:
            ValueError: If the file is that of another network.
        """
        values = np.full(1 + self._size, np.nan, np.float32)
        for numbers, found in self._found:
            values[numbers.ravel()] = found.ravel()
        if np.isnan(values[1:]).any() or len(self._stored) != len(self._initializers):
            raise ValueError("model.onnx is not the network that it is said to be")
        weights, at = {}, 1
        for path, shape in self._shapes.items():
            size = int(np.prod(shape))
            weights[path] = values[at : at + size].reshape(shape)
            at += size
        return weights

    def _next(self) -> Array:
        """Return the next constant of the file."""
        name = f"c{len(self._initializers)}"
        self._initializers.append(None)
        if name not in self._stored:
            raise ValueError(f"model.onnx has no {name}")
        return self._stored[name]

    def _whole(self) -> Array:
        """Return the next constant as float32; int8 has its scales after it."""
        found = self._next()
        if found.dtype != np.int8:
            return found
        product: Array = found.astype(np.float32) * self._next()
        return product

    def _note(self, numbers: Array, found: Array) -> None:
        if numbers.shape != found.shape:
            raise ValueError(f"model.onnx: {found.shape} in the place of {numbers.shape}")
        self._found.append((numbers, found))


def _constants(onnx: bytes) -> dict[str, Array]:
    from onnx import ModelProto, numpy_helper

    model = ModelProto()
    model.ParseFromString(onnx)
    return {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
