"""What ``kosent predict --jobs`` gains: pairs of runs over one file, held byte for byte.

One run of each count after the other, so often as ``--pairs`` says; the ratio is that of the two
runs of a pair, since a shared machine is never the same twice. ``0`` stands for no ``--jobs``: one
process with a thread for each processor. Texts are made from a seed: reviews of 3 to 15 words and a
number, of which no two lines are alike.

Run: ``python bench/jobs.py [--lines 5000000] [--jobs 1 2 0] [--pairs 3] [--model BUNDLE]``
"""

from __future__ import annotations

import argparse
import filecmp
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

KOSENT = [sys.executable, "-c", "from kosent_cli.main import main; main()"]
SUBJECTS = "영화가 연기가 음악이 결말이 대사가 화면이 주인공이 전개가 감독이 연출이 분위기가 반전이"
ADVERBS = "정말 아주 너무 진짜 조금 그냥 솔직히 완전 역시 생각보다 의외로"
ENDINGS = (
    "재밌다 좋았어요 최고입니다 감동적이다ㅠㅠ 지루하다 별로였어요 최악이다ㅡㅡ 또보고싶다 ㅋㅋㅋㅋ"
)
PHRASES = 50_000


class Run(NamedTuple):
    """A run: seconds on the clock and of processors, and the most memory of all its processes."""

    seconds: float
    busy: float
    megabytes: float


def write_texts(path: Path, lines: int, seed: int) -> None:
    """Write a file of texts, the same for a seed."""
    draw = random.Random(seed)  # noqa: S311 - a measurement, not a secret
    words = [part.split() for part in (SUBJECTS, ADVERBS, ENDINGS)]
    phrases = [
        " ".join(draw.choice(part) for _ in range(draw.randint(1, 5)) for part in words)
        for _ in range(PHRASES)
    ]
    with path.open("w", encoding="utf-8") as file:
        for number in range(lines):
            file.write(f"{phrases[draw.randrange(PHRASES)]} {number}\n")


def run(source: Path, target: Path, jobs: int, model: str | None) -> Run:
    """Predict the file once."""
    target.unlink(missing_ok=True)
    command = [*KOSENT, "predict", "--input", str(source), "--output", str(target)]
    command += ["--bundle", model] if model else []
    command += ["--jobs", str(jobs)] if jobs else []
    before = os.times()
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = [0.0]
    watch = threading.Thread(target=_watch, args=(child, most))
    watch.start()
    code = child.wait()
    seconds = time.perf_counter() - started
    watch.join()
    after = os.times()
    assert code == 0, command
    user = after.children_user - before.children_user
    return Run(seconds, user + after.children_system - before.children_system, most[0])


def _watch(child: subprocess.Popen[bytes], most: list[float]) -> None:
    """Note the most memory of a process and those that it has started, twice a second."""
    while child.poll() is None:
        most[0] = max(most[0], sum(map(_megabytes, [child.pid, *_children(child.pid)])))
        time.sleep(0.5)


def _children(pid: int) -> list[int]:
    found = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += list(map(int, thread.read_text().split()))
    return found


def _megabytes(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1000
    return 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=5_000_000)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2, 0])
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--model")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "texts.txt"
        write_texts(source, given.lines, given.seed)
        print(f"{given.lines:,} lines, {source.stat().st_size / 1e6:,.0f} MB")
        found: dict[int, list[Run]] = {jobs: [] for jobs in given.jobs}
        first = Path(folder) / f"{given.jobs[0]}.jsonl"
        for number in range(1, given.pairs + 1):
            for jobs in given.jobs:
                target = Path(folder) / f"{jobs}.jsonl"
                found[jobs].append(run(source, target, jobs, given.model))
                assert filecmp.cmp(first, target, shallow=False), f"--jobs {jobs}: other answers"
            rates = ", ".join(f"{jobs}: {runs[-1].seconds:.1f} s" for jobs, runs in found.items())
            print(f"pair {number} (load {os.getloadavg()[0]:.1f}): {rates}", flush=True)
    for jobs, runs in found.items():
        seconds = statistics.median(each.seconds for each in runs)
        pairs = zip(found[given.jobs[0]], runs, strict=True)
        gain = statistics.median(one.seconds / other.seconds for one, other in pairs)
        print(
            f"--jobs {jobs}: {seconds:7.1f} s  {given.lines / seconds:9,.0f} lines/s  "
            f"x{gain:.2f}  processors {statistics.median(r.busy for r in runs):7.1f} s  "
            f"memory {max(r.megabytes for r in runs):5.0f} MB"
        )
    print("all files are equal")


if __name__ == "__main__":
    main()
