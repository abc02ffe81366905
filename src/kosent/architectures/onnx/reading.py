"""The way back: the weights of a network from its ONNX form.

A model reduced to int8 has no other weights. Nothing of how the pieces lay their weights out is
written twice: the network is laid once more with a number in the place of each value, and where a
number ends up in the file, there its value stands. Files of earlier versions hold the same weights
in the same order between other small constants (axes, bounds), which are passed by.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.architectures.onnx.graph import Graph
from kosent.architectures.onnx.packing import Array, Packed, unpack

_SMALL = 8  # numbers of a constant that may be no weight


class Reader(Graph):
    """A graph that reads from a file what others write to it.

    Args:
        onnx: A file that ``Graph.to_bytes`` wrote.
        vocabulary_size: Number of token ids.
        classes: Number of classes.
    """

    def __init__(self, onnx: bytes, vocabulary_size: int, classes: int) -> None:
        self._stored = _constants(onnx)
        self._at = 0  # how many of them are behind
        reduced = any(each.dtype in (np.int8, np.uint8) for each in self._stored)
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
        """Find the values of numbers; what is no weight is passed by where it comes next."""
        if isinstance(value, np.ndarray):
            self._note(value, self._next(value.shape))
        elif self._at < len(self._stored):
            stored, expected = self._stored[self._at], np.asarray(value, kind)
            self._at += stored.dtype == expected.dtype and np.array_equal(stored, expected)
        return ""

    def matrix(self, value: Array, leading: int = 1, *, exact: bool = False) -> str:
        """Find a large constant, of which the file says itself whether it is int8."""
        del leading, exact
        self._note(value, self._whole(value.shape))
        return ""

    def rows(self, table: Array, ids: str) -> str:
        """Find a table; one of one number a row has been laid down since."""
        del ids
        self._note(table, self._whole(table.shape, table.shape[::-1]).reshape(table.shape))
        return ""

    def embeddings(self, table: Array, ids: str) -> str:
        """Find a table."""
        return self.rows(table, ids)

    def packed(self, table: Array) -> tuple[str, str, str]:
        """Find a table in four bits."""
        places = self._next((len(table),), kinds=(np.int32,))
        codes, scales = self._any(), self._any()
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
        left = self._stored[self._at :]
        if np.isnan(values[1:]).any() or any(each.size > _SMALL for each in left):
            raise ValueError("model.onnx is not the network that it is said to be")
        weights, at = {}, 1
        for path, shape in self._shapes.items():
            size = int(np.prod(shape))
            weights[path] = values[at : at + size].reshape(shape)
            at += size
        return weights

    def _next(
        self, *shapes: tuple[int, ...], kinds: tuple[type[np.generic], ...] = (np.float32, np.int8)
    ) -> Array:
        """Return the next constant of the file that is a weight of one of the shapes."""
        while True:
            stored = self._any()
            if stored.shape in shapes and stored.dtype.type in kinds:
                return stored
            if stored.size > _SMALL:
                raise ValueError(f"model.onnx: {stored.shape} in the place of {shapes[0]}")

    def _any(self) -> Array:
        if self._at == len(self._stored):
            raise ValueError("model.onnx has too few constants")
        self._at += 1
        return self._stored[self._at - 1]

    def _whole(self, *shapes: tuple[int, ...]) -> Array:
        """Return the next weight as float32; int8 has its scales after it."""
        found = self._next(*shapes)
        if found.dtype != np.int8:
            return found
        product: Array = found.astype(np.float32) * self._any()
        return product

    def _note(self, numbers: Array, found: Array) -> None:
        if numbers.shape != found.shape:
            raise ValueError(f"model.onnx: {found.shape} in the place of {numbers.shape}")
        self._found.append((numbers, found))


def _constants(onnx: bytes) -> list[Array]:
    from onnx import ModelProto, numpy_helper

    model = ModelProto()
    model.ParseFromString(onnx)
    return [numpy_helper.to_array(each) for each in model.graph.initializer]
