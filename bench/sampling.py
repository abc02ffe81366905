"""Segmentations drawn at random: kosent's sampler against SentencePiece's own.

A unigram and a BPE model of 16,000 pieces are trained on the NSMC training reviews. Then, in one
process and on one thread each: an epoch of 135,000 reviews drawn by both, of three turns the best,
in seconds that pass and in CPU seconds (steadier where others use the machine too). Loading the
sampler, which a process does once, stands apart.

Then the distributions: some short texts, 20,000 draws of each by both. kosent's are of one seed;
so that they are draws of their own, a number stands behind each text, and what stands before it is
compared. A chi-square test says how often equal distributions look as different; the library
against itself stands beside it. Last, kosent's epoch as a checksum: it is the same in any process.

Run: ``KOSENT_DATA=... python bench/sampling.py [--alpha 0.2]``
"""

from __future__ import annotations

import argparse
import time
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.stats import chi2_contingency

import kosent
from kosent.text.tokenizers import SentencePiece
from kosent.text.tokenizers.sentencepiece.sampler import Sampler

PIECES = 16_000
EPOCH = 135_000
DRAWS = 20_000
TURNS = 3
TOGETHER = 4096  # texts at once, as in training
TEXTS = ("영화", "정말 재미있다", "돈이 아깝다 ㅠㅠ", "내 가슴속의 드라마", "이걸 왜봄ㅋㅋㅋㅋ")

Rows = list[list[int]]


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds and the CPU seconds of a piece of work, each the least of some turns."""
    turns = []
    for _ in range(TURNS):
        start, used = time.perf_counter(), time.process_time()
        work()
        turns.append((time.perf_counter() - start, time.process_time() - used))
    seconds, cpu = (min(each) for each in zip(*turns, strict=True))
    return seconds, cpu


def epoch(tokenizer: SentencePiece, texts: Sequence[str]) -> Rows:
    """Draw the texts as the encoder does, some thousand at once."""
    rows: Rows = []
    for start in range(0, len(texts), TOGETHER):
        rows += tokenizer.sample(texts[start : start + TOGETHER], (1, 1)) or []
    return rows


def library(model: Any, texts: Sequence[str], alpha: float) -> Rows:
    rows: Rows = model.encode(
        list(texts),
        out_type=int,
        num_threads=1,
        enable_sampling=True,
        alpha=alpha,
        nbest_size=-1,
    )
    return rows


def beginnings(rows: Rows, lengths: Sequence[int], end: int) -> Counter[tuple[int, ...]]:
    """Count the pieces of the first ``end`` characters."""
    counts: Counter[tuple[int, ...]] = Counter()
    for row in rows:
        stops = np.cumsum([lengths[number] for number in row])
        counts[tuple(row[: int(np.searchsorted(stops, end)) + 1])] += 1
    return counts


def compared(one: Counter[tuple[int, ...]], other: Counter[tuple[int, ...]]) -> str:
    often = [each for each in one | other if one[each] + other[each] >= 20]
    table = np.array([[counts[each] for each in often] for counts in (one, other)])
    rest = np.array([[counts.total()] for counts in (one, other)]) - table.sum(1, keepdims=True)
    table = np.hstack([table, rest])
    result = chi2_contingency(table[:, table.any(axis=0)])
    return f"{result.statistic:7.1f} of {result.dof:3} degrees, p {result.pvalue:.3f}"


def speeds(tokenizer: SentencePiece, model: Any, data: bytes, texts: Sequence[str]) -> None:
    alpha = tokenizer.alpha or 0.0
    used = time.process_time()
    Sampler(data)
    print(f"  loading the sampler  {time.process_time() - used:.2f} CPU s")
    tokenizer.sample(texts[:1], 0)
    for name, work in (
        ("kosent", lambda: epoch(tokenizer, texts)),
        ("SentencePiece", lambda: library(model, texts, alpha)),
    ):
        seconds, cpu = timed(work)
        print(f"  {name:20} {seconds:.2f} s, {cpu:.2f} CPU s an epoch", flush=True)


def main() -> None:
    from sentencepiece import SentencePieceProcessor

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--alpha", type=float, default=0.2)
    alpha = parser.parse_args().alpha
    reviews = kosent.load_corpus("nsmc").train.texts
    for kind in ("unigram", "bpe"):
        print(f"{kind}, {PIECES:,} pieces, alpha {alpha}, {EPOCH:,} reviews", flush=True)
        tokenizer = SentencePiece(PIECES, kind, alpha=alpha).fit(reviews)
        data = tokenizer.state().files["spm.model"]
        model = SentencePieceProcessor(model_proto=data)
        speeds(tokenizer, model, data, reviews[:EPOCH])
        lengths = [len(piece) for piece in tokenizer.pieces()]
        for text in TEXTS:
            numbered = [f"{text} {number}" for number in range(DRAWS)]
            end = len(model.normalize(text))
            ours = beginnings(tokenizer.sample(numbered, 1) or [], lengths, end)
            theirs, again = (
                beginnings(library(model, numbered, alpha), lengths, end) for _ in range(2)
            )
            print(f"  {text}: {len(ours | theirs)} segmentations")
            print(f"    kosent and SentencePiece {compared(ours, theirs)}")
            print(f"    SentencePiece and itself {compared(again, theirs)}", flush=True)
        drawn = np.concatenate(epoch(tokenizer, reviews[:EPOCH])).astype("<i4")
        print(f"  {len(drawn):,} pieces, checksum {zlib.crc32(drawn.tobytes()):08x}", flush=True)


if __name__ == "__main__":
    main()
