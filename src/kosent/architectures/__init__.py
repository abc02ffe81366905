"""The networks: plain functions that return an uncompiled ``keras.Model``.

A network is added by its file in ``networks/`` and its row in ``ARCHITECTURES``. The file has one
function, from which come the Keras model, the ONNX form (so that prediction needs no Keras) and
the options with their defaults and bounds. A file is imported when its network is asked for, and
Keras when one is built, not when this table is read: listing the names and refusing a wrong one
stay instant (importing TensorFlow takes 2.8 s), and a saved model loads no network but its own.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kosent.architectures.design import Row, Trainer
from kosent.architectures.options import check_options, rules
from kosent.errors import unknown_name
from kosent.support.packages import require
from kosent.support.plain import to_python
from kosent.support.rules import Rule

if TYPE_CHECKING:
    import keras

    from kosent.architectures.definition import Network
    from kosent.architectures.networks.cnn_bilstm import cnn_bilstm as cnn_bilstm
    from kosent.architectures.networks.flat_hybrid import flat_hybrid as flat_hybrid
    from kosent.architectures.networks.hybrid import hybrid as hybrid
    from kosent.architectures.networks.ngram_gru import ngram_gru as ngram_gru
    from kosent.architectures.networks.ngrams import ngrams as ngrams
    from kosent.architectures.networks.recurrent import gru as gru
    from kosent.architectures.networks.recurrent import lstm as lstm
    from kosent.architectures.networks.recurrent import simple_rnn as simple_rnn
    from kosent.architectures.networks.vectors import vectors as vectors

ARCHITECTURES: Mapping[str, Row] = {
    "lstm": Row(
        "recurrent",
        "하나 또는 여러 층의 LSTM, 기본은 양방향이고 낱말 가운데 최댓값을 봄",
        "One or more LSTM layers, by default bidirectional with max pooling over time",
    ),
    "gru": Row(
        "recurrent",
        "하나 또는 여러 층의 GRU, 기본은 양방향이고 낱말 가운데 최댓값을 봄",
        "One or more GRU layers, by default bidirectional with max pooling over time",
    ),
    "hybrid": Row(
        "hybrid",
        "나란한 CNN과 양방향 LSTM, 둘 다 낱말 가운데 최댓값을 봄",
        "A CNN and a BiLSTM in parallel, both pooled by their maximum over time",
    ),
    "cnn_bilstm": Row(
        "cnn_bilstm",
        "합성곱과 풀링으로 글을 줄인 다음 양방향 LSTM 두 층",
        "A convolution and pooling that shorten the text, then two BiLSTMs",
    ),
    "simple_rnn": Row(
        "recurrent",
        "하나 또는 여러 층의 단순 순환 신경망, 기본은 양방향이고 낱말 가운데 최댓값을 봄",
        "One or more simple recurrent layers, by default bidirectional with max pooling",
    ),
    "flat_hybrid": Row(
        "flat_hybrid",
        "CNN과, 걸음마다 제 가중치를 갖는 양방향 LSTM을 나란히 둠",
        "A CNN pooled over time beside a BiLSTM whose every step has weights of its own",
    ),
    "ngrams": Row(
        "ngrams",
        "해시한 n-그램의 합과 선형 분류기",
        "A sum over hashed n-grams, and a linear classifier of it",
        trainer=lambda options: "keras" if options["embedding_size"] else "solved",
        by_classes="embedding_size",
    ),
    "ngram_gru": Row(
        "ngram_gru",
        "토큰과 그 n-그램의 점수를 읽는 합성곱, 풀링, 양방향 GRU",
        "A convolution, pooling and a BiGRU over tokens and the scores of their n-grams",
        trainer=lambda _: "scored",
        by_classes="score_size",
    ),
    "vectors": Row(
        "vectors",
        "토큰 벡터의 평균과 최댓값을 보는 선형 분류기",
        "A linear classifier of the mean and the maximum of the tokens' vectors",
    ),
}

__all__ = [
    "ARCHITECTURES",
    "bounds",
    "build",
    "check",
    "from_onnx",
    "options",
    "settled",
    "to_onnx",
    "trainer",
    "weight_shapes",
    *ARCHITECTURES,
]


def __getattr__(name: str) -> Network[...]:
    if name not in ARCHITECTURES:
        raise AttributeError(f"module 'kosent.architectures' has no attribute {name!r}")
    return _function(name)


def options(name: str) -> dict[str, Any]:
    """Return the hyper-parameters of a network with their defaults.

    Raises:
        UsageError: If there is no network of that name.
    """
    parameters = inspect.signature(_function(name)).parameters.values()
    return {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}


def bounds(name: str) -> dict[str, Rule]:
    """Return what each hyper-parameter of a network must be.

    Raises:
        UsageError: If there is no network of that name.
    """
    return rules(_function(name))


def check(name: str, given: Mapping[str, Any]) -> None:
    """Refuse an unknown network or hyper-parameter before anything heavy is loaded.

    Raises:
        UsageError: If the name, or a key or value of ``given``, is not valid.
    """
    check_options(name, bounds(name), given)


def trainer(name: str, given: Mapping[str, Any]) -> Trainer:
    """Tell what learns the weights of a network.

    Args:
        name: A name in ``ARCHITECTURES``.
        given: Hyper-parameters that differ from their defaults.

    Raises:
        UsageError: If there is no network of that name.
    """
    known = options(name)
    return ARCHITECTURES[name].trainer(known | dict(given))


def settled(
    name: str, given: Mapping[str, Any], classes: int, multilabel: bool = False
) -> dict[str, Any]:
    """Return all hyper-parameters of a network, none of which follows from the classes any more.

    With them all but the last layer stays what it is for another number of classes.

    Args:
        name: A name in ``ARCHITECTURES``.
        given: Hyper-parameters that differ from their defaults.
        classes: Number of classes that the network has.
        multilabel: Whether a text may have several of them.

    Raises:
        UsageError: If there is no network of that name.
    """
    known = options(name) | dict(given)
    size = ARCHITECTURES[name].by_classes
    if not size or known[size]:
        return known
    from kosent.architectures.networks.ngrams import linear_size

    return known | {size: linear_size(classes, multilabel)}


def build(
    name: str, vocabulary_size: int, classes: int, multilabel: bool = False, **given: Any
) -> keras.Model:
    """Build the network of that name.

    Args:
        name: A name in ``ARCHITECTURES``.
        vocabulary_size: Rows of the embedding table.
        classes: Number of classes.
        multilabel: Whether a text may have several of them.
        **given: Hyper-parameters that differ from their defaults.

    Returns:
        An uncompiled ``keras.Model``.

    Raises:
        UsageError: If the name or a hyper-parameter is not valid.
    """
    check(name, given)
    return _function(name)(vocabulary_size, classes, multilabel, **to_python(given))


def weight_shapes(
    name: str, vocabulary_size: int, classes: int, multilabel: bool = False, **given: Any
) -> dict[str, tuple[int, ...]]:
    """Return the shape of each weight by its path, without taking the memory for them.

    Args and errors are those of :func:`build`.
    """
    import keras

    with keras.StatelessScope(initialize_variables=False):
        model = build(name, vocabulary_size, classes, multilabel, **given)
        return {weight.path: tuple(weight.shape) for weight in model.weights}


def to_onnx(
    name: str,
    vocabulary_size: int,
    classes: int,
    weights: Mapping[str, npt.NDArray[Any]],
    *,
    int8: bool = False,
    multilabel: bool = False,
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
        multilabel: Whether a text may have several classes.
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
    from kosent.architectures.definition import definition
    from kosent.architectures.onnx.graph import Graph
    from kosent.architectures.onnx.layers import OnnxBuilder

    define = definition(_function(name))
    graph = Graph(weights, vocabulary_size, classes, int8=int8)
    return graph.to_bytes(define(OnnxBuilder(graph, multilabel), **to_python(given)))


def from_onnx(
    name: str,
    vocabulary_size: int,
    classes: int,
    onnx: bytes,
    *,
    multilabel: bool = False,
    **given: Any,
) -> dict[str, npt.NDArray[np.float32]]:
    """Read the weights of a network from its ONNX file: the way back from :func:`to_onnx`.

    Args:
        name: A name in ``ARCHITECTURES``.
        vocabulary_size: Rows of the embedding table.
        classes: Number of classes.
        onnx: What :func:`to_onnx` wrote. Of a file in int8 the weights come as they are computed
            with; to int8 again they give the same file.
        multilabel: Whether a text may have several of the classes.
        **given: Hyper-parameters that differ from their defaults.

    Returns:
        The weights by their Keras path.

    Raises:
        UsageError: If the name or a hyper-parameter is not valid.
        ValueError: If the file is not that of such a network.
        RuntimeSetupError: If the ``onnx`` package is not installed.
    """
    require("onnx")
    check(name, given)
    from kosent.architectures.definition import definition
    from kosent.architectures.onnx.layers import OnnxBuilder
    from kosent.architectures.onnx.reading import Reader

    reader = Reader(onnx, vocabulary_size, classes)
    definition(_function(name))(OnnxBuilder(reader, multilabel), **to_python(given))
    return reader.weights()


def _function(name: str) -> Network[...]:
    """Load a network.

    Raises:
        UsageError: If there is no network of that name.
    """
    if name not in list(ARCHITECTURES):  # a list, since a name from a file need not be hashable
        raise unknown_name("신경망", "model", name, ARCHITECTURES)
    file = import_module(f"kosent.architectures.networks.{ARCHITECTURES[name].file}")
    network: Network[...] = vars(file)[name]
    return network
