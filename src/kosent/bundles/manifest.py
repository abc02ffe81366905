"""The signed manifest of a saved model, and files that are checked against it when they are read.

A saved model is one network (``kosent.bundles.model``) or several (``kosent.bundles.ensemble``).
Both are a folder, or one ``.kosent`` file, with ``manifest.json`` in it: format, version, labels,
figures, and size and SHA-256 of every other file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self, TypeVar

from kosent.bundles.archive import ZIP_ERRORS, Archive, Source, source_of
from kosent.errors import BundleError
from kosent.support.paths import survivor
from kosent.support.signed import LARGEST_JSON, from_json, from_signed_json, sha256

_Taken = TypeVar("_Taken")

MANIFEST = "manifest.json"
CHECKSUM = "manifest_sha256"

_BLOCK = 2**20

# A model is read into memory; more than this in one file is a mistake or an attack.
_LARGEST_FILE = 2 * 1024**3
_SMALL = (".json", ".md")  # at most as large as a JSON document may be
_MOST_FILES = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of saved model.

    Attributes:
        format: What its manifest calls it.
        version: The newest format version that this kosent writes and reads: that of several
            labels a text.
        one_label: That of one label a text, which older ones read too.
    """

    format: str
    version: int
    one_label: int


MODEL = Kind("kosent-bundle", 3, 2)
ENSEMBLE = Kind("kosent-ensemble", 2, 1)


class Saved:
    """A saved model, open: its manifest, which was verified, and its files, verified when read.

    Args:
        path: Where it is, as errors name it.
        source: Its files.
        content: That of its manifest.
        kind: What it must be; either where it is ``None``.

    Attributes:
        path: As given.
        manifest: Its manifest.
        content: The manifest as it is saved.
        sha256: The manifest's SHA-256, which stands for the whole model.

    Raises:
        BundleError: If the manifest is damaged, of a newer format or of the other kind.
    """

    def __init__(self, path: Path, source: Source, content: bytes, kind: Kind | None) -> None:
        self.path = path
        self.manifest = _parse(path, content, kind)
        self.content = content
        self.sha256 = sha256(content)
        self._source = source

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._source.close()

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
        digest, size = hashlib.sha256(), 0
        with self._file(name) as file:
            while size <= self._entry(name)["size"] and (block := file.read(_BLOCK)):
                digest.update(block)
                size += len(block)
        self._check(name, size, digest.hexdigest())

    def _entry(self, name: str) -> dict[str, Any]:
        try:
            entry: dict[str, Any] = self.manifest["files"][name]
        except KeyError as error:
            raise damaged(self.path, f"{name}: missing") from error
        return entry

    @contextmanager
    def _file(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with self._source.open(name) as file:
                yield file
        except (OSError, *ZIP_ERRORS) as error:
            from kosent.bundles.refusals import unreadable

            raise unreadable(self.path, name, error) from error

    def _check(self, name: str, size: int, checksum: str) -> None:
        entry = self._entry(name)
        if size != entry["size"]:
            raise damaged(self.path, f"{name}: size is not {entry['size']}")
        if checksum != entry["sha256"]:
            raise damaged(self.path, f"{name}: checksum")


def open_saved(path: Path, kind: Kind | None = None, content: bytes | None = None) -> Saved:
    """Open a saved model, and read and verify its manifest.

    Args:
        path: A folder or ``.kosent`` file.
        kind: What it must be; either where it is ``None``.
        content: That of its ``.kosent`` file, where it stands inside another one.

    Raises:
        BundleError: If there is none, or it is damaged, of a newer format or of the other kind.
    """
    try:
        source = source_of(path) if content is None else Archive(content)
    except OSError as error:
        from kosent.bundles.refusals import no_model

        raise no_model(path, error, MANIFEST) from error
    try:
        return Saved(path, source, _content(path, source), kind)
    except BundleError:
        source.close()
        raise


def read_saved(path: Path, take: Callable[[Saved], _Taken], kind: Kind | None = None) -> _Taken:
    """Open a saved model and take something from it; once more where it was overwritten meanwhile.

    The files of a folder that is overwritten while it is read are some of the old model and some
    of the new one, or none.

    Args:
        path: A folder or ``.kosent`` file.
        take: Reads what is wanted while the model is open.
        kind: What it must be; either where it is ``None``.

    Raises:
        BundleError: As :func:`open_saved` and ``take``.
    """
    before = _identity(path)
    try:
        with open_saved(survivor(path), kind) as saved:
            return take(saved)
    except BundleError:
        if _identity(path) == before:
            raise
    with open_saved(path, kind) as saved:
        return take(saved)


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a folder or file from another one that takes its name."""
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_ino, about.st_mtime_ns


def read_manifest(path: Path, kind: Kind | None = None) -> dict[str, Any]:
    """Return the manifest of a saved model; arguments and errors are those of ``open_saved``."""
    return read_saved(path, lambda saved: saved.manifest, kind)


def _content(path: Path, source: Source) -> bytes:
    try:
        with source.open(MANIFEST) as file:
            return file.read(LARGEST_JSON + 1)
    except (OSError, *ZIP_ERRORS) as error:
        from kosent.bundles.refusals import no_model

        raise no_model(path, error, MANIFEST) from error


def _parse(path: Path, data: bytes, kind: Kind | None) -> dict[str, Any]:
    try:
        document = from_json(data)
        found = kind_of(document)
        if kind is not None and found is not kind:
            from kosent.bundles.refusals import other_kind

            raise other_kind(path, is_ensemble=found is ENSEMBLE)
        _check_version(path, document.get("format_version"), found)
        manifest = from_signed_json(data, CHECKSUM)
        _check_content(manifest)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise damaged(path, f"{MANIFEST}: {error}") from error
    return manifest


def is_ensemble(manifest: Mapping[str, Any]) -> bool:
    """Tell whether a manifest is that of an ensemble."""
    return bool(manifest["format"] == ENSEMBLE.format)


def damaged(path: Path, detail: str) -> BundleError:
    """Build the error for a saved model that is not as it was saved."""
    return BundleError(
        f"'{path}' 모델이 손상되었습니다 ({detail}). 다시 받거나 다시 학습하세요",
        f"the bundle '{path}' is damaged ({detail}); get it again or train it again",
    )


@contextmanager
def damage(path: Path) -> Iterator[None]:
    """Turn what is wrong with the content of files inside into the error for a damaged model."""
    try:
        yield
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise damaged(path, f"{type(error).__name__}: {error}") from error


def unusable(path: Path, detail: str) -> BundleError:
    """Build the error for a saved model that is whole and cannot be used."""
    return BundleError(
        f"'{path}' 모델을 쓸 수 없습니다 ({detail})",
        f"the bundle '{path}' cannot be used ({detail})",
    )


def kind_of(document: Any) -> Kind:
    """Return what a manifest says that the model is.

    Raises:
        ValueError: If it is no manifest of a saved model.
    """
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
    _check_files(manifest["files"])


def _check_files(files: dict[str, Any]) -> None:
    if len(files) > _MOST_FILES:
        raise ValueError(f"{len(files)} files")
    for name, entry in files.items():
        if "\0" in name or Path(name).name != name:
            raise ValueError(f"{name!r} is not the name of a file")
        largest = LARGEST_JSON if name.endswith(_SMALL) else _LARGEST_FILE
        if not isinstance(entry["sha256"], str):
            raise ValueError(f"{name}: sha256 {entry['sha256']!r}")
        if type(entry["size"]) is not int or not 0 <= entry["size"] <= largest:
            raise ValueError(f"{name}: size {entry['size']!r}")


def _check_version(path: Path, version: object, kind: Kind) -> None:
    if type(version) is not int or version < 1:
        raise ValueError(f"format_version {version!r}")
    if version > kind.version:
        from kosent.bundles.refusals import newer

        raise newer(path, version, kind.version)
