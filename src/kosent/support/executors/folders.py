"""A run folder that goes to another machine and comes back, file by file and piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from kosent.errors import RuntimeSetupError

PIECE = 16 * 2**20  # bytes that travel at once
MOST = 2**30  # bytes of a folder; it is held in memory on its way


def listed(folder: Path) -> dict[str, int]:
    """Return the size of each file in and below a folder, by its name in it; none if none is there.

    Args:
        folder: The folder.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}


def piece(folder: Path, name: str, offset: int) -> bytes:
    """Return what stands in a file from ``offset`` on, at most ``PIECE`` bytes."""
    with (folder / name).open("rb") as file:
        file.seek(offset)
        return file.read(PIECE)


def gathered(sizes: Mapping[str, int], ask: Callable[[str, int], bytes]) -> dict[str, bytes]:
    """Return all files of a folder.

    Args:
        sizes: As of :func:`listed`.
        ask: Returns a piece, as :func:`piece` does.

    Raises:
        RuntimeSetupError: If they are more than ``MOST``.
    """
    total = sum(sizes.values())
    if total > MOST:
        raise RuntimeSetupError(
            f"학습 폴더가 {total:,}바이트로 커서 다른 기계에서 가져오지 못합니다 (최대 {MOST:,}). "
            "--engine 없이 학습하세요",
            f"the run folder of {total:,} bytes is too large to come from another machine (at most "
            f"{MOST:,}); train without --engine",
        )
    return {
        name: b"".join(ask(name, offset) for offset in range(0, size, PIECE))
        for name, size in sizes.items()
    }
