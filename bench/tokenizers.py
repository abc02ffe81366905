"""The tokenizers on NSMC: Okt against KoNLPy's, SentencePiece, cleaning; time, memory, tokens.

Each piece runs in a process of its own and its result is kept in a folder; a run that was stopped
goes on where it was, and ``--only`` does single pieces. Beside the figures stands what is asked of
some of them; the exit code is 1 where one is not met.

Okt gets the raw training reviews. ``konlpy`` is the loop over ``konlpy.tag.Okt().morphs``; ``cold``
is kosent with an empty disk cache, ``warm`` a new process with the cache that ``cold`` left,
``java`` kosent with ``engine="java"`` and no cache. ``konlpy-first`` and ``first`` are whole
processes that tokenize 1,000 reviews; ``line`` is a megabyte of Hangul without a space. Tokens are
compared review by review, KoNLPy's without those that are white space. Memory is the process' peak
(JVM included) and that of its worker processes. ``sentencepiece`` cleans and encodes all reviews
after its encoder was fitted on the training split, which is not timed; ``cleaning`` counts CPU time
of one core.

Of the pieces of few seconds the best of three counts: other work on the machine may slow down a
whole piece. ``konlpy`` takes minutes; it, ``cold`` and ``java`` are run once. CPU time, of all
threads and worker processes, stands beside the time that passes: on a busy machine it is steadier.

Run: ``KOSENT_DATA=... python bench/tokenizers.py [--out FOLDER] [--only PIECE ...]``
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

STEPS = (10_000, 50_000, 150_000)
FIRST = 1_000
SINGLE_TEXTS = 2_000
TIMES = {"warm": 3, "konlpy-first": 3, "first": 3}  # processes, of which the best counts
SWITCHED_ON = ("entities", "width", "breaks", "urls", "emails", "numbers")

Split = Callable[[list[str]], list[list[str]]]
Result = dict[str, Any]


def best(clock: Callable[[], float], work: Callable[[], object], times: int = 3) -> float:
    """Return the least seconds of several runs."""

    def once() -> float:
        start = clock()
        work()
        return clock() - start

    return min(once() for _ in range(times))


def cpu_seconds() -> float:
    """Return what this process, and those of its children that have ended, have used so far."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def konlpy_loop() -> Split:
    from konlpy.tag import Okt

    from kosent.text.tokenizers.okt.jvm import find_runtimes

    okt = Okt(jvmpath=str(find_runtimes()[0].library))
    return lambda texts: [okt.morphs(text) for text in texts]


def splitter(piece: str) -> Split:
    if piece.startswith("konlpy"):
        return konlpy_loop()
    from kosent.text.tokenizers import Okt

    return Okt(engine="java" if piece == "java" else "auto")


def digests(tokens: list[list[str]]) -> list[str]:
    """Return a short hash of each review's tokens."""
    kept = (["".join(token) for token in review if token.strip()] for review in tokens)
    joined = ("\x1f".join(review).encode("utf-8", "replace") for review in kept)
    return [hashlib.sha256(each).hexdigest()[:16] for each in joined]


def all_reviews(piece: str) -> Result:
    """Tokenize the training reviews in steps."""
    import kosent

    texts = kosent.load_corpus("nsmc").train.texts
    start, cpu_start = time.perf_counter(), cpu_seconds()
    split = splitter(piece)
    tokens: list[list[str]] = []
    seconds = []
    for stop in (*STEPS[:-1], len(texts)):
        tokens += split(texts[len(tokens) : stop])
        seconds.append(time.perf_counter() - start)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    del split
    gc.collect()  # ends the worker processes
    from kosent.text.tokenizers.okt.workers import processors

    workers = processors() * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {
        "reviews": len(texts),
        "seconds": seconds,
        "cpu": cpu_seconds() - cpu_start,
        "peak_mb": own + workers,
        "digests": digests(tokens),
    }


def first_reviews(piece: str) -> Result:
    """Tokenize reviews that come on stdin: to read the corpus is no part of it."""
    texts = json.load(sys.stdin)
    return {"reviews": len(texts), "digests": digests(splitter(piece)(texts))}


def one_line(piece: str) -> Result:
    run = "".join(chr(0xAC00 + number * 7919 % 11172) for number in range(1_000_000 // 3))
    split = splitter(piece)
    split(["시작"])
    start = time.perf_counter()
    (tokens,) = split([run])
    seconds = time.perf_counter() - start
    assert "".join(tokens) == run
    return {"figures": {"seconds for a megabyte": seconds}}


def sentencepiece(_: str) -> Result:
    import kosent
    from kosent.text.encoding.encoder import TextEncoder

    corpus = kosent.load_corpus("nsmc")
    texts = corpus.train.texts + corpus.test.texts
    encoder = TextEncoder("sentencepiece").fit(corpus.train.texts)
    figures = {"seconds for all reviews": best(time.perf_counter, lambda: encoder.encode(texts))}
    sample = random.Random(1).sample(texts, SINGLE_TEXTS)  # noqa: S311
    for name, use in (("ids", encoder.encode), ("a matrix", encoder)):
        each = [best(time.perf_counter, lambda t=text, u=use: u([t]), 5) for text in sample]
        figures[f"microseconds for one text to {name}, on average"] = statistics.mean(each) * 1e6
    return {"figures": figures}


def cleaning(_: str) -> Result:
    import kosent
    from kosent.text.cleaning import PRESETS, Cleaner

    corpus = kosent.load_corpus("nsmc")
    texts = corpus.train.texts + corpus.test.texts
    cleaners = {preset: Cleaner(preset) for preset in PRESETS}
    cleaners["korean and more rules"] = Cleaner("korean", dict.fromkeys(SWITCHED_ON, True))
    figures = {}
    for name, cleaner in cleaners.items():
        seconds = best(time.process_time, lambda c=cleaner: [c(text) for text in texts])
        figures[f"{name}, reviews a second a core"] = len(texts) / seconds
    return {"figures": figures}


PIECES: dict[str, Callable[[str], Result]] = {
    "konlpy": all_reviews,
    "cold": all_reviews,
    "warm": all_reviews,
    "java": all_reviews,
    "konlpy-first": first_reviews,
    "first": first_reviews,
    "line": one_line,
    "sentencepiece": sentencepiece,
    "cleaning": cleaning,
}


def measured(piece: str, folder: Path) -> Result:
    """Run a piece in processes of its own, and return the best result."""
    return min(processes(piece, folder), key=lambda found: found.get("seconds", [0])[-1])


def processes(piece: str, folder: Path) -> Iterator[Result]:
    command = [sys.executable, str(Path(__file__).resolve()), "--here", piece]
    cache = str(folder / "cache") if piece in ("cold", "warm") else "off"
    texts = ""
    if PIECES[piece] is first_reviews:
        import kosent

        texts = json.dumps(kosent.load_corpus("nsmc").train.texts[:FIRST])
    for _ in range(TIMES.get(piece, 1)):
        start, cpu_start = time.perf_counter(), cpu_seconds()
        done = subprocess.run(
            command,
            check=True,
            input=texts,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"KOSENT_CACHE": cache},
        )
        times = {"seconds": [time.perf_counter() - start], "cpu": cpu_seconds() - cpu_start}
        found: Result = json.loads(done.stdout.splitlines()[-1])
        yield times | found if texts else found


def compared(piece: str, results: dict[str, Result]) -> Iterator[tuple[str, float]]:
    """Give a piece's speed and tokens against KoNLPy's."""
    found = results[piece]
    reference = results.get("konlpy-first" if piece == "first" else "konlpy")
    if reference is None or reference is found or piece == "konlpy-first":
        return
    yield "times KoNLPy's speed", reference["seconds"][-1] / found["seconds"][-1]
    yield "of KoNLPy's CPU time, one part in", reference["cpu"] / found["cpu"]
    pairs = zip(found["digests"], reference["digests"], strict=True)
    yield "reviews with other tokens", sum(ours != theirs for ours, theirs in pairs)


def figures_of(piece: str, results: dict[str, Result]) -> Iterator[tuple[str, float]]:
    found = results[piece]
    yield from found.get("figures", {}).items()
    if "seconds" not in found:
        return
    yield "seconds", found["seconds"][-1]
    yield "seconds of CPU time", found["cpu"]
    yield from compared(piece, results)
    if "peak_mb" in found:
        yield "peak memory, MB", found["peak_mb"]
        counts = (*STEPS[:-1], found["reviews"])
        costs = [s / n * 1e6 for s, n in zip(found["seconds"], counts, strict=True)]
        for count, cost in zip(counts, costs, strict=True):
            yield f"microseconds a review, of the first {count:,}", cost
        steps = (later / former for former, later in pairwise(costs))
        yield "cost of a review against the step before, at most", max(steps)


# What is asked: at least so much, or less than so much.
AT_LEAST = {
    "cold: times KoNLPy's speed": 2.5,
    "warm: times KoNLPy's speed": 100,
    "first: times KoNLPy's speed": 1,
    "cleaning: korean, reviews a second a core": 100_000,
}
LESS_THAN = {
    "cold: reviews with other tokens": 1,
    "warm: reviews with other tokens": 1,
    "java: reviews with other tokens": 1,
    "first: reviews with other tokens": 1,
    "cold: peak memory, MB": 1200,
    "cold: cost of a review against the step before, at most": 1,
    "line: seconds for a megabyte": 10,
    "sentencepiece: seconds for all reviews": 4,
    "sentencepiece: microseconds for one text to ids, on average": 50,
}


def show(results: dict[str, Result]) -> bool:
    """Print all figures, and say whether they are what is asked."""
    good = True
    for piece in results:
        for name, figure in figures_of(piece, results):
            full, asked = f"{piece}: {name}", ""
            if full in AT_LEAST or full in LESS_THAN:
                met = figure >= AT_LEAST[full] if full in AT_LEAST else figure < LESS_THAN[full]
                bound = AT_LEAST.get(full) or LESS_THAN[full]
                asked = f"{'at least' if full in AT_LEAST else 'under':>9} {bound:<9,}"
                asked += "yes" if met else "NO"
                good = good and met
            print(f"{full:62} {figure:12,.2f} {asked}".rstrip())
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("runs/tokenizers"))
    parser.add_argument("--only", nargs="*", choices=PIECES, default=PIECES)
    parser.add_argument("--here", choices=PIECES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        print(json.dumps(PIECES[options.here](options.here)))
        return
    folder: Path = options.out
    folder.mkdir(parents=True, exist_ok=True)
    for piece in options.only:
        kept = folder / f"{piece}.json"
        if not kept.exists():
            kept.write_text(json.dumps(measured(piece, folder)))
    files = {piece: folder / f"{piece}.json" for piece in PIECES}
    results = {p: json.loads(file.read_text()) for p, file in files.items() if file.exists()}
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}\n")
    sys.exit(0 if show(results) else 1)


if __name__ == "__main__":
    main()
