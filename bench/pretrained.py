"""Make the packaged model: train on NSMC's raw crawl, reduce to int8, score NSMC's test split once.

Run: ``python bench/pretrained.py [--out DIR]``, with ``KOSENT_DATA`` naming the folder that holds
``nsmc/raw_reviews.tsv.gz`` (id, rating from 1 to 10, document: the ``raw`` folder of the NSMC
repository in one table) and ``nsmc/ratings_test.txt``. It takes some minutes and 6 GB of memory.

As in NSMC, 1 to 4 stars are negative, 9 and 10 positive, and those between are left out. Texts that
are also in the test split are left out. A tenth of the rest is held out, and decides on int8.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter
from pathlib import Path

from kosent import TextClassifier
from kosent.corpora import data_folder, load_corpus
from kosent.corpora.base import NEGATIVE, POSITIVE
from kosent.exporting import export_bundle
from kosent.recipes import load_recipe
from kosent.runs import RunConfig, train_run

RAW = "nsmc/raw_reviews.tsv.gz"


def write_corpus(folder: Path) -> None:
    """Write ``train.tsv`` and ``test.tsv``, and print what became of every row."""
    test = load_corpus("nsmc").split("test")
    known = {text.strip() for text in test.texts}
    counts: Counter[str] = Counter()
    folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(data_folder() / RAW, "rt", encoding="utf-8", newline="\n") as raw:
        next(raw)
        rows = []
        for line in raw:
            _, stars, text = line.rstrip("\n").split("\t")
            what = "in the test split" if text.strip() in known else kind(int(stars), text)
            counts[what] += 1
            if what in (NEGATIVE, POSITIVE):
                rows.append(f"{text}\t{what}\n")
    print(
        f"raw reviews: {counts.total():,} read; "
        + ", ".join(f"{k} {v:,}" for k, v in counts.items())
    )
    write_table(folder / "train.tsv", rows)
    pairs = zip(test.texts, test.labels, strict=True)
    write_table(folder / "test.tsv", [f"{text}\t{label}\n" for text, label in pairs])


def kind(stars: int, text: str) -> str:
    if not text.strip():
        return "blank"
    if stars <= 4:
        return NEGATIVE
    return POSITIVE if stars >= 9 else "middle rating"


def write_table(path: Path, rows: list[str]) -> None:
    path.write_text("document\tlabel\n" + "".join(rows), "utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("runs/pretrained"))
    out = parser.parse_args().out
    started = time.perf_counter()
    corpus = out / "nsmc-raw"
    write_corpus(corpus)
    recipe = load_recipe("pretrained")
    config = RunConfig(str(corpus), classifier=recipe.classifier)
    result = train_run(config, folder=out / "run")
    target = out / "reviews.kosent"
    done = export_bundle(result.bundle, target, int8=True, corpus=str(corpus), overwrite=True)
    test = load_corpus("nsmc").split("test")
    report = TextClassifier.load(target).evaluate(test.texts, test.labels)
    print(json.dumps(done.to_dict(), ensure_ascii=False))
    print(f"validation {result.validation.accuracy:.4f}; NSMC test, int8: {report.accuracy:.4f}")
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
