"""The model of the newest run: all that prediction has to know of runs."""

from __future__ import annotations

from pathlib import Path

from kosent.bundles.place import BUNDLE
from kosent.errors import UsageError

RUNS_FOLDER = Path("runs")
_MANIFEST = "manifest.json"


def latest_bundle(root: str | Path = RUNS_FOLDER) -> Path:
    """Return the bundle of the newest complete run.

    Args:
        root: Folder of run folders.

    Raises:
        UsageError: If there is none.
    """
    found = sorted(Path(root).glob(f"*/{BUNDLE}/{_MANIFEST}"), key=modified)
    if not found:
        raise UsageError(
            f"'{root}'에 학습한 모델이 없습니다. kosent train으로 학습하거나 --bundle을 지정하세요",
            f"no trained model below '{root}'; run kosent train first, or name one with --bundle",
        )
    return found[-1].parent


def modified(path: Path) -> tuple[int, str]:
    """Return what puts paths in the order of their last change."""
    return path.stat().st_mtime_ns, str(path)
