"""Between a trained network and the plain data of a bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kosent import architectures
from kosent.bundle import Architecture, Bundle
from kosent.card import write_card
from kosent.metrics import Label
from kosent.plain import plain
from kosent.probes import PROBES
from kosent.text.encoder import TextEncoder

if TYPE_CHECKING:
    import keras

# Weights are float32; another processor or thread count moves probabilities by less than this.
PROBE_TOLERANCE = 1e-3


def parameters_as_data(
    parameters: Mapping[str, Any], encoder: TextEncoder, labels: Sequence[Label]
) -> dict[str, Any]:
    """Return a classifier's arguments as JSON can hold them.

    Args:
        parameters: The constructor's arguments.
        encoder: Its fitted encoder, whose tokenizer may have been given as an object.
        labels: The classes.
    """
    tokenizer = encoder.tokenizer.state()
    data = {
        **parameters,
        "tokenizer": tokenizer.name,
        "tokenizer_options": dict(tokenizer.settings),
    }
    weight = parameters["class_weight"]
    if isinstance(weight, Mapping):  # the keys of a JSON object are strings
        data["class_weight"] = {str(label): weight[label] for label in labels}
    result: dict[str, Any] = plain(data)
    return result


def parameters_from_data(data: dict[str, Any], labels: Sequence[Label]) -> dict[str, Any]:
    """Undo ``parameters_as_data``: class weights get their labels back.

    Raises:
        KeyError: If a label has no weight.
    """
    weight = data.get("class_weight")
    if not isinstance(weight, dict):
        return data
    return data | {"class_weight": {label: weight[str(label)] for label in labels}}


def pack(
    model: keras.Model,
    encoder: TextEncoder,
    labels: list[Any],
    info: dict[str, Any],
    probabilities: npt.NDArray[np.float32],
) -> Bundle:
    """Return a trained network as a bundle.

    Args:
        model: The trained network.
        encoder: Its encoder.
        labels: The classes.
        info: Where it comes from. The network's name and options are taken from its parameters,
            which are those it was trained with.
        probabilities: What it gives for ``PROBES``, ``(20, classes)``.
    """
    from kosent.training.checkpoint import arrays, by_path

    trained = info["parameters"]
    name, given = trained["architecture"], trained["architecture_options"] or {}
    design = Architecture(name, len(encoder.vocabulary), architectures.options(name) | given)
    return Bundle(
        labels=labels,
        encoder=encoder,
        architecture=design,
        weights=arrays(by_path(model.weights)),
        probes=[(t, p.tolist()) for t, p in zip(PROBES, probabilities, strict=True)],
        info=info,
        card=write_card(info, labels),
    )


def unpack(saved: Bundle) -> keras.Model:
    """Build the network of a bundle, once it is clear that its weights fit.

    Raises:
        UsageError: If the network or one of its options is not known.
        ValueError: If vocabulary, options and weights do not fit together.
    """
    from kosent.training.checkpoint import assign, by_path

    design = saved.architecture
    vocabulary, classes = len(saved.encoder.vocabulary), len(saved.labels)
    if design.vocabulary_size != vocabulary:
        raise ValueError(f"vocabulary of {vocabulary}, expected {design.vocabulary_size}")
    architectures.check(design.name, design.options)
    expected = architectures.weight_shapes(design.name, vocabulary, classes, **design.options)
    if expected != {name: array.shape for name, array in saved.weights.items()}:
        raise ValueError("the weights do not fit the network")
    model = architectures.build(design.name, vocabulary, classes, **design.options)
    assign(by_path(model.weights), saved.weights)
    return model


def probes_agree(saved: Bundle, here: npt.NDArray[np.float32]) -> bool:
    """Tell whether probe texts get the probabilities here that were saved with the model.

    Args:
        saved: The bundle.
        here: Probabilities of its probe texts on this machine ``(probes, classes)``.
    """
    there = np.array([values for _, values in saved.probes], np.float32)
    return here.shape == there.shape and np.allclose(here, there, atol=PROBE_TOLERANCE, rtol=0)
