"""Time and memory to turn the NSMC training reviews into ids, for each tokenizer.

Each tokenizer runs in a process of its own: cleaning, fitting and encoding of all 150,000
reviews, as training does it the first time: caches are off. Memory is the peak of the process
and, beside it, how far that lies above the peak with the corpus loaded; then the peak of its
largest worker process, if it had any.

Run: ``KOSENT_DATA=... python bench/encoding.py [TOKENIZER ...]``; kiwi, which is optional, only
where it is named.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import kosent
from kosent.text.encoding.encoder import TextEncoder
from kosent.text.tokenizers import TOKENIZERS


def peak() -> float:
    """Return the highest resident memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(name: str) -> dict[str, float]:
    """Encode the training split with one tokenizer."""
    texts = kosent.load_corpus("nsmc").train.texts
    loaded = peak()
    start = time.perf_counter()
    encoder = TextEncoder(name)
    encoded = encoder.fit_encode(texts)
    return {
        "seconds": time.perf_counter() - start,
        "peak_mb": peak(),
        "more_mb": peak() - loaded,
        "worker_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "reviews": len(encoded),
        "tokens": len(encoded.ids) / len(encoded),
        "vocabulary": len(encoder.vocabulary),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tokenizers", nargs="*", default=[t for t in TOKENIZERS if t != "kiwi"])
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        os.environ["KOSENT_CACHE"] = "off"
        print(json.dumps(measure(options.one)))
        return
    print(
        "tokenizer      seconds  reviews/s  peak MB  above corpus  worker MB  tokens/review  words"
    )
    for name in options.tokenizers:
        command = [sys.executable, str(Path(__file__).resolve()), "--one", name]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        r = json.loads(done.stdout.splitlines()[-1])
        print(
            f"{name:13} {r['seconds']:8.1f} {r['reviews'] / r['seconds']:10,.0f}"
            f" {r['peak_mb']:8.0f} {r['more_mb']:13.0f} {r['worker_mb']:10.0f}"
            f" {r['tokens']:14.1f} {r['vocabulary']:6,}",
            flush=True,
        )


if __name__ == "__main__":
    main()
