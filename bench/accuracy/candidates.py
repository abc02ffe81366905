"""Train candidates for an ensemble, and see on the validation split what they are worth together.

The candidates stand in ``candidates.toml``. Each learns from NSMC's training split without the
tenth that is held out by the seed; the test split is not read. A candidate that is done is not
trained again.

Run: ``KOSENT_DATA=... python bench/accuracy/candidates.py [NAME ...] [--seed 0] [--blend]``
"""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import kosent
from kosent.corpora.base import Split
from kosent.models.ensemble_weights import fit_weighting
from kosent.models.settings import split_of
from kosent.prediction.pool import combine
from kosent.support.classes import class_numbers
from kosent.training.splits import held_out

LISTED = tomllib.loads(Path(__file__).with_name("candidates.toml").read_text("utf-8"))
PARTS = 5  # weights are fitted on four and scored on the fifth

Probabilities = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int32]


def train(name: str, rows: Split, folder: Path, seed: int) -> None:
    """Train one candidate, if that was not done, and print its figures."""
    target = folder / f"{name}-{seed}"
    if target.exists():
        return
    model = kosent.TextClassifier(**LISTED[name], seed=seed)
    model.fit(rows.texts, rows.labels)
    model.save(target)
    seconds = sum(record["seconds"] for record in model.history_)
    print(
        f"{name:24} validation {model.validation_.accuracy:.4f}  {seconds:.0f} s of training",
        flush=True,
    )


def blend(names: list[str], rows: Split, folder: Path, seed: int) -> None:
    """Add candidate after candidate, each time the one that helps most."""
    found, numbers = predicted(names, rows, folder, seed)
    for name in names:
        print(f"{name:24} {accuracy(found[name], numbers):.4f}")
    chosen: list[str] = []
    while left := [name for name in names if name not in chosen]:
        best = max(left, key=lambda name: together([*chosen, name], found, numbers))
        chosen.append(best)
        print(f"+ {best:22} {together(chosen, found, numbers):.4f}", flush=True)


def predicted(
    names: list[str], rows: Split, folder: Path, seed: int
) -> tuple[dict[str, Probabilities], Numbers]:
    """Return each candidate's probabilities of the held-out texts, and their class numbers."""
    found = {}
    for name in names:
        model = kosent.TextClassifier.load(folder / f"{name}-{seed}")
        split = split_of(model.info_)
        texts, labels = held_out(rows, model.classes_, split)
        found[name] = model.predict_proba(texts)
    return found, class_numbers(labels, model.classes_)


def together(names: list[str], found: dict[str, Probabilities], numbers: Numbers) -> float:
    """Return the accuracy of an ensemble on texts that its weights were not fitted on."""
    part = np.arange(len(numbers)) % PARTS
    hits = 0.0
    for each in range(PARTS):
        inside, outside = part != each, part == each
        weighting = fit_weighting([found[name][inside] for name in names], numbers[inside])
        members = [found[name][outside] for name in names]
        answers = combine(members, weighting.weights, weighting.bias)
        hits += accuracy(answers, numbers[outside]) * outside.sum()
    return hits / len(numbers)


def accuracy(probabilities: Probabilities, numbers: Numbers) -> float:
    return float((probabilities.argmax(axis=1) == numbers).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(LISTED)}")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("runs/candidates"))
    parser.add_argument("--blend", action="store_true")
    options: Any = parser.parse_args()
    names = options.names or list(LISTED)
    rows = kosent.load_corpus("nsmc").train
    if options.blend:
        blend(names, rows, options.out, options.seed)
        return
    for name in names:
        train(name, rows, options.out, options.seed)


if __name__ == "__main__":
    main()
