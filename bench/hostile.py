"""Hand-made hostile models: each is refused, in seconds, and with little memory.

Each is a copy of a golden model with one thing changed, its manifest signed again as a forger
would. A process of its own loads it, the way that ``kosent.load`` and ``kosent predict`` do.

Run: ``python bench/hostile.py [--every 7] [--only NAME]``
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hostile_changes import GOLDEN, Change
from hostile_files import (
    ARCHITECTURES,
    ARCHIVES,
    BYTES,
    DOCUMENTS,
    ENCODERS,
    ENSEMBLES,
    LINKS,
    MANIFESTS,
    PLACES,
    within,
)
from hostile_networks import NETWORKS

PATIENCE = 60  # seconds until a process is ended
LONGEST, LARGEST = 10.0, 512  # seconds of a processor for a load, MB of its process

HOSTILE: dict[str, Change] = {
    **NETWORKS,
    **DOCUMENTS,
    **PLACES,
    **MANIFESTS,
    **BYTES,
    **ENCODERS,
    **ARCHITECTURES,
    **ARCHIVES,
    **ENSEMBLES,
    **LINKS,
    "64 members for minutes": within("minutes", NETWORKS["for minutes"]),
    "64 members of squares": within("squares", NETWORKS["squares of squares"]),
}

LOADING = """
import sys, time
import kosent
from kosent.models.loading import load_predictor
longest = 0
for load in (kosent.load, load_predictor):
    started = time.process_time()
    try:
        load(sys.argv[1])
    except kosent.errors.BundleError:
        longest = max(longest, time.process_time() - started)
        continue
    if load is kosent.load:  # what only predicts does not read all of it
        sys.exit("loaded")
print(longest)
print(*(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def tried(name: str, folder: Path) -> tuple[str, float, int]:
    """Load one of them; return what went wrong, and what it took of seconds and megabytes."""
    path = shutil.copytree(GOLDEN, folder / "model")
    HOSTILE[name](path)
    started = time.perf_counter()
    line = [sys.executable, "-c", LOADING, str(path)]
    try:
        ended = subprocess.run(
            line, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return f"{name}: no end", float(PATIENCE), 0
    seconds = time.perf_counter() - started
    if ended.returncode:
        said = ended.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        return f"{name}: exit code {ended.returncode}, {said}", seconds, 0
    longest, most = ended.stdout.split()
    return "", float(longest), int(most) // 1024


def is_much(_: str, seconds: float, megabytes: int) -> bool:
    """Tell whether a load took more than it may."""
    return seconds > LONGEST or megabytes > LARGEST


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="take every so many of them")
    parser.add_argument("--only", help="take this one")
    given = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    found = {}
    for name in [given.only] if given.only else list(HOSTILE)[:: given.every]:
        with tempfile.TemporaryDirectory() as folder:
            found[name] = tried(name, Path(folder))
        if found[name][0]:
            print(*found[name], flush=True)
    wrong = [said for said, _, _ in found.values() if said]
    slowest = max(found, key=lambda name: found[name][1])
    largest = max(found, key=lambda name: found[name][2])
    much = [f"{name}: {each}" for name, each in found.items() if is_much(*each)]
    print(*much, sep="\n")
    print(
        f"{len(found)} hostile models, {len(found) - len(wrong)} refused; "
        f"longest {found[slowest][1]:.1f} s ({slowest}), most {found[largest][2]:,} MB ({largest})"
    )
    sys.exit(bool(wrong or much))


if __name__ == "__main__":
    main()
