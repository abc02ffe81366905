"""The last layer of a trained network: what it reads, and another one in its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from kosent import architectures
from kosent.architectures.design import Architecture
from kosent.models.trained import Trained
from kosent.prediction.network import Network
from kosent.support.packages import require
from kosent.text.encoding.encoded import EncodedTexts
from kosent.training.calibration import LAST_LAYER

Floats = npt.NDArray[np.float32]


def features_of(trained: Trained, parts: Iterable[EncodedTexts]) -> Floats:
    """Return what the last layer of a network reads of encoded texts: float32 ``(n, F)``."""
    require("onnx")
    from kosent.architectures.onnx.body import FEATURES, body

    network = Network(*body(trained.network.onnx), FEATURES)
    empty = np.empty((0, network.classes), np.float32)
    return np.concatenate([empty, *network.stream(parts)])


def headed(
    trained: Trained, kernel: Floats, bias: Floats, *, multilabel: bool | None = None
) -> Trained:
    """Return a network with another last layer.

    Args:
        trained: The network.
        kernel: float32 ``(F, classes)``.
        bias: float32 ``(classes,)``.
        multilabel: Whether a text may have several of the classes; ``None``: as before.

    Raises:
        ValueError: If they do not fit it, or its weights cannot be read.
    """
    weights = trained.weights()
    design = design_for(trained, kernel.shape[1], multilabel)
    return Trained.of(
        design,
        weights | last_layer(design, kernel, bias),
        kernel.shape[1],
        int8=trained.load_weights is None,
    )


def last_layer(design: Architecture, kernel: Floats, bias: Floats) -> dict[str, Floats]:
    """Return a last layer as weights by path.

    Args:
        design: The network that it is for. Where the score of its first class is fixed at 0, the
            others are told from it.
        kernel: float32 ``(F, classes)``.
        bias: float32 ``(classes,)``.
    """
    if design.options.get("sigmoid"):
        kernel, bias = kernel[:, 1:] - kernel[:, :1], bias[1:] - bias[:1]
    layers = (np.ascontiguousarray(each, np.float32) for each in (kernel, bias))
    return dict(zip(LAST_LAYER, layers, strict=True))


def grown(
    trained: Trained, old: Sequence[int], fresh: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Return kernel and bias of a network for more classes than it has.

    Args:
        trained: The network.
        old: The number of each of its classes among the new ones.
        fresh: Kernel ``(F, classes)`` and bias ``(classes,)`` of a layer that learned nothing. What
            it gives to new classes is added to the mean of the old ones.
    """
    own, design = trained.weights(), trained.design
    layer = [own[name] for name in LAST_LAYER]
    if design.options.get("sigmoid") and not design.multilabel:
        layer = [np.pad(each, [(0, 0)] * (each.ndim - 1) + [(1, 0)]) for each in layer]
    kernel, bias = (
        new + known.mean(axis=-1, keepdims=True) for new, known in zip(fresh, layer, strict=True)
    )
    kernel[:, old], bias[old] = layer
    return kernel, bias


def design_for(trained: Trained, classes: int, multilabel: bool | None = None) -> Architecture:
    """Return the same network for other classes: its last layer alone differs.

    Args:
        trained: The network.
        classes: Number of classes.
        multilabel: Whether a text may have several of them; ``None``: as before.
    """
    design = trained.design
    several = design.multilabel if multilabel is None else multilabel
    before, after = (
        architectures.settled(design.name, design.options, *which)
        for which in ((trained.network.classes, design.multilabel), (classes, several))
    )
    options = dict(design.options if before == after else before)
    if several and options.get("sigmoid"):  # each label has a score of its own
        options["sigmoid"] = False
    return Architecture(design.name, design.vocabulary_size, options, several)
