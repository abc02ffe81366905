"""Where training runs stand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from kosent.errors import RuntimeSetupError, UsageError
from kosent.runs.latest import BUNDLE, RUNS_FOLDER, modified

CONFIG = "config.json"


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
    return max(found, key=modified).parent


def is_unfinished(folder: Path) -> bool:
    """Tell whether ``resume_run`` has something to go on with in ``folder``."""
    return (folder / CONFIG).is_file() and not (folder / BUNDLE).exists()


def named_folder(corpus: str, what: str, root: Path = RUNS_FOLDER) -> Path:
    """Return a name for a new run folder: time, corpus and what is trained."""
    stamp = datetime.now(UTC).astimezone().strftime("%Y%m%d-%H%M%S")
    name = f"{stamp}-{Path(corpus).stem or 'corpus'}-{what}"
    taken, free = 1, name
    while (root / free).exists():
        taken += 1
        free = f"{name}-{taken}"
    return root / free


def check_free(folder: Path) -> None:
    """Refuse a run folder that holds something already.

    Raises:
        UsageError: If it does.
        RuntimeSetupError: If it cannot be looked at.
    """
    try:
        taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as error:
        reason = error.strerror or str(error)
        raise RuntimeSetupError(
            f"'{folder}'을(를) 쓸 수 없습니다 ({reason}). 권한을 확인하거나 다른 곳을 지정하세요",
            f"cannot use '{folder}' ({reason}); check permissions or choose another place",
        ) from error
    if taken:
        raise UsageError(
            f"'{folder}'이(가) 비어 있지 않습니다. 다른 --out이나 --resume을 쓰세요",
            f"'{folder}' is not empty; choose another --out, or go on with --resume",
        )
