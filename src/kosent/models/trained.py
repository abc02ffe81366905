"""A trained network, and the way between it and the plain data of a bundle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from kosent import architectures
from kosent.architectures.design import Architecture, Arrays
from kosent.bundles.model import Bundle
from kosent.bundles.probes import TOLERANCE
from kosent.errors import BundleError
from kosent.prediction.network import Network
from kosent.support.forks import refuse_fork
from kosent.text.encoding.encoder import TextEncoder

if TYPE_CHECKING:
    import keras

    from kosent.training.history import Record


class Learned(NamedTuple):
    """A trained network.

    Attributes:
        weights: Its weights by path.
        history: One record an epoch.
        model: The same in Keras, ``None`` where it was not needed.
        facts: What its bundle says about the model that it started from, and how it went on.
    """

    weights: Arrays
    history: list[Record]
    model: keras.Model | None
    facts: Mapping[str, Any] = MappingProxyType({})


class Trained:
    """A trained network: what it is, its weights, and the same in ONNX to predict with.

    Args:
        design: The network as data.
        network: The network as ONNX Runtime runs it.
        load_weights: Gives its weights by path; ``None`` where it can only predict.
    """

    def __init__(
        self, design: Architecture, network: Network, load_weights: Callable[[], Arrays] | None
    ) -> None:
        self.design = design
        self.network = network
        self.load_weights = load_weights

    @classmethod
    def of(cls, design: Architecture, weights: Arrays, classes: int, *, int8: bool = False) -> Self:
        """Write the ONNX form of a network.

        Args:
            design: The network as data.
            weights: Its weights by path.
            classes: Number of classes.
            int8: Reduce the weights to int8, and keep no others.

        Raises:
            UsageError: If the network or one of its options is not known.
            ValueError: If the weights are not those of such a network.
        """
        network = Network(write_onnx(design, weights, classes, int8=int8), classes)
        return cls(design, network, None if int8 else weights.copy)

    @classmethod
    def unpack(cls, saved: Bundle) -> Self:
        """Take the network out of a bundle; the ONNX form is written anew where it is missing.

        Raises:
            UsageError: If the network or one of its options is not known.
            ValueError: If vocabulary, options, weights and ONNX form do not fit together.
        """
        design, classes = saved.architecture, len(saved.labels)
        vocabulary = len(saved.encoder.vocabulary)
        if design.vocabulary_size != vocabulary:
            raise ValueError(f"vocabulary of {vocabulary}, expected {design.vocabulary_size}")
        architectures.check(design.name, design.options)
        if saved.onnx is None:
            return cls.of(design, saved.weights, classes)
        return cls(design, Network(saved.onnx, classes), saved.load_weights)

    def weights(self) -> Arrays:
        """Return the weights by path; those of a network in int8 are what it computes with.

        Raises:
            UsageError: If the network or one of its options is not known.
            BundleError: If its ONNX form is not that of such a network.
        """
        if self.load_weights is not None:
            return self.load_weights()
        try:
            return self._from_onnx()
        except ValueError as error:
            raise BundleError(
                f"모델의 model.onnx가 적혀 있는 신경망이 아닙니다 ({error})",
                f"the model.onnx of the model is not the network that is named ({error})",
            ) from error

    def _from_onnx(self) -> Arrays:
        design, classes = self.design, self.network.classes
        found = architectures.from_onnx(
            design.name,
            design.vocabulary_size,
            classes,
            self.network.onnx,
            multilabel=design.multilabel,
            **design.options,
        )
        ids = random_ids(design)
        written = Network(write_onnx(design, found, classes), classes)
        if not _close(written(ids), self.network(ids)):
            raise ValueError("other probabilities")
        return found

    def build(self, weights: Arrays) -> keras.Model:
        """Build the network in Keras, to train on with.

        Args:
            weights: Its weights by path.

        Raises:
            ValueError: If the weights do not fit the options, or are not those of the ONNX form.
            RuntimeSetupError: If this process was forked after TensorFlow had run.
        """
        refuse_fork()
        from kosent.training.checkpoints import assign, by_path

        design = self.design
        sizes = design.vocabulary_size, self.network.classes, design.multilabel
        expected = architectures.weight_shapes(design.name, *sizes, **design.options)
        if expected != {name: array.shape for name, array in weights.items()}:
            raise ValueError("the weights do not fit the network")
        model = architectures.build(design.name, *sizes, **design.options)
        assign(by_path(model.weights), weights)
        ids = random_ids(design)
        if not _close(np.asarray(model.predict_on_batch(ids)), self.network(ids)):
            raise ValueError("model.onnx and weights.safetensors are not the same network")
        return model


def write_onnx(design: Architecture, weights: Arrays, classes: int, *, int8: bool = False) -> bytes:
    """Write a network as an ONNX file.

    Raises:
        UsageError: If the network or one of its options is not known.
        ValueError: If the weights are not those of such a network.
    """
    return architectures.to_onnx(
        design.name,
        design.vocabulary_size,
        classes,
        weights,
        int8=int8,
        multilabel=design.multilabel,
        **design.options,
    )


def design_of(info: Mapping[str, Any], encoder: TextEncoder) -> Architecture:
    """Return the network as data.

    Args:
        info: Where a classifier comes from; its parameters are those it was trained with.
        encoder: Its encoder.
    """
    trained = info["parameters"]
    name, given = trained["architecture"], trained["architecture_options"] or {}
    options = architectures.options(name) | given
    return Architecture(name, len(encoder.vocabulary), options, trained.get("multilabel", False))


def random_ids(design: Architecture) -> npt.NDArray[np.int32]:
    """Return ids ``(16, 12)`` on which two forms of a network are compared."""
    return np.random.default_rng(0).integers(1, design.vocabulary_size, (16, 12), np.int32)


def _close(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> bool:
    return np.allclose(one, other, atol=TOLERANCE, rtol=0)
