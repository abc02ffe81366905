"""Trainings begun at once: each leaves a whole run folder of its own.

Starts ``kosent train`` with the fastest network on the sample corpus as many times at once as
asked, each in a process of its own in one folder, and counts run folders, those that were
reported, and those whose model loads. Then all are given the same ``--out``, and all but one are
refused::

    .venv/bin/python bench/simultaneous.py --processes 40
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import kosent

TRAIN = (
    *(sys.executable, "-P", "-c", "from kosent_cli.main import main; main()"),
    *("train", "--corpus", "sample", "--limit", "120", "--tokenizer", "character"),
    *("--model", "ngrams", "--set", "buckets=4096", "--json"),
)


def at_once(processes: int, folder: Path, *more: str) -> list[tuple[int, str, str]]:
    """Start all, and return exit code, stdout and stderr of each."""
    started = [
        subprocess.Popen(
            [*TRAIN, *more], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(processes)
    ]
    said = [process.communicate() for process in started]
    return [(each.returncode, *lines) for each, lines in zip(started, said, strict=True)]


def own_folders(processes: int, folder: Path) -> dict[str, Any]:
    """Let each name its run folder itself."""
    done = at_once(processes, folder)
    reported = [json.loads(out)["folder"] for code, out, _ in done if code == 0]
    whole = 0
    for name in set(reported):
        kosent.load(folder / name / "bundle")
        whole += 1
    seconds = Counter(Path(name).name[:15] for name in reported)
    return {
        "processes": processes,
        "exit code 0": len(reported),
        "run folders": len(list((folder / "runs").iterdir())),
        "different folders reported": len(set(reported)),
        "whole": whole,
        "most begun in one second": max(seconds.values()),
        "left behind": [str(path) for path in folder.rglob("*") if path.name.startswith(".")],
    }


def one_folder(processes: int, folder: Path) -> dict[str, Any]:
    """Give all the same run folder."""
    done = at_once(processes, folder, "--out", "run")
    kosent.load(folder / "run" / "bundle")
    lines = [said.strip().splitlines()[-1] for code, _, said in done if code == 2]
    refusals = Counter(line.rpartition("; ")[0].rpartition(" / ")[2] for line in lines)
    return {"exit codes": dict(Counter(code for code, *_ in done)), "refusals": dict(refusals)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=40)
    processes = parser.parse_args().processes
    for campaign in (own_folders, one_folder):
        started = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            figures = campaign(processes, Path(folder))
        figures["seconds"] = round(time.perf_counter() - started, 1)
        print(json.dumps({campaign.__name__: figures}, indent=2))


if __name__ == "__main__":
    main()
