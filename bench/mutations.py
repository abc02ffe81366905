"""Random damage to saved models: each is refused, or predicts what it predicted before.

Files are changed byte by byte, cut, joined and swapped, in a folder and in one ``.kosent`` file.
A second kind signs the manifest again, as a forger would, over the changed file. A child process
loads one after another; where it dies, or is silent for ten seconds, that is counted and the next
one goes on behind it. Each change comes from the seed and its own number: ``--only`` repeats one.

Run: ``python bench/mutations.py [--count 100000] [--seed 1] [--only NUMBER]``
"""

from __future__ import annotations

import argparse
import random
import resource
import select
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).parents[1] / "tests" / "golden"
MEMORY = Path("/dev/shm")  # noqa: S108 -- a busy disk takes ten times as long as a load
TEXTS = ["영화가 정말 재밌다", "돈이 아깝다", ""]
A_CHILD = 10_000  # changes
LONGEST = 10.0  # seconds of a load
LARGEST = 512  # MB of a child
DIFFERENT = "silent load"
WORDS = (
    b"0",
    b"-1",
    b"1e400",
    b"NaN",
    b"null",
    b"true",
    b'""',
    b"[]",
    b"{}",
    b'"../x"',
    b"2147483648",
)


def damage(data: bytes, rng: random.Random) -> bytes:
    """Change a file somewhere."""
    kind = rng.randrange(7)
    at = rng.randrange(len(data) + 1)
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + rng.randbytes(rng.randrange(1, 9)) + data[at:]
    if kind == 2:
        return data[:at] + data[at + rng.randrange(1, 99) :]
    if kind == 3:  # a value of JSON, or a number in the middle of something
        return data[:at] + rng.choice(WORDS) + data[at + rng.randrange(1, 9) :]
    broken = bytearray(data)
    for _ in range(1 if kind < 6 else rng.randrange(2, 20)):
        broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
    return bytes(broken)


class Damaged:
    """Golden models in a scratch folder, of which one is damaged at a time."""

    def __init__(self, scratch: Path) -> None:
        import shutil

        self.whole = sorted(GOLDEN.iterdir())
        self.scratch = scratch
        for path in self.whole:
            if path.is_dir():
                shutil.copytree(path, scratch / path.name)

    def change(self, rng: random.Random) -> tuple[Path, Path, bool]:
        """Return a golden model, where its damaged copy is, and whether that is signed again."""
        original = rng.choice(self.whole)
        path = self.scratch / original.name
        if original.is_file():
            path.write_bytes(damage(original.read_bytes(), rng))
            return original, path, False
        self.name = name = rng.choice(sorted(each.name for each in original.iterdir()))
        data = damage((original / name).read_bytes(), rng)
        (path / name).write_bytes(data)
        signed = name != "manifest.json" and rng.random() < 0.5
        if signed:
            _sign(path, name, data)
        return original, path, signed

    def mend(self, original: Path) -> None:
        """Make the copy whole again."""
        if original.is_dir():
            for name in {self.name, "manifest.json"}:
                (self.scratch / original.name / name).write_bytes((original / name).read_bytes())


def _sign(path: Path, name: str, data: bytes) -> None:
    from kosent.support.signed import from_signed_json, sha256, to_signed_json

    manifest = path / "manifest.json"
    document = from_signed_json(manifest.read_bytes(), "manifest_sha256")
    document["files"][name] = {"size": len(data), "sha256": sha256(data)}
    manifest.write_bytes(to_signed_json(document, "manifest_sha256"))


def child(seed: int, first: int, count: int) -> None:
    """Load changed models; print a line for each, and at the end the memory that it took."""
    import numpy as np

    import kosent
    from kosent.errors import BundleError

    expected = {path: kosent.load(path).predict_proba(TEXTS) for path in GOLDEN.iterdir()}

    def tried(original: Path, path: Path, signed: bool) -> str:
        try:
            found = kosent.load(path).predict_proba(TEXTS)
        except BundleError:
            return "refused"
        if signed:  # nothing can tell it from a model that was trained so
            return "forged" if np.isfinite(found).all() else DIFFERENT
        is_same = found.shape == expected[original].shape
        return (
            "same" if is_same and np.allclose(found, expected[original], atol=1e-6) else DIFFERENT
        )

    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as scratch:
        models = Damaged(Path(scratch))
        for number in range(first, first + count):
            changed = models.change(random.Random(f"{seed} {number}"))  # noqa: S311
            started = time.perf_counter()
            print(tried(*changed), f"{time.perf_counter() - started:.3f}", flush=True)
            models.mend(changed[0])
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, flush=True)


class Account:
    """What came of the changes, and what should not have."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.longest = 0.0
        self.largest = 0

    def note(self, number: int, said: list[str]) -> None:
        """Note what a child said of a change."""
        self.counts[said[0]] += 1
        self.longest = max(self.longest, float(said[1]))
        if said[0] == DIFFERENT:
            self.wrong.append(f"{number}: {DIFFERENT}")


def run(seed: int, first: int, count: int, account: Account) -> int:
    """Let a child load some; return the number after the last that it has come to."""
    command = [sys.executable, __file__, "--seed", str(seed), "--child", str(first)]
    started = subprocess.Popen(
        [*command, "--count", str(count)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    number, is_beginning = first, True
    while True:
        ready, _, _ = select.select([started.stdout], [], [], 60 if is_beginning else 2 * LONGEST)
        said = _line(started) if ready else []
        if len(said) == 1:
            account.largest = max(account.largest, int(said[0]))
        if len(said) < 2:
            break
        account.note(number, said)
        number, is_beginning = number + 1, False
    started.kill()
    error = started.communicate()[1].strip().rpartition("\n")[2]
    if number < first + count:
        account.wrong.append(f"{number}: ended, or silent for long. {error}")
        account.counts["crash"] += 1
        number += 1
    return number


def _line(process: Any) -> list[str]:
    return str(process.stdout.readline()).rsplit(maxsplit=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="repeat the change of this number")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child is not None:
        child(options.seed, options.child, options.count)
        return
    account, started = Account(), time.perf_counter()
    number = options.only or 0
    end = number + 1 if options.only is not None else options.count
    while number < end:
        number = run(options.seed, number, min(A_CHILD, end - number), account)
    counts, seconds = account.counts, time.perf_counter() - started
    print(*account.wrong, sep="\n", file=sys.stderr)
    print(
        f"{sum(counts.values()):,} changes: {counts['refused']:,} refused, {counts['same']:,} of "
        f"bytes that nothing depends on, {counts['forged']:,} forged and signed; "
        f"longest load {account.longest:.1f} s, most {account.largest} MB, "
        f"{sum(counts.values()) / seconds:.0f} a second"
    )
    is_much = account.longest > LONGEST or account.largest > LARGEST
    sys.exit(bool(account.wrong) or is_much)


if __name__ == "__main__":
    main()
