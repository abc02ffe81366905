"""The docs' figures of a recipe of several: some seeds, a single network, and its speed.

Each seed is one ``kosent train --recipe best``, which scores NSMC's test split once. The single
network is its first member, the recipe ``accurate``, or ``kiwi`` of ``--recipe best-kiwi``; it is
scored here. Seeds that are done are not trained again, and a killed one goes on: start the script
once more. ``--bundle`` trains nothing and only measures the speed of a model that is there.

Run: ``KOSENT_DATA=... python bench/accuracy/best.py [--recipe best] [--seeds 0 1 2] [--out runs]``
or ``KOSENT_DATA=... python bench/accuracy/best.py --bundle RUN/bundle``
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import kosent
from kosent.models.export import size_of
from kosent.support.processes import processors

KOSENT = [sys.executable, "-c", "from kosent_cli.main import main; main()"]
ROUNDS = 3


def train(recipe: str, seed: int, folder: Path) -> dict[str, Any]:
    """Train with one seed, or go on with it, and return the run's report."""
    if not (folder / "bundle").exists():
        new = ["--recipe", recipe, "--seed", str(seed), "--out", str(folder)]
        arguments = ["--resume", str(folder)] if (folder / "config.json").exists() else new
        subprocess.run([*KOSENT, "train", *arguments], check=True, stdout=subprocess.DEVNULL)
    report: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    return report


def speed(bundle: Path, warm: Sequence[str], texts: Sequence[str]) -> float:
    """Return reviews a second from raw texts to probabilities, the best of some rounds."""
    os.environ["KOSENT_CACHE"] = "off"  # no analysis of Okt is known from an earlier process
    rates = []
    for _ in range(ROUNDS):
        model = kosent.load(bundle)  # nor from an earlier round
        model.predict_proba(warm)  # what is loaded at the first use
        started = time.perf_counter()
        model.predict_proba(texts)
        rates.append(len(texts) / (time.perf_counter() - started))
    return max(rates)


def spread(figures: list[float]) -> str:
    deviation = statistics.stdev(figures) if len(figures) > 1 else 0.0
    return f"{statistics.mean(figures):.4f} ± {deviation:.4f}"


def score(recipe: str, seeds: Sequence[int], out: Path, corpus: kosent.Corpus) -> None:
    """Train and score with each seed, and print the figures."""
    test = corpus.split("test")
    whole, single, error = [], [], []
    for seed in seeds:
        folder = out / f"{recipe}-{seed}"
        report = train(recipe, seed, folder)
        member = report["members"][0]
        name, validation = member["folder"], member["validation"]["accuracy"]
        alone = kosent.load(folder / "members" / name / "bundle").evaluate(test.texts, test.labels)
        whole.append(report["test"]["accuracy"])
        single.append(alone.accuracy)
        error.append(report["test"]["confidence"]["ece"])
        print(
            f"seed {seed}  validation {report['validation']['accuracy']:.4f}"
            f"  test {whole[-1]:.4f}  ECE {error[-1]:.4f}  {report['seconds']:.0f} s"
            f"  alone: {name} {validation:.4f}, test {alone.accuracy:.4f}",
            flush=True,
        )
    print(f"test {spread(whole)}  ECE {spread(error)}  alone {spread(single)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recipe", default="best")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--out", type=Path, default=Path("runs"))
    parser.add_argument("--bundle", type=Path)
    options = parser.parse_args()
    corpus = kosent.load_corpus("nsmc")
    if options.bundle is None:
        score(options.recipe, options.seeds, options.out, corpus)
    bundle = options.bundle or options.out / f"{options.recipe}-{options.seeds[0]}" / "bundle"
    rate = speed(bundle, corpus.train.texts[:1000], corpus.split("test").texts)
    print(f"{size_of(bundle):,} bytes  {rate:,.0f} reviews a second on {processors()} processors")


if __name__ == "__main__":
    main()
