"""The table of the posts' recipes: train each with several seeds, and set ours beside theirs.

Run: ``python bench/reproduce.py [--recipes NAME ...] [--seeds N] [--out DIR]``. Each run has a
folder of its own below ``--out``; started again after a kill, finished runs are read, one that was
cut off goes on from its last epoch, and only the rest is trained. The recipes on IMDB take hours
on two cores; one whose first run takes over ``--minutes`` is not trained with other seeds.
``--finished`` trains nothing and prints the table of the runs that are there.

``kept`` is the validation accuracy of the weights that a run keeps, those of its best epoch by what
the recipe monitors; ``last`` that of its last epoch, which is what a post that stops there has. The
test split is scored once, with the weights that are kept.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from kosent.bundles.place import BUNDLE
from kosent.errors import KosentError
from kosent.recipes import Recipe, load_recipe
from kosent.runs.config import RunConfig
from kosent.runs.folders import CONFIG
from kosent.runs.run import resume_run, train_run
from kosent.support.plain import to_python

SIMILAR = "similar, less overfitting"
POSTS = {  # as the posts print them
    "imdb-simple-rnn": "validation 0.743-0.873, unsteady",
    "imdb-stacked-rnn": "(structure)",
    "imdb-lstm": "validation 0.889 (best), 0.8654 (last)",
    "imdb-onehot-rnn": "best epoch 38",
    "imdb-embedding-rnn": "best epoch 27",
    "imdb-lstm8": "similar, overfits",
    "imdb-lstm8-dropout": SIMILAR,
    "imdb-2lstm8": SIMILAR,
    "imdb-gru8": SIMILAR,
    "imdb-cnn-bilstm": "test 0.8822 (last epoch)",
    "imdb-hybrid-separate": "test 0.8656, training 0.99728",
    "imdb-hybrid-shared": "test 0.8602, training 0.99292",
    "nsmc-lstm": "validation 0.8224, 0.8211, 0.8196, 0.8113, 0.8102",
}
HEADS = ("recipe", "the post", "val kept", "val last", "test", "epochs", "runs")
HEADS += ("parameters", "s an epoch", "command")
MOST_EPOCHS = 20  # of a run that are listed one by one


class Run(NamedTuple):
    """The figures of a finished run.

    Attributes:
        kept: Validation accuracy of the weights that were kept.
        test: Accuracy on the test split.
        epochs: Validation accuracy by epoch.
        seconds: Seconds of each epoch.
    """

    kept: float
    test: float
    epochs: list[float]
    seconds: list[float]


def config_of(recipe: Recipe, seed: int, limit: int | None) -> RunConfig:
    return RunConfig(
        recipe.corpus, limit=limit, classifier=recipe.changed({"seed": seed}).classifier
    )


def train(config: RunConfig, folder: Path) -> None:
    """Train, or go on with what is there, unless it is finished."""
    if (folder / BUNDLE).exists():
        return
    if (folder / CONFIG).exists():
        resume_run(folder)
    else:
        train_run(config, folder=folder)


def read(config: RunConfig, folder: Path) -> Run | None:
    """Return the figures of a run, None where it is not finished.

    Raises:
        SystemExit: If it was trained with other settings than those the recipe has today.
    """
    if not (folder / BUNDLE).exists():
        return None
    written = json.loads((folder / CONFIG).read_bytes())
    if written["classifier"] != to_python(config.classifier) or written["limit"] != config.limit:
        raise SystemExit(f"{folder}: the recipe has changed since; move the folder away")
    report = json.loads((folder / "report.json").read_bytes())
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    epochs = [json.loads(line) for line in lines]
    return Run(
        kept=report["validation"]["accuracy"],
        test=report["test"]["accuracy"],
        epochs=[epoch["val_accuracy"] for epoch in epochs],
        seconds=[epoch["seconds"] for epoch in epochs],
    )


def spread(values: list[float]) -> str:
    """Return mean and standard deviation, or the single value."""
    if len(values) == 1:
        return f"{values[0]:.4f}"
    return f"{statistics.mean(values):.4f} ± {statistics.stdev(values):.4f}"


def extent(values: list[int]) -> str:
    """Return the smallest and the largest of whole numbers."""
    least, most = min(values), max(values)
    return str(least) if least == most else f"{least}-{most}"


def row(recipe: Recipe, runs: list[Run]) -> str:
    """Return a line of the table; a recipe without a finished run has no figures."""
    figures = ["not run", "", "", "", "0"]
    if runs:
        figures = [
            spread([run.kept for run in runs]),
            spread([run.epochs[-1] for run in runs]),
            spread([run.test for run in runs]),
            extent([len(run.epochs) for run in runs]),
            str(len(runs)),
        ]
    seconds = [statistics.median(run.seconds) for run in runs]
    cells = [f"`{recipe.name}`", POSTS.get(recipe.name, "-"), *figures]
    cells += [f"{recipe.parameters:,}", f"{statistics.median(seconds):.1f}" if runs else ""]
    cells += [f"`kosent train --recipe {recipe.name}`"]
    return f"| {' | '.join(cells)} |"


def by_epoch(name: str, seed: int, run: Run) -> str:
    """Return the validation accuracy of each epoch of a run that is not too long for a line."""
    shown = " ".join(f"{accuracy:.4f}" for accuracy in run.epochs[:MOST_EPOCHS])
    return f"{name} seed {seed}: {shown}{' ...' if len(run.epochs) > MOST_EPOCHS else ''}"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recipes", nargs="+", default=list(POSTS), metavar="NAME")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--limit", type=int, help="rows of each split, to try the script")
    parser.add_argument("--finished", action="store_true", help="train nothing")
    parser.add_argument("--out", type=Path, default=Path("runs/reproduce"))
    options = parser.parse_args(arguments)
    print(f"| {' | '.join(HEADS)} |\n|{'---|' * len(HEADS)}", flush=True)
    histories = []
    for recipe in map(load_recipe, options.recipes):
        runs: list[Run] = []
        for seed in range(options.seeds):
            folder = options.out / f"{recipe.name}-{options.limit or 'all'}-{seed}"
            too_long = bool(runs) and sum(runs[0].seconds) > 60 * options.minutes
            only_read = options.finished or too_long
            run = _one(config_of(recipe, seed, options.limit), folder, only_read)
            if run is not None:
                runs.append(run)
                histories.append(by_epoch(recipe.name, seed, run))
        print(row(recipe, runs), flush=True)
    print("", *histories, sep="\n")


def _one(config: RunConfig, folder: Path, finished_only: bool) -> Run | None:
    try:
        if not finished_only:
            train(config, folder)
        return read(config, folder)
    except KosentError as error:
        raise SystemExit(f"{folder}: {error}") from error


if __name__ == "__main__":
    main()
