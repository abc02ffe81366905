"""The way between a trained classifier and the plain data of a bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kosent.bundles.model import Bundle
from kosent.bundles.probes import probes_of
from kosent.models.trained import Trained
from kosent.support.plain import to_python
from kosent.text.encoding.encoder import TextEncoder

if TYPE_CHECKING:
    from kosent.metrics.report import Label


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
    result: dict[str, Any] = to_python(data)
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
    trained: Trained,
    encoder: TextEncoder,
    labels: list[Any],
    info: dict[str, Any],
    probabilities: npt.NDArray[np.float32],
    thresholds: list[float] | None = None,
) -> Bundle:
    """Return a trained network as a bundle.

    Args:
        trained: The trained network.
        encoder: Its encoder.
        labels: The classes.
        info: Where it comes from.
        probabilities: What it gives for ``PROBES``, ``(20, classes)``.
        thresholds: Probability from which on each label is given, where a text may have several.
    """
    from kosent.bundles.card import write_card

    return Bundle(
        labels=labels,
        encoder=encoder,
        architecture=trained.design,
        onnx=trained.network.onnx,
        load_weights=trained.load_weights,
        probes=probes_of(probabilities),
        info=info,
        card=write_card(info, labels),
        thresholds=thresholds,
    )
