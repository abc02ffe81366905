"""Where training runs stand, apart from ``kosent.runs.run`` so that prediction need not load that."""

from __future__ import annotations

from pathlib import Path

from kosent.errors import UsageError

RUNS_FOLDER = Path("runs")
BUNDLE = "bundle"
CONFIG = "config.json"
_MANIFEST = "manifest.json"


def latest_bundle(root: str | Path = RUNS_FOLDER) -> Path:
    """Return the bundle of the newest complete run.

    Args:
        root: Folder of run folders.

    Raises:
        UsageError: If there is none.
    """
    found = sorted(Path(root).glob(f"*/{BUNDLE}/{_MANIFEST}"), key=_modified)
    if not found:
        raise UsageError(
            f"'{root}'에 학습한 모델이 없습니다. kosent train으로 학습하거나 --bundle을 지정하세요",
            f"no trained model below '{root}'; run kosent train first, or name one with --bundle",
        )
    return found[-1].parent


def latest_unfinished(root: str | Path = RUNS_FOLDER) -> Path:
    """Return the newest run folder without a bundle.

    Raises:
        UsageError: If there is none.
    """
    found = [p for p in Path(root).glob(f"*/{CONFIG}") if is_unfinished(p.parent)]
    if not found:
        raise UsageError(
            f"'{root}'에 이어서 할 학습이 없습니다", f"no unfinished run below '{root}'"
        )
    return max(found, key=_modified).parent


def is_unfinished(folder: Path) -> bool:
    """Tell whether ``resume_run`` has something to go on with in ``folder``."""
    return (folder / CONFIG).is_file() and not (folder / BUNDLE).exists()


def _modified(path: Path) -> tuple[int, str]:
    return path.stat().st_mtime_ns, str(path)
