"""What users mean by a path, and what killed processes leave beside one: all that reading needs."""

from __future__ import annotations

import glob
import os
from pathlib import Path

LONGEST_NAME = 220  # bytes: file systems take 255, and something is added


def user_path(path: str | Path) -> Path:
    """Return the path that a user means: ``~`` is the home folder, as a shell has it."""
    path = Path(path)
    try:
        return path.expanduser()
    except RuntimeError:  # ~nobody: a folder may be called so
        return path


def shortened(name: str, most: int) -> str:
    """Return the beginning of a file's name that takes at most so many bytes."""
    return os.fsencode(name)[:most].decode(errors="ignore")


def survivor(path: Path) -> Path:
    """Return what a process that was killed while it replaced a path has left of it.

    Where the system cannot exchange two names, there is a moment in which nothing is at the path.

    Returns:
        The folder that was to be replaced, under its name of that moment; else ``path``.
    """
    left = [] if path.exists() else list(path.parent.glob(f"{beside(path)}.*.old"))
    return left[0] if len(left) == 1 else path


def beside(path: Path) -> str:
    """Return how names begin that are given to what becomes or was ``path``, as a pattern."""
    return glob.escape(f".{shortened(path.name, LONGEST_NAME)}")
