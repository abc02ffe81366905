"""The networks: plain functions that return an uncompiled ``keras.Model``.

Each has an ONNX form beside it, which writes the same network from its trained weights, so that
prediction needs no Keras. A network is added by its file and its row in ``ARCHITECTURES`` and in
``ONNX_FORMS``. Keras is imported
when a network is built, not when this table is read, so that listing the names and
refusing a wrong one stay instant (importing TensorFlow takes 2.8 s).
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from kosent.architectures.definition import Network, definition
from kosent.architectures.networks.cnn_bilstm import cnn_bilstm
from kosent.architectures.networks.flat_hybrid import flat_hybrid
from kosent.architectures.networks.hybrid import hybrid
from kosent.architectures.networks.ngram_gru import ngram_gru
from kosent.architectures.networks.ngrams import ngrams
from kosent.architectures.networks.recurrent import gru, lstm, simple_rnn
from kosent.architectures.options import check_options, rules
from kosent.errors import unknown_name
from kosent.support.packages import require
from kosent.support.plain import to_python

if TYPE_CHECKING:
    import keras

__all__ = [
    "ARCHITECTURES",
    "build",
    "check",
    "cnn_bilstm",
    "flat_hybrid",
    "gru",
    "hybrid",
    "lstm",
    "ngram_gru",
    "ngrams",
    "options",
    "scored",
    "simple_rnn",
    "solved",
    "to_onnx",
    "weight_shapes",
]

ARCHITECTURES: dict[str, Network[...]] = {
    "lstm": lstm,
    "gru": gru,
    "hybrid": hybrid,
    "cnn_bilstm": cnn_bilstm,
    "simple_rnn": simple_rnn,
    "flat_hybrid": flat_hybrid,
    "ngrams": ngrams,
    "ngram_gru": ngram_gru,
}


def options(name: str) -> dict[str, Any]:
    """Return the hyper-parameters of a network with their defaults.

    Raises:
        UsageError: If there is no network of that name.
    """
    if name not in list(ARCHITECTURES):  # a list, since a name from a file need not be hashable
        raise unknown_name("신경망", "model", name, ARCHITECTURES)
    parameters = inspect.signature(ARCHITECTURES[name]).parameters.values()
    return {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}


def check(name: str, given: Mapping[str, Any]) -> None:
    """Refuse an unknown network or hyper-parameter before anything heavy is loaded.

    Raises:
        UsageError: If the name, or a key or value of ``given``, is not valid.
    """
    options(name)  # refuses an unknown name
    check_options(name, rules(ARCHITECTURES[name]), given)


def solved(name: str, given: Mapping[str, Any]) -> bool:
    """Tell whether a network is a linear model, which a solver fits, not Keras."""
    return name == "ngrams" and (options(name) | dict(given))["embedding_size"] == 0


def scored(name: str) -> bool:
    """Tell whether a network reads scores of n-grams, which are learned before the rest of it."""
    return name == "ngram_gru"


def build(name: str, vocabulary_size: int, classes: int, **given: Any) -> keras.Model:
    """Build the network of that name.

    Args:
        name: A name in ``ARCHITECTURES``.
        vocabulary_size: Rows of the embedding table.
        classes: Number of classes.
        **given: Hyper-parameters that differ from their defaults.

    Returns:
        An uncompiled ``keras.Model``.

    Raises:
        UsageError: If the name or a hyper-parameter is not valid.
    """
    check(name, given)
    return ARCHITECTURES[name](vocabulary_size, classes, **to_python(given))


def weight_shapes(
    name: str, vocabulary_size: int, classes: int, **given: Any
) -> dict[str, tuple[int, ...]]:
    """Return the shape of each weight by its path, without taking the memory for them.

    Args and errors are those of :func:`build`.
    """
    import keras

    with keras.StatelessScope(initialize_variables=False):
        model = build(name, vocabulary_size, classes, **given)
        return {weight.path: tuple(weight.shape) for weight in model.weights}


def to_onnx(
    name: str,
    vocabulary_size: int,
    classes: int,
    weights: Mapping[str, npt.NDArray[Any]],
    *,
    int8: bool = False,
    **given: Any,
) -> bytes:
    """Write a trained network as an ONNX file, without Keras.

    Its input ``ids`` is int32 ``(B, T)``, 0 where padded at the end; its output ``probabilities``
    is float32 ``(B, classes)``.

    Args:
        name: A name in ``ARCHITECTURES``.
        vocabulary_size: Rows of the embedding table.
        classes: Number of classes.
        weights: The trained weights by their Keras path.
        int8: Store matrices as int8 with scales, a quarter of the size.
        **given: Hyper-parameters that differ from their defaults.

    Returns:
        The file's bytes, the same for the same weights.

    Raises:
        UsageError: If the name or a hyper-parameter is not valid.
        ValueError: If the weights are not those of such a network.
        RuntimeSetupError: If the ``onnx`` package is not installed.
    """
    require("onnx")
    check(name, given)
    from kosent.architectures.onnx.graph import Graph
    from kosent.architectures.onnx.layers import OnnxBuilder

    graph = Graph(weights, vocabulary_size, classes, int8=int8)
    return graph.to_bytes(definition(ARCHITECTURES[name])(OnnxBuilder(graph), **to_python(given)))
