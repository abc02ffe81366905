"""The signed manifest of a saved model, and files that are checked against it when they are read.

A saved model is one network (``kosent.bundles.model``) or several (``kosent.bundles.ensemble``).
Both are a folder, or one ``.kosent`` file, with ``manifest.json`` in it: format, version, labels,
figures, and size and SHA-256 of every other file.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from kosent.bundles.archive import SUFFIX, Source, source_of, to_archive
from kosent.errors import BundleError, UsageError
from kosent.support.files import (
    disk_errors,
    from_signed_json,
    sha256,
    to_signed_json,
    write_file,
    write_folder,
)

MANIFEST = "manifest.json"
_CHECKSUM = "manifest_sha256"

# A model is read into memory; more than this in one file is a mistake or an attack.
_LARGEST_FILE = 2 * 1024**3
_LARGEST_MANIFEST = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of saved model.

    Attributes:
        format: What its manifest calls it.
        version: The newest format version that this kosent writes and reads.
    """

    format: str
    version: int


MODEL = Kind("kosent-bundle", 2)
ENSEMBLE = Kind("kosent-ensemble", 1)


class Saved:
    """A saved model: its manifest, which was verified, and its files, verified when read.

    Args:
        path: Where it is, as errors name it.
        open_source: Opens its files.
        source: Its files as they are open now.
        manifest: Its manifest.
    """

    def __init__(
        self,
        path: Path,
        open_source: Callable[[], Source],
        source: Source,
        manifest: dict[str, Any],
    ) -> None:
        self.path = path
        self.manifest = manifest
        self._open_source = open_source
        self._source: Source | None = source

    @property
    def names(self) -> list[str]:
        """The names of its files."""
        return list(self.manifest["files"])

    def read(self, name: str) -> bytes:
        """Read a file.

        Raises:
            BundleError: If it is not byte for byte what was saved.
        """
        entry = self._entry(name)
        with self._file(name) as file:
            data = file.read(entry["size"] + 1)
        self._check(name, len(data), sha256(data))
        return data

    def verify(self, name: str) -> None:
        """Check a file without keeping it in memory.

        Raises:
            BundleError: If it is not byte for byte what was saved.
        """
        with self._file(name) as file:
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.seek(0, os.SEEK_END)
        self._check(name, size, checksum)

    def close(self) -> None:
        """Let go of the files, and of the memory they take; they are opened again when needed."""
        self._source = None

    def _entry(self, name: str) -> dict[str, Any]:
        try:
            entry: dict[str, Any] = self.manifest["files"][name]
        except KeyError as error:
            raise damaged(self.path, f"{name}: missing") from error
        return entry

    @contextmanager
    def _file(self, name: str) -> Iterator[io.BufferedIOBase]:
        try:
            self._source = self._source or self._open_source()
            with self._source.open(name) as file:
                yield file
        except OSError as error:
            raise damaged(self.path, f"{name}: {error.strerror}") from error

    def _check(self, name: str, size: int, checksum: str) -> None:
        entry = self._entry(name)
        if size != entry["size"]:
            raise damaged(self.path, f"{name}: size is not {entry['size']}")
        if checksum != entry["sha256"]:
            raise damaged(self.path, f"{name}: checksum")


def open_saved(
    path: Path, kind: Kind | None = None, open_source: Callable[[], Source] | None = None
) -> Saved:
    """Read and verify the manifest of a saved model.

    Args:
        path: A folder or ``.kosent`` file.
        kind: What it must be; either where it is ``None``.
        open_source: Opens its files, where these are not those at ``path``.

    Raises:
        BundleError: If there is none, or it is damaged, of a newer format or of the other kind.
    """
    open_source = open_source or partial(source_of, path)
    try:
        source = open_source()
        with source.open(MANIFEST) as file:
            data = file.read(_LARGEST_MANIFEST)
    except OSError as error:
        raise _no_model(path, error) from error
    try:
        document = json.loads(data)
        found = _kind_of(document)
        if kind is not None and found is not kind:
            raise _other_kind(path, found)
        _check_version(path, document.get("format_version"), found)
        manifest = from_signed_json(data, _CHECKSUM)
        _check_content(manifest)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise damaged(path, f"{MANIFEST}: {error}") from error
    return Saved(path, open_source, source, manifest)


def is_ensemble(manifest: Mapping[str, Any]) -> bool:
    """Tell whether a manifest is that of an ensemble."""
    return bool(manifest["format"] == ENSEMBLE.format)


def write_saved(
    path: Path, kind: Kind, facts: Mapping[str, Any], files: Mapping[str, bytes], *, overwrite: bool
) -> None:
    """Write a saved model; it appears whole or not at all.

    Args:
        path: Target: a file where the name ends in ``.kosent``, else a folder.
        kind: What it is.
        facts: What its manifest says beside format and files.
        files: Its files by name.
        overwrite: Replace what is there. Only a saved model or an empty folder is ever replaced.

    Raises:
        UsageError: If ``path`` exists and may not be replaced.
        RuntimeSetupError: If the disk refuses.
    """
    check_target(path, overwrite=overwrite)
    contents = signed(kind, facts, files)
    if path.suffix == SUFFIX:
        write_file(path, to_archive(contents))
    else:
        write_folder(path, contents)


def signed(kind: Kind, facts: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return files with their manifest before them."""
    manifest = {
        "format": kind.format,
        "format_version": kind.version,
        **facts,
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
    if overwrite and _is_model(path):
        return
    raise UsageError(
        f"'{path}'이(가) 이미 있습니다. 다른 이름을 쓰거나 overwrite로 덮어쓰세요",
        f"'{path}' exists already; choose another name, or ask to overwrite if it is a model",
    )


def damaged(path: Path, detail: str) -> BundleError:
    """Build the error for a saved model that is not as it was saved."""
    return BundleError(
        f"'{path}' 모델이 손상되었습니다 ({detail}). 다시 받거나 다시 학습하세요",
        f"the bundle '{path}' is damaged ({detail}); get it again or train it again",
    )


def unusable(path: Path, detail: str) -> BundleError:
    """Build the error for a saved model that is whole and cannot be used."""
    return BundleError(
        f"'{path}' 모델을 쓸 수 없습니다 ({detail})",
        f"the bundle '{path}' cannot be used ({detail})",
    )


def _kind_of(document: Any) -> Kind:
    if isinstance(document, dict):
        for kind in (MODEL, ENSEMBLE):
            if document.get("format") == kind.format:
                return kind
    raise ValueError(f"not a {MODEL.format}")


def _check_content(manifest: dict[str, Any]) -> None:
    labels = manifest["labels"]
    kinds = {type(label) for label in labels}
    if not isinstance(labels, list) or kinds not in ({str}, {int}, {bool}):
        raise ValueError("labels are neither all strings nor all integers")
    if len(labels) < 2 or len(set(labels)) != len(labels):
        raise ValueError("labels are fewer than two or repeated")
    for part in (manifest["info"], manifest["files"]):
        if not isinstance(part, dict):
            raise ValueError("info or files is not an object")
    for name, entry in manifest["files"].items():
        if "\0" in name or Path(name).name != name:
            raise ValueError(f"{name!r} is not the name of a file")
        if not isinstance(entry["size"], int) or not 0 <= entry["size"] <= _LARGEST_FILE:
            raise ValueError(f"{name}: size {entry['size']!r}")


def _is_model(path: Path) -> bool:
    """Tell whether a folder or file says of itself that it is a saved model, damaged or not."""
    try:
        with source_of(path).open(MANIFEST) as file:
            _kind_of(json.loads(file.read(_LARGEST_MANIFEST)))
    except (OSError, ValueError, RecursionError):
        return False
    return True


def _check_version(path: Path, version: object, kind: Kind) -> None:
    if not isinstance(version, int) or version < 1:
        raise ValueError(f"format_version {version!r}")
    if version > kind.version:
        raise BundleError(
            f"'{path}'은(는) 더 새로운 kosent의 모델입니다 (형식 {version}, 이 버전은 "
            f"{kind.version}까지). kosent를 업그레이드하세요",
            f"'{path}' was saved by a newer kosent (format {version}, this one reads up to "
            f"{kind.version}); upgrade kosent",
        )


def _other_kind(path: Path, found: Kind) -> BundleError:
    if found is ENSEMBLE:
        return BundleError(
            f"'{path}'은(는) 여러 모델을 모은 앙상블입니다. kosent.load로 읽으세요. 신경망 하나를 "
            "들여다보는 일은 할 수 없습니다",
            f"'{path}' is an ensemble of several models; kosent.load reads it, and what looks into "
            "one network cannot be done with it",
        )
    return BundleError(
        f"'{path}'은(는) 앙상블이 아니라 모델 하나입니다. kosent.load로 읽으세요",
        f"'{path}' is a single model and no ensemble; kosent.load reads it",
    )


def _no_model(path: Path, error: OSError) -> BundleError:
    reason = error.strerror or str(error)
    return BundleError(
        f"'{path}'은(는) kosent 모델이 아닙니다 ({MANIFEST}을 읽을 수 없음: {reason}). "
        "kosent train이 만든 bundle 폴더나 .kosent 파일을 지정하세요",
        f"'{path}' is not a kosent bundle (no readable {MANIFEST}: {reason}); "
        "give the bundle folder that kosent train made, or a .kosent file",
    )
