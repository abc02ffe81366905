"""Okt against KoNLPy's on the 150,000 NSMC training reviews: tokens, time, memory.

Each piece runs in a process of its own and its result is kept in a folder; a run that was stopped
goes on where it was, and ``--only`` does single pieces. The reviews are the raw ones. Tokens are
compared review by review, KoNLPy's without those that are white space.

Pieces: ``konlpy`` is the loop over ``konlpy.tag.Okt().morphs``; ``cold`` is kosent with an empty
disk cache, ``warm`` a new process with the cache that ``cold`` left, ``java`` kosent with
``engine="java"`` and no cache. ``konlpy-first`` and ``first`` are whole processes that tokenize
1,000 reviews. Of the pieces of few seconds, ``warm`` and the first reviews, the best of three
counts: other work on the machine may slow down a whole piece. Memory is the process' peak (JVM
included) and that of its worker processes.

Run: ``KOSENT_DATA=... python bench/tokenizers.py [--out FOLDER] [--only PIECE ...]``
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

STEPS = (10_000, 50_000, 150_000)
FIRST = 1_000
PIECES = ("konlpy", "cold", "warm", "java", "konlpy-first", "first")

Split = Callable[[list[str]], list[list[str]]]


def konlpy_loop() -> Split:
    from konlpy.tag import Okt

    from kosent.text.okt.jvm import find_runtimes

    okt = Okt(jvmpath=str(find_runtimes()[0].library))
    return lambda texts: [okt.morphs(text) for text in texts]


def kosent_okt(engine: str = "auto") -> Split:
    from kosent.text.tokenizers import Okt

    return Okt(engine=engine)


def splitter(piece: str) -> Split:
    if piece.startswith("konlpy"):
        return konlpy_loop()
    return kosent_okt("java" if piece == "java" else "auto")


def digests(tokens: list[list[str]]) -> list[str]:
    """Return a short hash of each review's tokens."""
    kept = (["".join(token) for token in review if token.strip()] for review in tokens)
    joined = ("\x1f".join(review).encode("utf-8", "replace") for review in kept)
    return [hashlib.sha256(each).hexdigest()[:16] for each in joined]


def measure(piece: str) -> dict[str, Any]:
    """Tokenize all reviews in steps, in this process."""
    import kosent

    texts = kosent.load_corpus("nsmc").train.texts
    start = time.perf_counter()
    split = splitter(piece)
    tokens: list[list[str]] = []
    seconds = []
    for stop in (*STEPS[:-1], len(texts)):
        tokens += split(texts[len(tokens) : stop])
        seconds.append(time.perf_counter() - start)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    workers = getattr(getattr(getattr(split, "_memory", None), "_engine", None), "_workers", None)
    count = len(workers._processes) if workers else 0
    if workers:
        workers.close()
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {
        "reviews": len(texts),
        "seconds": seconds,
        "peak_mb": own + count * child,
        "digests": digests(tokens),
    }


def first(piece: str, texts: list[str]) -> dict[str, Any]:
    return {"digests": digests(splitter(piece)(texts))}


def whole_process(piece: str, folder: Path) -> dict[str, Any]:
    """Time a process from its start to its end, the best of three."""
    import kosent

    texts = kosent.load_corpus("nsmc").train.texts[:FIRST]
    (folder / "texts.json").write_text(json.dumps(texts))
    best, done = float("inf"), ""
    for _ in range(3):
        start = time.perf_counter()
        done = child(piece, folder, cache="off")
        best = min(best, time.perf_counter() - start)
    return {"reviews": FIRST, "seconds": [best], **json.loads(done)}


def child(piece: str, folder: Path, cache: str) -> str:
    command = [sys.executable, str(Path(__file__).resolve()), "--out", str(folder), "--one", piece]
    environment = os.environ | {"KOSENT_CACHE": cache}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    return done.stdout.splitlines()[-1]


def result(piece: str, folder: Path) -> dict[str, Any]:
    if piece.endswith("first"):
        return whole_process(piece, folder)
    cache = "off" if piece == "java" else str(folder / "cache")
    times = 3 if piece == "warm" else 1
    found: list[dict[str, Any]] = [json.loads(child(piece, folder, cache)) for _ in range(times)]
    return min(found, key=lambda each: each["seconds"][-1])


def differences(piece: str, results: dict[str, dict[str, Any]]) -> str:
    reference = results.get("konlpy")
    if reference is None:
        return "-"
    pairs = zip(results[piece]["digests"], reference["digests"], strict=False)
    return str(sum(ours != theirs for ours, theirs in pairs))


def show(results: dict[str, dict[str, Any]]) -> None:
    print("piece          seconds  of KoNLPy's speed  reviews/s  peak MB  differences")
    for piece, found in results.items():
        reference = results.get("konlpy-first" if piece.endswith("first") else "konlpy", found)
        seconds = found["seconds"][-1]
        print(
            f"{piece:13} {seconds:8.2f} {reference['seconds'][-1] / seconds:18.2f}"
            f" {found['reviews'] / seconds:10,.0f} {found.get('peak_mb', 0):8.0f}"
            f" {differences(piece, results):>12}"
        )
    print("\nmicroseconds a review, of the first 10,000, 50,000 and 150,000")
    for piece, found in results.items():
        if len(found["seconds"]) == len(STEPS):
            counts = (*STEPS[:-1], found["reviews"])
            each = [s / n * 1e6 for s, n in zip(found["seconds"], counts, strict=True)]
            print(f"{piece:13}", *(f"{value:10.1f}" for value in each))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("tokenizers-bench"))
    parser.add_argument("--only", nargs="*", choices=PIECES, default=PIECES)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    folder: Path = options.out
    if options.one:
        if options.one.endswith("first"):
            texts = json.loads((folder / "texts.json").read_text())
            print(json.dumps(first(options.one, texts)))
        else:
            print(json.dumps(measure(options.one)))
        return
    folder.mkdir(parents=True, exist_ok=True)
    for piece in options.only:
        kept = folder / f"{piece}.json"
        if not kept.exists():
            kept.write_text(json.dumps(result(piece, folder)))
    found = {piece: folder / f"{piece}.json" for piece in PIECES}
    show({piece: json.loads(path.read_text()) for piece, path in found.items() if path.exists()})


if __name__ == "__main__":
    main()
