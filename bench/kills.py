"""SIGKILL at random moments: nothing is lost, and what goes on ends as if nothing had happened.

What writes files is done once, to know what it gives and how long it takes. Then it is begun again
and again, each time in a process of its own, killed at a seeded moment, looked at, and gone on
with. What is there after a kill is what was there before or what comes of it, never half; after
the next run it is what an uninterrupted one gives. What kills have left aside is taken away by the
next run that finds it a day old, here after its date was set back.

Run: ``python bench/kills.py [--count 500] [--seed 1] [--only NAME]``
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import os
import random
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from disk import ACTS, Act, child, command, content, import_all, nothing, rehearsed, training

PORT = 0  # of the server


def combining() -> Act:
    """Put two models together."""
    one = "train --corpus sample --limit 120 --tokenizer character --model ngrams --set buckets=64"
    line = "ensemble {folder}/both.kosent --corpus sample --overwrite"
    line += " --bundle {folder}/run0 --bundle {folder}/run1"

    def begin(folder: Path) -> int:
        codes = [
            command(f"{one} --set longest={n + 2} --out {{folder}}/run{n}", folder) for n in (0, 1)
        ]
        return max(codes)

    combine = functools.partial(command, line)
    return Act(begin, combine, combine, lambda folder: content(folder / "both.kosent"))


def serving() -> Act:
    """Serve a model, which is asked over and over."""

    def serve(folder: Path) -> int:
        pid = os.fork()
        if pid == 0:
            command(f"serve --port {port()} --model m={{golden}}/format-2-gru", folder)
            os._exit(0)
        (folder / "answer").write_bytes(asked())
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        return 0

    return Act(nothing, serve, serve, lambda folder: content(folder / "answer"))


def port() -> int:
    global PORT
    if not PORT:
        with socket.create_server(("127.0.0.1", 0)) as found:
            PORT = found.getsockname()[1]
    return PORT


def asked() -> bytes:
    """Ask the server until it answers."""
    body = json.dumps({"texts": ["영화가 정말 재밌다", "돈이 아깝다"] * 20}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port()}/v1/predict", body, {"Content-Type": "application/json"}
    )
    end = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return json.dumps(json.loads(answer.read())["predictions"]).encode()
        except urllib.error.HTTPError:
            raise
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


class Kills(NamedTuple):
    """What is killed, and in how many of a hundred cases."""

    act: Act
    share: float


LINEAR = "--tokenizer character --model ngrams --set buckets=4096"
KILLS = {
    "save a folder": Kills(ACTS["save a folder"], 10),
    "save over a folder": Kills(ACTS["save over a folder"], 12),
    "save over a file": Kills(ACTS["save over a file"], 10),
    "export": Kills(ACTS["export"], 10),
    "predict .csv": Kills(ACTS["predict .csv"], 10),
    "predict .csv --resume": Kills(ACTS["predict .csv --resume"], 8),
    "predict .jsonl": Kills(ACTS["predict .jsonl"], 8),
    "predict .xlsx": Kills(ACTS["predict .xlsx"], 6),
    "fetch": Kills(ACTS["fetch"], 8),
    "serve": Kills(serving(), 4),
    "train a linear model": Kills(ACTS["train a linear model"], 6),
    "train a network": Kills(ACTS["train a network"], 4),
    "auto": Kills(training("--minutes 1"), 1),
    "ensemble": Kills(combining(), 3),
}
TRAINING = ("train a linear model", "train a network", "auto", "ensemble")


def killed(run: Callable[[Path], int], folder: Path, after: float) -> bool:
    """Begin, kill all of it after so many seconds; return whether it was not over by then."""
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        code = 0
        with contextlib.ExitStack() as steps:
            none = steps.enter_context(Path(os.devnull).open("w"))
            steps.enter_context(contextlib.redirect_stderr(none))
            steps.enter_context(contextlib.redirect_stdout(none))
            code = run(folder)
        os._exit(code)
    with contextlib.suppress(OSError):
        os.setpgid(pid, pid)
    time.sleep(after)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def aside(folder: Path) -> list[Path]:
    """Return what a kill has left beside what it was to become."""
    return [each for each in folder.rglob(".*") if each.suffix in (".tmp", ".old")]


def wrong(act: Act, folder: Path, old: object, expected: object) -> str:
    """Return what is not as it should be after a kill and another run; empty where all is."""
    if not act.grows and (now := act.result(folder)) not in (old, expected):
        return f"half-written: {str(now)[:200]}"
    for left in aside(folder):
        os.utime(left, (0, 0))
    is_done = not act.grows and act.result(folder) == expected != old
    after = child(act.again, folder, 0, 0)
    is_refused = is_done and after.code == 2  # it is there, and not to be overwritten
    if after.code and not is_refused:
        return f"the next run ends with {after.code}: {after.said[-400:]}"
    if act.result(folder) != expected:
        return "the next run gives another result"
    if not is_refused and (left := aside(folder)):
        return f"left behind: {left}"
    return ""


def campaign(name: str, count: int, rng: random.Random) -> tuple[int, list[str]]:
    """Kill one thing so many times; return how many were not over by then, and what was wrong."""
    act, hits, faults = KILLS[name].act, 0, []
    with rehearsed(act) as (scratch, start, _, seconds):
        old, expected = act.result(start), act.result(scratch / "whole")
        for number in range(count):
            folder = Path(shutil.copytree(start, scratch / "now"))
            after = rng.random() * seconds
            hits += killed(act.run, folder, after)
            if fault := wrong(act, folder, old, expected):
                faults.append(f"{name}, number {number}, after {after:.3f} s: {fault}")
                print(faults[-1], flush=True)
            shutil.rmtree(folder)
    return hits, faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="kill this one")
    given = parser.parse_args()
    names = [given.only] if given.only else list(KILLS)
    import_all(trains=False)
    port()  # for all that is forked
    rng = random.Random(given.seed)  # noqa: S311
    total, hits, faults, started = 0, 0, [], time.perf_counter()
    for name in names:
        if name in TRAINING:
            import_all(trains=True)  # a process that holds TensorFlow takes longer to fork
        count = given.count if given.only else max(1, round(given.count * KILLS[name].share / 100))
        found, said = campaign(name, count, rng)
        total, hits, faults = total + count, hits + found, faults + said
        print(f"{name}: {found} of {count} killed before the end, {len(said)} wrong", flush=True)
    seconds = time.perf_counter() - started
    print(f"{total} kills, {hits} before the end, {len(faults)} wrong; {seconds:.0f} s")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
