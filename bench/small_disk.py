"""A disk with too little room: a memory file system of a few pages, mounted for each try.

`disk.py` stands between Python and the system; what libraries in C write by themselves (pieces of
SentencePiece, Parquet, sheets, weights) goes past it. Here the system itself says that there is no
room, whoever writes. Each act has from no room at all to a page less than it needs; afterwards the
same holds as there, and with more room the act succeeds. Linux only: it mounts in a namespace of
its own.

Run: ``python bench/small_disk.py [--sizes 12] [--only NAME]``
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from disk import ACTS, Act, child, import_all, rehearsed, wrong

PAGE = os.sysconf("SC_PAGE_SIZE")
ROOMY = 2**26  # bytes, more than any act needs
IN_NAMESPACE = "KOSENT_BENCH_IN_NAMESPACE"


def system(name: str, *arguments: str | Path) -> int:
    """Run a program of the system and return its exit code."""
    path = shutil.which(name)
    assert path, f"{name} is not installed"
    return subprocess.call([path, *arguments])


def mount(folder: Path, size: int, again: str = "") -> None:
    """Give a folder a file system of its own size in bytes, or another size."""
    code = system("mount", "-t", "tmpfs", "-o", f"{again}size={size}", "none", folder)
    assert code == 0, code


@contextmanager
def begun(start: Path, folder: Path, room: int) -> Iterator[None]:
    """Copy what an act begins with to a file system with so many bytes of room beside it."""
    folder.mkdir()
    mount(folder, ROOMY)
    try:
        shutil.copytree(start, folder, dirs_exist_ok=True)
        mount(folder, used(folder) + max(PAGE, room), "remount,")  # a size of 0 is no bound
        yield
    finally:
        system("umount", folder)
        folder.rmdir()


def used(folder: Path) -> int:
    """Return the bytes in use on a file system."""
    found = os.statvfs(folder)
    return (found.f_blocks - found.f_bfree) * found.f_frsize


def needed(act: Act, start: Path, folder: Path) -> int:
    """Return the bytes of room with which an act just succeeds, found by halving."""
    low, high = 0, ROOMY // PAGE
    while high - low > 1:
        middle = (low + high) // 2
        with begun(start, folder, middle * PAGE):
            is_enough = child(act.run, folder, 0, 0).code == 0
        low, high = (low, middle) if is_enough else (middle, high)
    return high * PAGE


def tried(name: str, sizes: int) -> Iterator[tuple[int, str]]:
    """Do an act with too little room; give its exit code and what is wrong."""
    act = ACTS[name]
    with rehearsed(act) as (scratch, start, _, _):
        old, expected = act.result(start), act.result(scratch / "whole")
        folder = scratch / "now"
        pages = needed(act, start, folder) // PAGE
        for room in sorted({pages * number // sizes for number in range(sizes)} | {pages - 1}):
            with begun(start, folder, room * PAGE):
                came = child(act.run, folder, 0, 0)
                fault = wrong(act, folder, came, old, expected)
                mount(folder, ROOMY, "remount,")
                if not fault and came.code:
                    after = child(act.again, folder, 0, 0)
                    if after.code or act.result(folder) != expected:
                        fault = f"not mended by more room: {after.code} {after.said[-300:]}"
            yield came.code, fault and f"{name}, {room} of {pages} pages: {fault}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, default=12, help="so many sizes an act")
    parser.add_argument("--only", help="an act")
    given = parser.parse_args()
    if IN_NAMESPACE not in os.environ:
        os.environ[IN_NAMESPACE] = "yes"
        sys.exit(system("unshare", "--map-root-user", "--mount", sys.executable, *sys.argv))
    import_all(trains=False)
    counts: Counter[str] = Counter()
    started = time.perf_counter()
    for name in [given.only] if given.only else ACTS:
        if "train" in name:
            import_all(trains=True)
        for code, fault in tried(name, given.sizes):
            counts["refused" if code else "went on"] += 1
            if fault:
                counts["wrong"] += 1
                print(fault, flush=True)
        print(f"{name}: {dict(counts)}", file=sys.stderr)
    print(
        f"{counts['refused'] + counts['went on']} disks too small: {counts['refused']} refused in "
        f"one line, {counts['went on']} not needed, {counts['wrong']} wrong; "
        f"{time.perf_counter() - started:.0f} s"
    )
    sys.exit(bool(counts["wrong"]))


if __name__ == "__main__":
    main()
