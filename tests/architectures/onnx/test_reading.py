"""Weights read back from an ONNX file, and files that are not what they are said to be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kosent import TextClassifier, architectures, load_pretrained
from kosent.architectures.onnx.graph import to_int8

GOLDEN = Path(__file__).parents[2] / "golden"
OPTIONS = {"embedding_size": 3, "units": 2}


def weights() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    shapes = architectures.weight_shapes("gru", 9, 3, **OPTIONS)
    return {path: rng.normal(size=shape).astype(np.float32) for path, shape in shapes.items()}


def test_the_packaged_model_comes_back_and_is_the_same_in_int8() -> None:
    comes_back(load_pretrained())


def test_a_file_of_an_earlier_version_comes_back_too() -> None:
    """Its graph has other operators and constants, and the same weights in the same order."""
    comes_back(TextClassifier.load(GOLDEN / "format-2-ngram_gru-int8.kosent"))


def comes_back(model: TextClassifier) -> None:
    trained = model.trained_
    design = trained.design
    again = architectures.to_onnx(
        design.name, design.vocabulary_size, 2, trained.weights(), int8=True, **design.options
    )
    read, first = (
        architectures.from_onnx(design.name, design.vocabulary_size, 2, onnx, **design.options)
        for onnx in (again, trained.network.onnx)
    )
    for path, array in first.items():
        rows = slice(int(path == "embedding/embeddings"), None)  # the first is that of padding
        np.testing.assert_allclose(read[path][rows], array[rows], rtol=1e-6, err_msg=path)
    table = first["embedding/embeddings"][1:]
    for each in (table, read["embedding/embeddings"][1:]):
        assert np.array_equal(to_int8(each, 1)[0], to_int8(table, 1)[0])


def test_another_network_is_refused() -> None:
    onnx = architectures.to_onnx("gru", 9, 3, weights(), **OPTIONS)
    for name, options in (("gru", OPTIONS | {"units": 3}), ("lstm", OPTIONS), ("ngrams", {})):
        with pytest.raises(ValueError, match=r"model\.onnx"):
            architectures.from_onnx(name, 9, 3, onnx, **options)


def test_the_last_layer_stays_float32_in_int8() -> None:
    """Columns of a layer that was solved for features of different size differ as much."""
    given = weights()
    given["probabilities/kernel"][0] *= 1e-4
    onnx = architectures.to_onnx("gru", 9, 3, given, int8=True, **OPTIONS)
    read = architectures.from_onnx("gru", 9, 3, onnx, **OPTIONS)
    assert np.array_equal(read["probabilities/kernel"], given["probabilities/kernel"])
    assert not np.array_equal(read["embedding/embeddings"], given["embedding/embeddings"])
