"""Where training runs stand, and whose they are.

A run folder belongs to one process at a time, which holds a lock on a file in it. The lock ends
with the process, however that ends; the file is removed by those that end well.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from kosent.bundles.place import BUNDLE
from kosent.errors import DataError, UsageError
from kosent.runs.latest import RUNS_FOLDER, modified
from kosent.support.files import disk_errors, lock
from kosent.support.paths import shortened, user_path

CHECKPOINTS = "checkpoints"
CONFIG = "config.json"
SEARCH = "search.json"  # instead of it, of a search of settings (kosent.tuning)
TRIALS = "trials.journal"
LOCK = ".kosent-lock"  # not a name that another tool looks for
_WAIT = 0.05  # seconds between looks at a lock


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


@contextmanager
def begun(folder: str | Path | None, corpus: str, what: str) -> Iterator[Path]:
    """Make a run folder, which is this process' own until the block ends.

    If the block fails and nobody could go on with what it leaves, that is removed, and with it the
    folders that were made.

    Args:
        folder: The folder; one that is there must be empty. A new one below ``runs/``, named by
            time, corpus and what is trained, when ``None``.
        corpus: Name or path of the corpus.
        what: What is trained.

    Raises:
        UsageError: If the folder holds something already, or another process works in it.
        RuntimeSetupError: If the disk refuses.
    """
    path, made = _named(corpus, what) if folder is None else _asked_for(user_path(folder))
    try:
        with locked(path):
            check_free(path)
            try:
                yield path
            except BaseException as error:
                if not _can_go_on(path, error):
                    clear(path)
                raise
    except BaseException:
        for each in reversed(made):
            with suppress(OSError):  # it is not empty
                each.rmdir()
        raise


@contextmanager
def locked(folder: Path, patience: float = 0.0) -> Iterator[None]:
    """Keep a run folder for this process alone until the block ends.

    Args:
        folder: The folder.
        patience: Seconds to wait for a process that works in it.

    Raises:
        UsageError: If another process works in it.
        RuntimeSetupError: If the disk refuses.
    """
    path = folder / LOCK
    with disk_errors(folder):
        file = _locked(path, patience)
    if file is None:
        raise UsageError(
            f"'{folder}'에서 다른 프로세스가 학습하고 있습니다. 끝나기를 기다리거나 다른 --out을 "
            "쓰세요",
            f"another process is training in '{folder}'; wait for its end, or choose another --out",
        )
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()  # while it is held: no other process has locked this file
        os.close(file)


def check_free(folder: Path) -> None:
    """Refuse a run folder that holds something already.

    Raises:
        UsageError: If it does.
        RuntimeSetupError: If it cannot be looked at.
    """
    with disk_errors(folder):
        taken = folder.exists() and (not folder.is_dir() or any(_content(folder)))
    if taken:
        raise UsageError(
            f"'{folder}'이(가) 비어 있지 않습니다. 다른 --out이나 --resume을 쓰세요",
            f"'{folder}' is not empty; choose another --out, or go on with --resume",
        )


def clear(folder: Path) -> None:
    """Remove what this process, which has locked the folder, or one that died has left there."""
    for path in _content(folder):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _content(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.name != LOCK)


def _can_go_on(folder: Path, error: BaseException) -> bool:
    """Tell whether ``--resume`` would not just fail again."""
    if not any((folder / name).exists() for name in (CONFIG, SEARCH)):
        return False
    if not isinstance(error, DataError | UsageError):
        return True
    return any(any(folder.rglob(name)) for name in (BUNDLE, CHECKPOINTS, TRIALS))


def _named(corpus: str, what: str) -> tuple[Path, list[Path]]:
    """Make a new folder; two processes never get the same."""
    stamp = datetime.now(UTC).astimezone().strftime("%Y%m%d-%H%M%S")
    name = f"{stamp}-{shortened(Path(corpus).stem, 80) or 'corpus'}-{what}"
    for number in count(1):
        path = RUNS_FOLDER / (name if number == 1 else f"{name}-{number}")
        made = _made(path)
        if path in made:
            break
    return path, made


def _asked_for(path: Path) -> tuple[Path, list[Path]]:
    with disk_errors(path):
        running = (path / LOCK).exists()
    if not running:  # else the lock has the better answer
        check_free(path)
    return path, _made(path)


def _made(path: Path) -> list[Path]:
    """Make a folder and those above it that are missing; return those that were made here."""
    made: list[Path] = []
    with disk_errors(path):
        for each in (*reversed(path.parents), path):
            with suppress(FileExistsError):
                if not each.exists():
                    each.mkdir()
                    made.append(each)
    return made


def _locked(path: Path, patience: float) -> int | None:
    """Open and lock a file; ``None`` if another process holds it for all that time."""
    end = time.monotonic() + patience
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        held = lock(file)
        if held and _is_at(file, path):
            return file
        os.close(file)
        if held:  # its owner was about to remove it
            continue
        if time.monotonic() >= end:
            return None
        time.sleep(_WAIT)


def _is_at(file: int, path: Path) -> bool:
    """Tell whether an open file is still the one of that name: its last owner removes it."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(file), path.stat())
    return False
