"""Trainings begun at once: each leaves a whole run folder of its own.

Starts ``kosent train`` with the fastest network on the sample corpus as many times at once as
asked, each in a process of its own in one folder, and counts run folders, those that were
reported, and those whose model loads. Then all are given the same ``--out``, and all but one are
refused. Last, all begin with a cache that is empty, and need Okt's tables and one download::

    .venv/bin/python bench/simultaneous.py --processes 40 [--only cold_cache]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import kosent
from disk import serving

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


COLD = """
import hashlib, sys
from pathlib import Path
from kosent.corpora.fetching.download import download
from kosent.corpora.spec import RemoteFile
from kosent.text.encoding.cache import fit_encode
from kosent.text.encoding.encoder import TextEncoder
url, size, checksum = sys.argv[1], int(sys.argv[2]), sys.argv[3]
download(RemoteFile("c/file", url, size, "sha256", checksum), Path("data", "file"))
texts = Path("data", "file").read_text("utf-8").splitlines()
encoder, ids = fit_encode(TextEncoder(tokenizer="okt"), texts)
ids = ids.pad(range(len(ids))).tolist()
print(hashlib.sha256(repr((encoder.files(), ids)).encode()).hexdigest())
"""


def cold_cache(processes: int, folder: Path) -> dict[str, Any]:
    """Let all encode with Okt, and download, where nothing is cached yet."""
    data = "".join(f"영화가 정말 {'재밌었다' if n % 3 else '지루했다'} {n}\n" for n in range(200))
    about = [str(len(data.encode())), hashlib.sha256(data.encode()).hexdigest()]
    environment = os.environ | {"KOSENT_CACHE": str(folder / "cache"), "NO_PROXY": "127.0.0.1"}
    with serving(data.encode()) as url:
        started = [
            subprocess.Popen(
                [sys.executable, "-P", "-c", COLD, url, *about],
                **{"cwd": folder, "env": environment, "text": True},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            for _ in range(processes)
        ]
        said = [process.communicate() for process in started]
    return {
        "processes": processes,
        "exit codes": dict(Counter(process.returncode for process in started)),
        "different answers": len({out for out, _ in said}),
        "lines on stderr": sorted({err.strip()[-200:] for _, err in said if err.strip()}),
        "in the cache": sorted({path.parent.name for path in folder.glob("cache/*/*.kosent")}),
        "left behind": [str(path) for path in folder.rglob("*") if path.name.startswith(".")],
    }


CAMPAIGNS = (own_folders, one_folder, cold_cache)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=40)
    parser.add_argument("--only", choices=[each.__name__ for each in CAMPAIGNS])
    given = parser.parse_args()
    processes = given.processes
    for campaign in CAMPAIGNS:
        if given.only not in (None, campaign.__name__):
            continue
        started = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            figures = campaign(processes, Path(folder))
        figures["seconds"] = round(time.perf_counter() - started, 1)
        print(json.dumps({campaign.__name__: figures}, indent=2))


if __name__ == "__main__":
    main()
