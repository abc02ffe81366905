"""What runs on Ray cost and survive: two nodes here against child processes here, two at once each.

The two nodes are processes of this machine, as in ``ray_nodes.py``. Three commands are run, each
without ``--engine`` and with ``--engine ray``: a recipe of three members (``kosent train``), four
trials (``kosent tune``), and two seeds of two systems (``kosent bench``). Weights, probabilities,
trials and predictions are held bit for bit; only seconds and the number of processors may differ.
``--kill`` adds runs in which an actor, its child (as a system without memory does), or the whole
node is ended once two children are at work. ``--only start`` shows what an actor costs beside a
child.

Needs Ray and Optuna (the extras ``ray`` and ``tune``). Run:
``python bench/ray_runs.py [--rows 20000] [--only train tune bench start] [--kill actor node]``
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from jobs import KOSENT
from ray_nodes import nodes

RECIPE = """
title = "세 모델 / three models"
corpus = "{corpus}"
parameters = 1
[[members]]
architecture = "ngrams"
architecture_options = {{buckets = 65536}}
tokenizer = "character"
[[members]]
architecture = "gru"
tokenizer = "character"
epochs = 2
[[members]]
architecture = "lstm"
tokenizer = "whitespace"
epochs = 2
"""
NOTHING = """
from kosent.support.processes import Parent

def nothing():
    Parent().answer(lambda: None)
"""
SPACE = """
[architecture_options.units]
choices = [16, 32]
"""  # few, so that both sides try the same
SECONDS = {"seconds", "train_seconds", "texts_per_second", "manifest_sha256", "code"}


def commands(folder: Path, corpus: str, rows: int) -> dict[str, list[str]]:
    recipe = folder / "three.toml"
    recipe.write_text(RECIPE.format(corpus=corpus))
    space = folder / "space.toml"
    space.write_text(SPACE)
    limit = ["--limit", str(rows), "--jobs", "2"]
    gru = ["--model", "gru", "--tokenizer", "character", "--epochs", "2"]
    gru += ["--space", str(space), "--trials", "4"]
    return {
        "train": ["train", "--recipe", str(recipe), *limit],
        "tune": ["tune", "--corpus", corpus, *gru, *limit],
        "bench": ["bench", "--corpus", corpus, "--systems", "fast,svm", "--seeds", "0,1", *limit],
    }


def run(command: list[str], out: Path, address: str | None) -> float:
    """Run a command of kosent; return its seconds."""
    engine = [] if address is None else ["--engine", "ray"]
    environment = os.environ | ({} if address is None else {"RAY_ADDRESS": address})
    started = time.perf_counter()
    with (out.parent / f"{out.name}.txt").open("w") as said:
        subprocess.run(
            [*KOSENT, *command, "--out", str(out), *engine],
            check=True,
            env=environment,
            stdout=said,
            stderr=said,
        )
    return time.perf_counter() - started


def content(what: str, out: Path) -> dict[str, Any]:
    """Return all that must be equal."""
    if what == "tune":  # which trial ends first decides on what the next one tries
        lines = (out / "trials.csv").read_text().splitlines()
        names, *rows = (line.split(",") for line in lines)
        figures = [names.index(name) for name in ("value", "accuracy")]
        chosen = slice(names.index("seconds") + 1, None)
        trials: dict[str, Any] = {}
        for row in rows:
            found = trials.setdefault(str(row[chosen]), [row[place] for place in figures])
            assert found == [row[place] for place in figures], rows
        return trials
    known: dict[str, Any] = {}
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if path.suffix == ".safetensors" or path.name in ("config.json", "encoder.json"):
            known[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        elif path.name == "manifest.json" or (what == "bench" and path.parent != out):
            known[name] = without_seconds(json.loads(path.read_bytes()))
    return known


def without_seconds(value: Any) -> Any:
    if isinstance(value, dict):
        inner = {name: without_seconds(each) for name, each in value.items()}
        return {
            name: each
            for name, each in inner.items()
            if name not in SECONDS and not name.endswith(".kosent")  # holds a manifest
        }
    return [without_seconds(each) for each in value] if isinstance(value, list) else value


def compared(what: str, one: dict[str, Any], other: dict[str, Any]) -> str:
    both = one.keys() & other.keys()
    different = [name for name in both if one[name] != other[name]]
    alone = len(one.keys() ^ other.keys())
    assert both, what
    assert what == "tune" or not alone, sorted(one.keys() ^ other.keys())
    rest = f", {alone} that only one side tried" if alone else ""
    return f"{len(both)} compared, {len(different)} different{rest} {different or ''}"


def at_work(name: bytes) -> Iterator[int]:
    """Give the processes of this script whose command line holds some text, orphans too."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            is_ours = f"{MARK}={os.getpid()}".encode() in (folder / "environ").read_bytes()
            if is_ours and name in (folder / "cmdline").read_bytes():
                yield int(folder.name)


MARK = "KOSENT_RAY_RUNS"  # in the environment of all that this script starts
DEATHS = ("actor", "child", "node")
CHILD, ACTOR = b"job = json.loads(sys.stdin.buffer", b"ray::Host"


def kill_later(which: str, cluster: Any, node: Any) -> None:
    """Kill once two children are at work, and have been for some seconds."""
    while len(list(at_work(CHILD))) < 2:
        time.sleep(0.1)
    time.sleep(5)
    if which == "node":
        cluster.remove_node(node, allow_graceful=False)
    else:
        os.kill(next(at_work(CHILD if which == "child" else ACTOR)), signal.SIGKILL)
    print(f"killed: {which}", flush=True)


def run_on_ray(command: list[str], out: Path, death: str) -> float:
    """Run a command on a new cluster; return its seconds without the start of the cluster."""
    cluster, node = nodes()
    try:
        if death:
            arguments = (death, cluster, node)
            threading.Thread(target=kill_later, args=arguments, daemon=True).start()
        seconds = run(command, out, cluster.address)
    finally:
        cluster.shutdown()
    said = out.with_name(f"{out.name}.txt").read_text().splitlines()
    again = [line for line in said if "done again" in line or "다시 합니다" in line]
    if death:
        print(f"      {len(again)} done again", *again, sep="\n      ", flush=True)
    return seconds


def starts(folder: Path) -> None:
    """Print the seconds of a work that does nothing, which are those of its start."""
    from kosent.support import executors
    from kosent.support.executors import Work, Worker
    from kosent.support.progress import Silent

    (folder / "ray_nothing.py").write_text(NOTHING)
    os.environ["PYTHONPATH"] = str(folder)  # for the machines of the cluster
    sys.path.insert(0, str(folder))
    work = Work(importlib.import_module("ray_nothing").nothing, {})
    for engine in (None, "ray"):
        began = time.perf_counter()
        with executors.opened(engine, 1, Silent()) as executor:
            opened, seconds = time.perf_counter() - began, []
            for _ in range(6):
                began = time.perf_counter()
                worker = Worker(executor, work)
                worker.ask()
                worker.finish()
                seconds.append(time.perf_counter() - began)
        said = f"{statistics.median(seconds):.2f} s (median), opened in {opened:.1f} s"
        print(f"start {engine or 'here':5} {said}  (load {os.getloadavg()[0]:.1f})", flush=True)


def left_over() -> list[int]:
    deadline = time.monotonic() + 10
    while (found := list(at_work(CHILD))) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", default="nsmc")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--only", nargs="+", default=["train", "tune", "bench"])
    parser.add_argument("--kill", nargs="*", choices=DEATHS, default=[])
    given = parser.parse_args()
    os.environ[MARK] = str(os.getpid())
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        asked = commands(folder, given.corpus, given.rows)
        if "start" in given.only:
            starts(folder)
        for what in [each for each in given.only if each != "start"]:
            alone = run(asked[what], folder / f"{what}-here", None)
            load = os.getloadavg()[0]
            print(f"{what:5} --jobs 2      {alone:6.1f} s  (load {load:.1f})", flush=True)
            for death in ("", *given.kill):
                out = folder / f"{what}-ray-{death}"
                on_ray = run_on_ray(asked[what], out, death)
                load = os.getloadavg()[0]
                print(f"{what:5} --engine ray  {on_ray:6.1f} s  (load {load:.1f})", flush=True)
                pair = (content(what, each) for each in (folder / f"{what}-here", out))
                print(f"      {compared(what, *pair)}; left over: {left_over()}", flush=True)


if __name__ == "__main__":
    main()
