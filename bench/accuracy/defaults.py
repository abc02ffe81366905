"""The docs' accuracy table: every tokenizer with every network on NSMC, two networks on IMDB.

Each row is one ``kosent train`` with default settings and seed, scored once on the official
test split; the validation split, cut from train, decides everything else. Rows that are done
are not trained again and a killed one goes on where it was: start the script once more.

Run: ``KOSENT_DATA=... python bench/accuracy/defaults.py [--out runs/accuracy]
[--only nsmc-okt-lstm ...]``
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

NSMC = [
    ("nsmc", tokenizer, model)
    for tokenizer in ("whitespace", "okt", "sentencepiece")
    for model in ("lstm", "gru", "hybrid")
]
IMDB = [("imdb", "sentencepiece", model) for model in ("hybrid", "cnn_bilstm")]
KOSENT = [sys.executable, "-c", "from kosent_cli.main import main; main()"]


def train(corpus: str, tokenizer: str, model: str, folder: Path) -> None:
    """Train one row, or go on with it."""
    if (folder / "bundle").exists():
        return
    if (folder / "config.json").exists():
        arguments = ["--resume", str(folder)]
    else:
        arguments = ["--corpus", corpus, "--tokenizer", tokenizer, "--model", model]
        arguments += ["--out", str(folder)]
    print("kosent train", *arguments, file=sys.stderr, flush=True)
    subprocess.run([*KOSENT, "train", *arguments], check=True, stdout=subprocess.DEVNULL)


def row(name: str, folder: Path) -> str:
    """Return the row of a finished run."""
    report = json.loads((folder / "report.json").read_text())
    history = (folder / "metrics.jsonl").read_text().splitlines()
    seconds = sum(json.loads(epoch)["seconds"] for epoch in history)
    resumed = " (resumed)" if report["resumed"] else ""
    return (
        f"{name:28} {report['validation']['accuracy']:10.4f} {report['test']['accuracy']:8.4f}"
        f" {report['test']['macro_f1']:9.4f} {len(history):7} {seconds / len(history):10.0f}"
        f" {report['seconds'] / 60:8.1f}{resumed}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("runs/accuracy"))
    parser.add_argument("--only", nargs="+", help="names of rows, such as nsmc-okt-lstm")
    options = parser.parse_args()
    print("run                          validation     test  macro F1  epochs  s an epoch  minutes")
    for corpus, tokenizer, model in NSMC + IMDB:
        name = f"{corpus}-{tokenizer}-{model}"
        if options.only is None or name in options.only:
            train(corpus, tokenizer, model, options.out / name)
            print(row(name, options.out / name), flush=True)


if __name__ == "__main__":
    main()
