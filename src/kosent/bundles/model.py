"""A trained classifier as a folder of checked files, or the same files in one ``.kosent`` file.

::

    manifest.json         format version, labels, figures, size and SHA-256 of every other file;
                          thresholds where a text may have several labels (format 3)
    encoder.json ...      text to ids: settings, vocab.txt, spm.model
    model.onnx            the network, to predict with (since format 2)
    architecture.json     name and hyper-parameters of the network
    weights.safetensors   its weights, to train on with; a model reduced to int8 has none
    probes.json           twenty texts and their probabilities, checked when loading
    card.md               what this model is, for people

Reading parses JSON, safetensors, ONNX and a SentencePiece model; no code in a bundle is ever run.
This module knows no Keras: it hands over names and arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kosent.bundles.manifest import MODEL, Saved, damage, damaged, read_saved
from kosent.bundles.probes import Probes, read_probes
from kosent.errors import BundleError
from kosent.support.signed import from_json
from kosent.text.encoding.base import Encoder

if TYPE_CHECKING:
    from kosent.architectures.design import Architecture, Arrays
    from kosent.text.encoding.encoder import TextEncoder

ONNX = "model.onnx"
WEIGHTS = "weights.safetensors"
_OWN = {ONNX, "architecture.json", "probes.json", "card.md"}  # not the encoder's


@dataclass(frozen=True, slots=True)
class Core:
    """The part of a trained classifier that predicts.

    Attributes:
        labels: The classes, in the order of the network's output.
        encoder: Fitted encoder.
        onnx: The network in ONNX; ``None`` in bundles of format 1.
        probes: Texts and their probabilities ``(classes,)``.
        info: Where it comes from: settings, seed, corpus fingerprint, figures.
        encoder_key: What the encoder is made of: names, sizes and SHA-256 of its files.
        thresholds: Probability from which on each label is given, where a text may have several.
    """

    labels: list[str] | list[int]
    encoder: Encoder
    onnx: bytes | None
    probes: Probes
    info: dict[str, Any]
    encoder_key: str = field(default="", kw_only=True)
    thresholds: list[float] | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Bundle(Core):
    """Everything a trained classifier consists of.

    Attributes:
        encoder: The encoder with its settings.
        architecture: The network.
        load_weights: Gives its weights by path; ``None`` where it can only predict. It holds their
            file's content, so that the model outlives its file, and makes arrays of it when asked.
        card: Markdown for people.
    """

    encoder: TextEncoder
    architecture: Architecture
    load_weights: Callable[[], Arrays] | None
    card: str

    @property
    def weights(self) -> Arrays:
        """The network's weights by path.

        Raises:
            BundleError: If it has none, or they are damaged.
        """
        if self.load_weights is None:
            raise prediction_only()
        return self.load_weights()


def prediction_only() -> BundleError:
    """Build the error for a model that cannot be trained on with."""
    return BundleError(
        "int8로 줄인 모델에는 학습을 이어 갈 가중치가 없습니다. 원래 모델을 쓰세요",
        "a model reduced to int8 has no weights to train on with; use the original",
    )


def read(path: Path) -> Bundle:
    """Read and verify a bundle.

    Args:
        path: The bundle's folder or ``.kosent`` file.

    Returns:
        Its content; every file was checked against the manifest first.

    Raises:
        BundleError: If it is no bundle, damaged, incomplete or of a newer format.
    """
    return read_saved(path, unpack, MODEL)


def unpack(saved: Saved) -> Bundle:
    """Read and verify the content of a bundle that is open.

    Args:
        saved: The bundle.

    Raises:
        BundleError: If it is damaged or incomplete.
    """
    from kosent.architectures.design import Architecture
    from kosent.text.encoding.encoder import TextEncoder

    files = _verified(saved)
    load_weights = _weights_of(saved, keep=True)
    with damage(saved.path):
        several = "thresholds" in saved.manifest
        architecture = Architecture(**from_json(files["architecture.json"]), multilabel=several)
        if not isinstance(architecture.options, dict):
            raise ValueError("architecture.json: options is not an object")
        return Bundle(
            **_core(saved, files),
            encoder=TextEncoder.from_files(files),
            architecture=architecture,
            load_weights=load_weights,
            card=files["card.md"].decode(),
        )


def unpack_core(saved: Saved) -> Core:
    """Read and verify what predicts of a bundle that is open; all its files are verified.

    Raises:
        BundleError: If it is damaged or incomplete.
    """
    files = _verified(saved)
    _weights_of(saved, keep=False)
    with damage(saved.path):
        return Core(**_core(saved, files), encoder=Encoder.from_files(files))


def _core(saved: Saved, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what both have in common, but the encoder."""
    manifest = saved.manifest
    if not isinstance(manifest["info"]["parameters"], dict):
        raise ValueError("the parameters of info are not an object")
    several = {}
    if "thresholds" in manifest:
        from kosent.bundles.numbers import thresholds_of

        several = {"thresholds": thresholds_of(manifest)}
    return several | {
        "labels": manifest["labels"],
        # format 1 has none, it is written from the weights
        "onnx": files[ONNX] if manifest["format_version"] > 1 else None,
        "probes": read_probes(files["probes.json"], len(manifest["labels"])),
        "info": manifest["info"],
        "encoder_key": repr([(name, manifest["files"][name]) for name in sorted({*files} - _OWN)]),
    }


def _verified(saved: Saved) -> dict[str, bytes]:
    """Read all files but the weights."""
    return {name: saved.read(name) for name in saved.names if name != WEIGHTS}


def _weights_of(saved: Saved, *, keep: bool) -> Callable[[], Arrays] | None:
    """Verify the weights, and keep their file's content where it is asked for.

    A closure that read the file later could neither be pickled nor survive the file. Of a GRU over
    16,000 words it is 8.7 MB: ``kosent.load`` takes 99 MB, what only predicts 90 MB.
    """
    if saved.manifest.get("prediction_only") is True:
        return None
    if keep:
        return partial(_weights, saved.path, saved.read(WEIGHTS))
    saved.verify(WEIGHTS)
    return None


def _weights(path: Path, data: bytes) -> Arrays:
    """Make arrays of the content of ``weights.safetensors``.

    Raises:
        BundleError: If it is no such file, or holds values that are not finite.
    """
    import safetensors
    import safetensors.numpy

    try:
        weights: Arrays = safetensors.numpy.load(data)
    except safetensors.SafetensorError as error:
        raise damaged(path, f"{WEIGHTS}: {error}") from error
    for name, array in weights.items():
        if not np.isfinite(array).all():
            raise damaged(path, f"{WEIGHTS}: {name} holds values that are not finite")
    return weights
