"""A trained classifier as a folder of checked files, or the same files in one ``.kosent`` file.

::

    manifest.json         format version, labels, figures, size and SHA-256 of every other file
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

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kosent.architectures.design import Architecture, Arrays
from kosent.bundles.archive import Source, to_archive
from kosent.bundles.manifest import MODEL, damaged, open_saved, signed, write_saved
from kosent.bundles.probes import Probes, read_probes, write_probes
from kosent.errors import BundleError
from kosent.support.files import to_json
from kosent.text.encoding.encoder import TextEncoder

ONNX = "model.onnx"
WEIGHTS = "weights.safetensors"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything a trained classifier consists of.

    Attributes:
        labels: The classes, in the order of the network's output.
        encoder: Fitted encoder.
        architecture: The network.
        onnx: The network in ONNX; ``None`` in bundles of format 1.
        load_weights: Gives its weights by path; ``None`` where it can only predict. Reading them
            late spares those who predict the time and the memory.
        probes: Texts and their probabilities ``(classes,)``.
        info: Where it comes from: settings, seed, corpus fingerprint, figures.
        card: Markdown for people.
    """

    labels: list[str] | list[int]
    encoder: TextEncoder
    architecture: Architecture
    onnx: bytes | None
    load_weights: Callable[[], Arrays] | None
    probes: Probes
    info: dict[str, Any]
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


def write(path: Path, bundle: Bundle, *, overwrite: bool = False) -> None:
    """Write a bundle; it appears whole or not at all.

    Args:
        path: Target: a file where the name ends in ``.kosent``, else a folder.
        bundle: What to write.
        overwrite: Replace what is there. Only a saved model or an empty folder is ever replaced.

    Raises:
        UsageError: If ``path`` exists and may not be replaced.
        RuntimeSetupError: If the disk refuses.
    """
    write_saved(path, MODEL, _facts(bundle), _files(bundle), overwrite=overwrite)


def to_bytes(bundle: Bundle) -> bytes:
    """Return a bundle as the content of one ``.kosent`` file."""
    return to_archive(signed(MODEL, _facts(bundle), _files(bundle)))


def _facts(bundle: Bundle) -> dict[str, Any]:
    return {
        "labels": bundle.labels,
        "info": bundle.info,
        "prediction_only": bundle.load_weights is None,
    }


def _files(bundle: Bundle) -> dict[str, bytes]:
    architecture = {
        "name": bundle.architecture.name,
        "vocabulary_size": bundle.architecture.vocabulary_size,
        "options": bundle.architecture.options,
    }
    files = {
        **bundle.encoder.files(),
        "architecture.json": to_json(architecture),
        "probes.json": write_probes(bundle.probes),
        "card.md": bundle.card.encode(errors="replace"),
    }
    if bundle.onnx is not None:
        files[ONNX] = bundle.onnx
    if bundle.load_weights is not None:
        import safetensors.numpy

        files[WEIGHTS] = safetensors.numpy.save(bundle.load_weights())
    return files


def read(path: Path, open_source: Callable[[], Source] | None = None) -> Bundle:
    """Read and verify a bundle.

    Args:
        path: The bundle's folder or ``.kosent`` file.
        open_source: Opens its files, where it stands inside another file; called again when its
            weights are asked for.

    Returns:
        Its content; every file was checked against the manifest first.

    Raises:
        BundleError: If it is no bundle, damaged, incomplete or of a newer format.
    """
    saved = open_saved(path, MODEL, open_source)
    manifest = saved.manifest
    files = {name: saved.read(name) for name in saved.names if name != WEIGHTS}
    load_weights = None
    if manifest.get("prediction_only") is not True:
        saved.verify(WEIGHTS)

        def load_weights() -> Arrays:
            try:
                return _weights(saved.read(WEIGHTS))
            except ValueError as error:
                raise damaged(path, str(error)) from error
            finally:
                saved.close()

    saved.close()
    try:
        _check_info(manifest["info"])
        return Bundle(
            labels=manifest["labels"],
            encoder=TextEncoder.from_files(files),
            architecture=_architecture(json.loads(files["architecture.json"])),
            onnx=_network(manifest, files),
            load_weights=load_weights,
            probes=read_probes(files["probes.json"], len(manifest["labels"])),
            info=manifest["info"],
            card=files["card.md"].decode(),
        )
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise damaged(path, f"{type(error).__name__}: {error}") from error


def _check_info(info: dict[str, Any]) -> None:
    if not isinstance(info["parameters"], dict):
        raise ValueError("the parameters of info are not an object")


def _network(manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes | None:
    """Return the network; format 1 has none, it is written from the weights."""
    return files[ONNX] if manifest["format_version"] > 1 else None


def _architecture(document: Any) -> Architecture:
    architecture = Architecture(**document)
    if not isinstance(architecture.options, dict):
        raise ValueError("architecture.json: options is not an object")
    return architecture


def _weights(data: bytes) -> Arrays:
    import safetensors
    import safetensors.numpy

    try:
        weights: Arrays = safetensors.numpy.load(data)
    except safetensors.SafetensorError as error:
        raise ValueError(f"weights.safetensors: {error}") from error
    for name, array in weights.items():
        if not np.isfinite(array).all():
            raise ValueError(f"weights.safetensors: {name} holds values that are not finite")
    return weights
