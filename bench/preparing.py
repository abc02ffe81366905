"""Time from text to ids: cleaning alone, all NSMC reviews in SentencePiece, one text.

The encoder learns from the training split first, which is not timed. Each figure is the best of
three; cleaning counts CPU time of one core, the others the time that passes.

Run: ``KOSENT_DATA=... python bench/preparing.py``
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable

import kosent
from kosent.text.cleaning import PRESETS, Cleaner
from kosent.text.encoder import TextEncoder

SINGLE_TEXTS = 2000


def best(clock: Callable[[], float], work: Callable[[], object], times: int = 3) -> float:
    """Return the least seconds of several runs."""

    def once() -> float:
        start = clock()
        work()
        return clock() - start

    return min(once() for _ in range(times))


def main() -> None:
    corpus = kosent.load_corpus("nsmc")
    texts = corpus.train.texts + corpus.test.texts
    encoder = TextEncoder("sentencepiece").fit(corpus.train.texts)
    print(f"{len(texts):,} reviews")
    for preset in PRESETS:
        cleaner = Cleaner(preset)
        seconds = best(time.process_time, lambda c=cleaner: [c(text) for text in texts])
        print(f"cleaning {preset:8} {len(texts) / seconds:12,.0f} reviews a second a core")
    everything = Cleaner("korean", dict.fromkeys(SWITCHED_ON, True))
    seconds = best(time.process_time, lambda: [everything(text) for text in texts])
    print(f"cleaning {'all':8} {len(texts) / seconds:12,.0f} reviews a second a core")
    seconds = best(time.perf_counter, lambda: encoder.encode(texts))
    print(f"cleaning and encoding all: {seconds:.2f} s")
    sample = random.Random(1).sample(texts, SINGLE_TEXTS)  # noqa: S311
    for name, use in (("ids", encoder.encode), ("matrix", encoder)):
        each = [best(time.perf_counter, lambda t=text, u=use: u([t]), 5) for text in sample]
        print(f"one text to {name:7} {statistics.mean(each) * 1e6:6.1f} us on average")


SWITCHED_ON = ("entities", "width", "breaks", "urls", "emails", "numbers")

if __name__ == "__main__":
    main()
