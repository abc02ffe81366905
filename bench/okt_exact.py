"""Compare the engine without Java with KoNLPy's Okt on all 200,000 NSMC reviews.

For each of the four settings of ``norm`` and ``stem`` two comparisons are made, token by token with
their tags: of whole reviews (``konlpy.tag.Okt().pos`` against ``Engine().tag``), and of all
different eojeols (against ``Engine().tag_all``). It takes about half an hour; finished blocks are
kept in a folder, and a run that was stopped goes on where it was. The table has, for each setting,
what was compared, the number of differences (0 is expected), the first different texts, and how
many times as fast the engine was, one core against one (loading and JVM start left out on both
sides).

Run: ``KOSENT_DATA=... python bench/okt_exact.py [--out FOLDER] [--only reviews|eojeols]``
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from itertools import chain, product
from pathlib import Path
from typing import Any

import kosent
from kosent.text.openkorean.engine import Engine
from kosent.text.tokenizers.okt import jvm
from kosent.text.unicode import replace_surrogates

BLOCKS = {"reviews": 5_000, "eojeols": 20_000}

Tagger = Callable[[Sequence[str]], list[list[tuple[str, str]]]]


def texts_of(kind: str) -> list[str]:
    corpus = kosent.load_corpus("nsmc")
    reviews = [replace_surrogates(text) for text in chain(corpus.train.texts, corpus.test.texts)]
    if kind == "reviews":
        return reviews
    return sorted({eojeol for review in reviews for eojeol in review.split()})


def konlpy_tagger(norm: bool, stem: bool) -> Tagger:
    jvm.start()
    from konlpy.tag import Okt

    okt = Okt()
    okt.pos("먼저 시작", norm=norm, stem=stem)
    return lambda texts: [okt.pos(text, norm=norm, stem=stem) for text in texts]


def engine_tagger(kind: str, norm: bool, stem: bool) -> Tagger:
    engine = Engine(norm, stem)
    engine.tag("먼저 시작 naver.com")
    if kind == "eojeols":
        return lambda texts: list(map(list, engine.tag_all(texts)))
    return lambda texts: [list(engine.tag(text)) for text in texts]


def timed(tag: Tagger, texts: Sequence[str]) -> tuple[float, list[list[tuple[str, str]]]]:
    start = time.perf_counter()
    tagged = tag(texts)
    return time.perf_counter() - start, tagged


def compare(konlpy: Tagger, engine: Tagger, texts: Sequence[str]) -> dict[str, Any]:
    theirs_seconds, theirs = timed(konlpy, texts)
    ours_seconds, ours = timed(engine, texts)
    different = [text for text, one, other in zip(texts, theirs, ours, strict=True) if one != other]
    return {
        "texts": len(texts),
        "tokens": sum(map(len, theirs)),
        "differences": len(different),
        "first": different[:3],
        "konlpy_seconds": theirs_seconds,
        "engine_seconds": ours_seconds,
    }


def run(kind: str, norm: bool, stem: bool, texts: Sequence[str], folder: Path) -> dict[str, Any]:
    """Compare block by block, those done before left out, and add the blocks up."""
    taggers: tuple[Tagger, Tagger] | None = None
    total: dict[str, Any] = {}
    for start in range(0, len(texts), BLOCKS[kind]):
        file = folder / f"{kind}-{norm:d}{stem:d}-{start:06d}.json"
        if not file.exists():
            taggers = taggers or (konlpy_tagger(norm, stem), engine_tagger(kind, norm, stem))
            result = compare(*taggers, texts[start : start + BLOCKS[kind]])
            aside = file.with_suffix(".aside")
            aside.write_text(json.dumps(result))
            aside.replace(file)
            print(f"{file.stem}: {result['differences']} differences", file=sys.stderr, flush=True)
        for name, value in json.loads(file.read_text()).items():
            total[name] = total[name] + value if name in total else value
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("runs/okt_exact"))
    parser.add_argument("--only", choices=BLOCKS)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    print("what     norm   stem       texts     tokens  differences  times KoNLPy's speed")
    found = 0
    for kind in BLOCKS if options.only is None else (options.only,):
        texts = texts_of(kind)
        for norm, stem in product((False, True), repeat=2):
            r = run(kind, norm, stem, texts, options.out)
            ratio = r["konlpy_seconds"] / r["engine_seconds"]
            print(
                f"{kind} {norm!s:6} {stem!s:6} {r['texts']:9,} {r['tokens']:10,} "
                f"{r['differences']:12,} {ratio:10.1f}  {r['first'][:3] or ''}",
                flush=True,
            )
            found += r["differences"]
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
