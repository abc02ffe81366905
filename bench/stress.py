"""The docs' table of noise: one system trained without and with ``--augment noise``.

Both are trained on the same part of NSMC's training split. By default they are scored on 10,000
other reviews of it (validation, on which settings are chosen); ``--test`` scores the official test
split. A run that is done is not trained again, one that was killed goes on.

Run: ``KOSENT_DATA=... python bench/stress.py [--recipe NAME] [--test] [--seeds N] [--out DIR]``
"""

from __future__ import annotations

import argparse
import os
import statistics
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from kosent import TextClassifier, load_corpus
from kosent.bundles.place import BUNDLE
from kosent.corpora.base import Split
from kosent.corpora.sampling import stratified
from kosent.evaluation.stress import Stress, stress
from kosent.recipes import load_recipe
from kosent.runs.config import RunConfig
from kosent.runs.folders import CONFIG
from kosent.runs.run import resume_run, train_run
from kosent.text.noise import NOISES

VALIDATION = 10_000


def trained(arguments: dict[str, Any], limit: int, folder: Path) -> TextClassifier:
    """Return the model of a run, trained where it is not yet."""
    if not (folder / BUNDLE).exists():
        if (folder / CONFIG).exists():
            resume_run(folder)
        else:
            train_run(RunConfig("nsmc", limit=limit, classifier=arguments), folder=folder)
    return TextClassifier.load(folder / BUNDLE)


def others(split: Split, limit: int, seed: int) -> tuple[list[str], list[str]]:
    """Return reviews that a run of that limit and seed has not seen."""
    seen = set(stratified(split.labels, limit, seed))
    rest = [row for row in range(len(split)) if row not in seen]
    labels = [split.labels[row] for row in rest]
    chosen = stratified(labels, VALIDATION, seed)
    return [split.texts[rest[row]] for row in chosen], [labels[row] for row in chosen]


def system(given: argparse.Namespace) -> dict[str, Any]:
    """Return the arguments of the classifier that was asked for."""
    if given.recipe:
        return load_recipe(given.recipe).classifier
    arguments = {"tokenizer": given.tokenizer, "architecture": given.model, "epochs": given.epochs}
    return arguments | ({"tokenizer_options": {"alpha": given.alpha}} if given.alpha else {})


def _name(arguments: dict[str, Any]) -> str:
    alpha = arguments.get("tokenizer_options", {}).get("alpha", "")
    return f"{arguments['tokenizer']}{alpha}-{arguments['architecture']}"


def cells(figures: list[Stress], place: int) -> str:
    """Return accuracy and difference under a noise, means over the seeds, and an interval.

    With one seed that is the paired 95 % confidence interval, else the range over the seeds.
    """
    under = [each.noises[place] for each in figures]
    accuracy = statistics.mean(each.accuracy for each in under)
    differences = [each.difference for each in under]
    low, high = (under[0].low, under[0].high) if len(under) == 1 else _range(differences)
    return f"{accuracy:.4f} | {statistics.mean(differences):+.4f} ({low:+.4f} {high:+.4f})"


def _range(values: list[float]) -> tuple[float, float]:
    return min(values), max(values)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recipe", help="instead of tokenizer, model, alpha and epochs")
    parser.add_argument("--tokenizer", default="sentencepiece")
    parser.add_argument("--model", default="gru")
    parser.add_argument("--alpha", type=float, help="of SentencePiece: draw its segmentations")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--limit", type=int, default=40_000)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--test", action="store_true", help="the test split, once, at the end")
    parser.add_argument("--out", type=Path, default=Path("runs/stress"))
    given = parser.parse_args()
    corpus = load_corpus("nsmc")
    figures: dict[str, list[Stress]] = {"": [], "noise": []}
    for seed in range(given.seeds):
        rows = others(corpus.train, given.limit, seed)
        if given.test:
            rows = corpus.test.texts, corpus.test.labels
        for augment, found in figures.items():
            arguments = system(given) | {"seed": seed, "augment": augment or None}
            name = f"{given.recipe or _name(arguments)}-{given.limit}-{augment or 'plain'}-{seed}"
            found.append(stress(trained(arguments, given.limit, given.out / name), *rows))
    clean = {
        name: statistics.mean(each.accuracy for each in found) for name, found in figures.items()
    }
    print("| noise | rate | plain | difference | `--augment noise` | difference |")
    print("|---|---|---|---|---|---|")
    print(f"| clean | | {clean['']:.4f} | | {clean['noise']:.4f} | |")
    for place, (name, noise) in enumerate(NOISES.items()):
        row = " | ".join(cells(found, place) for found in figures.values())
        print(f"| `{name}` | {noise.rate:g} | {row} |")


if __name__ == "__main__":
    main()
