"""Saved models, written: whole or not at all, and never over what is no saved model."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from kosent.bundles.archive import SUFFIX, ZIP_ERRORS, source_of, to_archive
from kosent.bundles.manifest import CHECKSUM, MANIFEST, MODEL, Kind, kind_of
from kosent.bundles.model import ONNX, WEIGHTS, Bundle
from kosent.bundles.probes import write_probes
from kosent.errors import UsageError
from kosent.support.files import already_there, disk_errors, write_file, write_folder
from kosent.support.signed import (
    LARGEST_JSON,
    from_json,
    is_bounded,
    sha256,
    to_json,
    to_signed_json,
)


def write_model(path: Path, bundle: Bundle, *, overwrite: bool = False) -> None:
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
    facts = {
        "labels": bundle.labels,
        "info": bundle.info,
        "prediction_only": bundle.load_weights is None,
    }
    several = bundle.thresholds is not None
    return facts | ({"thresholds": bundle.thresholds} if several else {})


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
            Without it, this holds also for what another process writes there at the same time.

    Raises:
        UsageError: If ``path`` exists and may not be replaced.
        RuntimeSetupError: If the disk refuses.
    """
    check_target(path, overwrite=overwrite)
    contents = signed(kind, facts, files)
    if path.suffix == SUFFIX:
        write_file(path, to_archive(contents), overwrite=overwrite)
    else:
        write_folder(path, contents, may_replace=lambda old: overwrite and _is_model(old))


def signed(kind: Kind, facts: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return files with their manifest before them.

    Raises:
        UsageError: If the manifest is larger than one that is read.
    """
    manifest = {
        "format": kind.format,
        "format_version": kind.version if "thresholds" in facts else kind.one_label,
        **facts,
        "files": {
            name: {"size": len(data), "sha256": sha256(data)} for name, data in files.items()
        },
    }
    content = to_signed_json(manifest, CHECKSUM)
    if not is_bounded(content):
        raise UsageError(
            f"저장할 수 없는 모델입니다: {MANIFEST}가 너무 큽니다 ({len(content):,}바이트). "
            "라벨의 수를 줄이세요",
            f"the model cannot be saved: its {MANIFEST} is too large ({len(content):,} bytes); "
            "reduce the number of labels",
        )
    return {MANIFEST: content, **files}


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
    raise already_there(path)


def _is_model(path: Path) -> bool:
    """Tell whether a folder or file says of itself that it is a saved model, damaged or not."""
    try:
        with closing(source_of(path)) as source, source.open(MANIFEST) as file:
            kind_of(from_json(file.read(LARGEST_JSON)))
    except (OSError, RecursionError, *ZIP_ERRORS):
        return False
    return True
