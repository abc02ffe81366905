"""Tables in four bits: near what they were, the same ever after, and no larger than need be."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime as ort
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent import architectures
from kosent.architectures.onnx.packing import Packed, pack, unpack


def table(rows: int, size: int, seed: int = 0) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.random.default_rng(seed).normal(0, 0.4, (rows, size)).astype(np.float32)


@pytest.mark.parametrize("size", [1, 2, 3, 256, 257, 512, 515])
def test_numbers_are_within_half_a_step(size: int) -> None:
    before = table(20, size)
    packed = pack(before)
    after = unpack(packed, size)
    assert after.shape == before.shape
    half = 0.5001 * packed.scales.max(axis=1, keepdims=True)
    assert (np.abs(after - before) <= half).all()


@given(st.integers(1, 600), st.integers(0, 2**32 - 1), st.floats(1e-30, 1e30))
def test_what_was_packed_is_packed_to_the_same_bytes(size: int, seed: int, factor: float) -> None:
    packed = pack(table(5, size, seed) * np.float32(factor))
    again = pack(unpack(packed, size))
    for one, other in zip(packed, again, strict=True):
        assert one.dtype == other.dtype
        assert one.tobytes() == other.tobytes()


def test_equal_rows_are_stored_once() -> None:
    different = table(3, 8)
    packed = pack(different[[0, 1, 0, 2, 1]])
    assert packed.places.tolist() == [0, 1, 0, 2, 1]
    assert packed.codes.shape == (3, 4)


def test_zeros_stay_zeros() -> None:
    rows = table(3, 8)
    rows[1] = 0
    packed = pack(rows)
    assert packed.scales[1].tolist() == [0]
    assert not unpack(packed, 8)[1].any()


@pytest.mark.parametrize("size", [3, 512, 514])
def test_a_network_in_four_bits_and_the_way_back(size: int) -> None:
    """The weights that are read from it are those it computes with, and give it again."""
    vectors = table(11, size)
    vectors[[1, 4]] = 0
    weights = {
        "vectors/embeddings": vectors,
        "probabilities/kernel": table(2 * size, 3),
        "probabilities/bias": table(1, 3)[0],
    }
    options: dict[str, Any] = {"embedding_size": size}
    written = architectures.to_onnx("vectors", 11, 3, weights, int8=True, **options)
    found = architectures.from_onnx("vectors", 11, 3, written, **options)
    assert found["vectors/embeddings"].tobytes() == unpack(pack(vectors), size).tobytes()
    assert architectures.to_onnx("vectors", 11, 3, found, int8=True, **options) == written
    plain = architectures.to_onnx("vectors", 11, 3, found, **options)
    ids = np.random.default_rng(1).integers(0, 11, (30, 9), np.int32)
    one, other = (
        ort.InferenceSession(each).run(None, {"ids": ids})[0] for each in (written, plain)
    )
    assert np.abs(one - other).max() < 1e-5


@pytest.mark.parametrize("int8", [False, True])
def test_tokens_without_a_vector_are_left_out(int8: bool) -> None:
    vectors = table(6, 4) - 3  # below zero: what is not left out is the maximum
    vectors[1] = 0
    weights = {
        "vectors/embeddings": vectors,
        "probabilities/kernel": table(8, 2),
        "probabilities/bias": table(1, 2)[0],
    }
    written = architectures.to_onnx("vectors", 6, 2, weights, int8=int8, embedding_size=4)
    session = ort.InferenceSession(written)

    def answer(*ids: int) -> Any:
        return session.run(None, {"ids": np.array([ids], np.int32)})[0][0]

    np.testing.assert_array_equal(answer(3, 1, 5, 1), answer(3, 5, 0, 0))
    bias = np.exp(weights["probabilities/bias"])
    np.testing.assert_allclose(answer(1, 1), bias / bias.sum(), atol=1e-6)
    np.testing.assert_array_equal(answer(1, 1), answer(0))


def test_a_table_of_codes_alone() -> None:
    packed = Packed(
        np.array([0], np.int32), np.array([[0x9F]], np.uint8), np.ones((1, 1), np.float32)
    )
    assert unpack(packed, 2).tolist() == [[7.0, 1.0]]
