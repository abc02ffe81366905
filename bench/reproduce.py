"""The table of the recipes: train each with several seeds, and set the figures beside the posts'.

Run: ``python bench/reproduce.py [--recipes NAME ...] [--seeds N] [--out DIR]``. Each run has a
folder of its own below ``--out``; started again after a kill, finished runs are read, one that was
cut off goes on from its last epoch, and only the rest is trained. The recipes on IMDB take hours
on two cores.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from kosent.errors import KosentError
from kosent.recipes import Recipe, load_recipe, recipe_names
from kosent.run_folders import BUNDLE, CONFIG
from kosent.runs import RunConfig, resume_run, train_run

POSTS = {  # as the posts print them
    "imdb-simple-rnn": "val 0.79-0.87",
    "imdb-lstm": "val 0.889, last 0.8654",
    "imdb-onehot-rnn": "about 38 epochs",
    "imdb-embedding-rnn": "about 27 epochs",
    "imdb-cnn-bilstm": "test 0.8822",
    "imdb-hybrid-separate": "test 0.8656",
    "imdb-hybrid-shared": "test 0.8602",
    "nsmc-lstm": "val 0.8224 0.8211 0.8196 0.8113 0.8102",
}


def trained(recipe: Recipe, seed: int, folder: Path, limit: int | None) -> dict[str, Any]:
    """Return the figures of one run, from its folder where it is finished."""
    if not (folder / BUNDLE).exists():
        if (folder / CONFIG).exists():
            resume_run(folder)
        else:
            classifier = recipe.changed({"seed": seed}).classifier
            config = RunConfig(recipe.corpus, limit=limit, classifier=classifier)
            train_run(config, folder=folder)
    report = json.loads((folder / "report.json").read_bytes())
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    epochs = [json.loads(line) for line in lines]
    return {
        "validation": report["validation"]["accuracy"],
        "test": report["test"]["accuracy"],
        "epochs": [round(epoch["val_accuracy"], 4) for epoch in epochs],
        "seconds": statistics.median(epoch["seconds"] for epoch in epochs),
    }


def spread(values: list[float]) -> str:
    """Return mean and standard deviation, or the single value."""
    if len(values) == 1:
        return f"{values[0]:.4f}"
    return f"{statistics.mean(values):.4f} ± {statistics.stdev(values):.4f}"


def row(recipe: Recipe, runs: list[dict[str, Any]]) -> str:
    cells = [
        f"`{recipe.name}`",
        POSTS.get(recipe.name, "-"),
        spread([run["validation"] for run in runs]),
        spread([run["test"] for run in runs]),
        " ".join(map(str, runs[0]["epochs"])),
        f"{recipe.parameters:,}",
        f"{statistics.median(run['seconds'] for run in runs):.1f} s",
        f"`kosent train --recipe {recipe.name}`",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recipes", nargs="+", default=recipe_names(), metavar="NAME")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--limit", type=int, help="rows of each split, to try the script")
    parser.add_argument("--out", type=Path, default=Path("runs/reproduce"))
    options = parser.parse_args()
    heads = ["recipe", "post", "validation (best epoch)", "test", "validation by epoch, first seed"]
    heads += ["parameters", "an epoch", "command"]
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}", flush=True)
    for recipe in map(load_recipe, options.recipes):
        runs = []
        for seed in range(options.seeds):
            folder = options.out / f"{recipe.name}-{options.limit or 'all'}-{seed}"
            try:
                runs.append(trained(recipe, seed, folder, options.limit))
            except KosentError as error:
                raise SystemExit(f"{folder}: {error}") from error
        print(row(recipe, runs), flush=True)


if __name__ == "__main__":
    main()
