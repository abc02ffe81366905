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

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.archive import SUFFIX, Source, source_of, to_archive
from kosent.errors import BundleError, UsageError
from kosent.storage import (
    disk_errors,
    from_signed_json,
    sha256,
    to_json,
    to_signed_json,
    write_file,
    write_folder,
)
from kosent.text.encoder import TextEncoder

FORMAT = "kosent-bundle"
FORMAT_VERSION = 2
MANIFEST = "manifest.json"
ONNX = "model.onnx"
WEIGHTS = "weights.safetensors"
_CHECKSUM = "manifest_sha256"

# A bundle is read into memory; more than this in one file is a mistake or an attack.
_LARGEST_FILE = 2 * 1024**3
_LARGEST_MANIFEST = 64 * 1024**2

Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Architecture:
    """A network as data.

    Attributes:
        name: Name in ``kosent.architectures.ARCHITECTURES``.
        vocabulary_size: Rows of the embedding table.
        options: Hyper-parameters that differ from the defaults of the version that saved it.
    """

    name: str
    vocabulary_size: int
    options: dict[str, Any]


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
    probes: list[tuple[str, list[float]]]
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
        overwrite: Replace what is there. Only a bundle or an empty folder is ever replaced.

    Raises:
        UsageError: If ``path`` exists and may not be replaced.
        RuntimeSetupError: If the disk refuses.
    """
    check_target(path, overwrite=overwrite)
    contents = _contents(bundle)
    if path.suffix == SUFFIX:
        write_file(path, to_archive(contents))
    else:
        write_folder(path, contents)


def _contents(bundle: Bundle) -> dict[str, bytes]:
    architecture = {
        "name": bundle.architecture.name,
        "vocabulary_size": bundle.architecture.vocabulary_size,
        "options": bundle.architecture.options,
    }
    probes = [{"text": text, "probabilities": values} for text, values in bundle.probes]
    files = {
        **bundle.encoder.files(),
        "architecture.json": to_json(architecture),
        "probes.json": to_json(probes),
        "card.md": bundle.card.encode(errors="replace"),
    }
    if bundle.onnx is not None:
        files[ONNX] = bundle.onnx
    if bundle.load_weights is not None:
        import safetensors.numpy

        files[WEIGHTS] = safetensors.numpy.save(bundle.load_weights())
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "labels": bundle.labels,
        "info": bundle.info,
        "prediction_only": bundle.load_weights is None,
        "files": {
            name: {"size": len(data), "sha256": sha256(data)} for name, data in files.items()
        },
    }
    return {MANIFEST: to_signed_json(manifest, _CHECKSUM), **files}


def check_target(path: Path, *, overwrite: bool) -> None:
    """Refuse a target that exists, so that a long training does not end in this error.

    Raises:
        UsageError: If ``path`` exists and may not be replaced.
        RuntimeSetupError: If the disk does not let itself be looked at.
    """
    if not path.name:
        raise UsageError(
            f"'{path}'에는 저장할 수 없습니다. 새 폴더 이름을 지정하세요",
            f"cannot save to '{path}'; give the name of a new folder",
        )
    with disk_errors(path):
        if not path.exists() or (path.is_dir() and not any(path.iterdir())):
            return
    if overwrite and _is_bundle(path):
        return
    raise UsageError(
        f"'{path}'이(가) 이미 있습니다. 다른 이름을 쓰거나 overwrite로 덮어쓰세요",
        f"'{path}' exists already; choose another name, or ask to overwrite if it is a model",
    )


def read(path: Path) -> Bundle:
    """Read and verify a bundle.

    Args:
        path: The bundle's folder.

    Returns:
        Its content; every file was checked against the manifest first.

    Raises:
        BundleError: If it is no bundle, damaged, incomplete or of a newer format.
    """
    manifest = read_manifest(path)
    entries = manifest["files"]
    source = _open(path)
    files = {
        name: _read_file(path, source, name, entry)
        for name, entry in entries.items()
        if name != WEIGHTS
    }
    load_weights = None
    if manifest.get("prediction_only") is not True:
        if WEIGHTS not in entries:
            raise _damaged(path, f"{WEIGHTS}: missing")
        _verify_file(path, source, WEIGHTS, entries[WEIGHTS])

        def load_weights() -> Arrays:
            data = _read_file(path, source, WEIGHTS, entries[WEIGHTS])
            try:
                return _weights(data)
            except ValueError as error:
                raise _damaged(path, str(error)) from error

    try:
        return Bundle(
            labels=manifest["labels"],
            encoder=TextEncoder.from_files(files),
            architecture=_architecture(json.loads(files["architecture.json"])),
            onnx=_network(manifest, files),
            load_weights=load_weights,
            probes=_probes(json.loads(files["probes.json"]), len(manifest["labels"])),
            info=manifest["info"],
            card=files["card.md"].decode(),
        )
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise _damaged(path, f"{type(error).__name__}: {error}") from error


def _network(manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes | None:
    """Return the network; format 1 has none, it is written from the weights."""
    return files[ONNX] if manifest["format_version"] > 1 else None


def read_manifest(path: Path) -> dict[str, Any]:
    """Read and verify ``manifest.json`` alone.

    Raises:
        BundleError: If there is none, or it is damaged or of a newer format.
    """
    try:
        with _open(path).open(MANIFEST) as file:
            data = file.read(_LARGEST_MANIFEST)
    except OSError as error:
        raise _no_bundle(path, error) from error
    try:
        manifest = json.loads(data)
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise ValueError(f"not a {FORMAT}")
        _check_version(path, manifest.get("format_version"))
        manifest = from_signed_json(data, _CHECKSUM)
        _check_content(manifest)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise _damaged(path, f"{MANIFEST}: {error}") from error
    return manifest


def _check_content(manifest: dict[str, Any]) -> None:
    labels = manifest["labels"]
    kinds = {type(label) for label in labels}
    if not isinstance(labels, list) or kinds not in ({str}, {int}, {bool}):
        raise ValueError("labels are neither all strings nor all integers")
    if len(labels) < 2 or len(set(labels)) != len(labels):
        raise ValueError("labels are fewer than two or repeated")
    for part in (manifest["info"], manifest["info"]["parameters"], manifest["files"]):
        if not isinstance(part, dict):
            raise ValueError("info, its parameters or files is not an object")
    for name, entry in manifest["files"].items():
        if "\0" in name or Path(name).name != name:
            raise ValueError(f"{name!r} is not the name of a file")
        if not isinstance(entry["size"], int) or not 0 <= entry["size"] <= _LARGEST_FILE:
            raise ValueError(f"{name}: size {entry['size']!r}")


def _is_bundle(path: Path) -> bool:
    """Tell whether a folder says of itself that it is a bundle, damaged or not."""
    try:
        with source_of(path).open(MANIFEST) as file:
            manifest = json.loads(file.read(_LARGEST_MANIFEST))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(manifest, dict) and manifest.get("format") == FORMAT


def _check_version(path: Path, version: object) -> None:
    if not isinstance(version, int) or version < 1:
        raise ValueError(f"format_version {version!r}")
    if version > FORMAT_VERSION:
        raise BundleError(
            f"'{path}'은(는) 더 새로운 kosent의 모델입니다 (형식 {version}, 이 버전은 "
            f"{FORMAT_VERSION}까지). kosent를 업그레이드하세요",
            f"'{path}' was saved by a newer kosent (format {version}, this one reads up to "
            f"{FORMAT_VERSION}); upgrade kosent",
        )


def _open(path: Path) -> Source:
    try:
        return source_of(path)
    except OSError as error:
        raise _no_bundle(path, error) from error


def _no_bundle(path: Path, error: OSError) -> BundleError:
    reason = error.strerror or str(error)
    return BundleError(
        f"'{path}'은(는) kosent 모델이 아닙니다 ({MANIFEST}을 읽을 수 없음: {reason}). "
        "kosent train이 만든 bundle 폴더나 .kosent 파일을 지정하세요",
        f"'{path}' is not a kosent bundle (no readable {MANIFEST}: {reason}); "
        "give the bundle folder that kosent train made, or a .kosent file",
    )


def _verify_file(path: Path, source: Source, name: str, entry: dict[str, Any]) -> None:
    """Check a file without keeping it in memory."""
    try:
        with source.open(name) as file:
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.seek(0, os.SEEK_END)
    except OSError as error:
        raise _damaged(path, f"{name}: {error.strerror}") from error
    if size != entry["size"]:
        raise _damaged(path, f"{name}: size is not {entry['size']}")
    if checksum != entry["sha256"]:
        raise _damaged(path, f"{name}: checksum")


def _read_file(path: Path, source: Source, name: str, entry: dict[str, Any]) -> bytes:
    try:
        with source.open(name) as file:
            data = file.read(entry["size"] + 1)
    except OSError as error:
        raise _damaged(path, f"{name}: {error.strerror}") from error
    if len(data) != entry["size"]:
        raise _damaged(path, f"{name}: size is not {entry['size']}")
    if sha256(data) != entry["sha256"]:
        raise _damaged(path, f"{name}: checksum")
    return data


def _architecture(document: Any) -> Architecture:
    architecture = Architecture(**document)
    if not isinstance(architecture.options, dict):
        raise ValueError("architecture.json: options is not an object")
    return architecture


def _probes(listed: Any, classes: int) -> list[tuple[str, list[float]]]:
    probes = [(probe["text"], probe["probabilities"]) for probe in listed]
    for text, values in probes:
        if not isinstance(text, str) or not all(isinstance(v, int | float) for v in values):
            raise ValueError("probes.json: not a text and numbers")
        if len(values) != classes:
            raise ValueError(f"probes.json: {len(values)} probabilities for {classes} labels")
    return probes


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


def _damaged(path: Path, detail: str) -> BundleError:
    return BundleError(
        f"'{path}' 모델이 손상되었습니다 ({detail}). 다시 받거나 다시 학습하세요",
        f"the bundle '{path}' is damaged ({detail}); get it again or train it again",
    )
