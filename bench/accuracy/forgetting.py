"""A label added to a trained model, by new rows alone: what it learns and what it forgets.

One label of a corpus is left out at first. A model learns the others; from there on it learns that
label from its rows and some of each other label that the first model has not seen. All is scored on
the test split: rows of the old labels before and after, and rows of the new one.

    KOSENT_DATA=... python bench/accuracy/forgetting.py chatbot love [--old 5 20 100] [--keep 0 1]

``--old`` are rows of each old label among the new rows, ``--keep`` the weight of the old answers
(``1e-9`` is the union of the labels and nothing else). ``--model`` gives the network.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from kosent import TextClassifier, load_corpus
from kosent.corpora import Split

SHARE = 0.1  # of the training rows of the old labels, which are kept for later


def divided(rows: Split, label: str) -> tuple[list[int], list[int], list[int]]:
    """Return the numbers of the rows that come first, of the old ones that come later, and new."""
    order = np.random.default_rng(0).permutation(len(rows.texts)).tolist()
    old = [row for row in order if rows.labels[row] != label]
    later = round(SHARE * len(old))
    return old[later:], old[:later], [row for row in order if rows.labels[row] == label]


def scored(model: TextClassifier, test: Split, label: str) -> dict[str, float]:
    """Return the accuracy on the old labels, the recall of the new one, and the macro F1."""
    truth, found = np.array(test.labels), model.predict(test.texts)
    old = truth != label
    report = model.evaluate(test.texts, test.labels) if label in model.classes_ else None
    return {
        "old": float((found == truth)[old].mean()),
        "new": float((found == truth)[~old].mean()),
        "macro F1": report.macro_f1 if report else float("nan"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus")
    parser.add_argument("label")
    parser.add_argument("--old", type=int, nargs="+", default=[5, 20, 100])
    parser.add_argument("--keep", type=float, nargs="+", default=[1e-9, 1.0])
    parser.add_argument("--model", default="ngram_gru")
    parser.add_argument("--epochs", type=int, default=8)
    asked = parser.parse_args()
    corpus = load_corpus(asked.corpus)
    train, test = corpus.train, corpus.split("test")
    first, later, new = divided(train, asked.label)

    def rows(numbers: list[int]) -> tuple[list[str], list[str]]:
        return [train.texts[row] for row in numbers], [train.labels[row] for row in numbers]

    def show(name: str, model: TextClassifier) -> None:
        figures = scored(model, test, asked.label)
        print(name.ljust(30), *(f"{key} {value:.4f}" for key, value in figures.items()), flush=True)

    settings = {"tokenizer": "character", "architecture": asked.model, "learning_rate": 2e-3}
    settings |= {"schedule": "linear", "epochs": 4}
    base = TextClassifier(**settings).fit(*rows(first))
    show("before", base)
    show("all rows at once", TextClassifier(**settings).fit(*rows([*first, *later, *new])))
    with tempfile.TemporaryDirectory() as folder:
        start = str(base.save(Path(folder) / "first.kosent"))
        for fewest in asked.old:
            listed = dict.fromkeys(train.labels, 0)
            some = []
            for row in later:
                listed[train.labels[row]] += 1
                if listed[train.labels[row]] <= fewest:
                    some.append(row)
            for keep in asked.keep:
                model = TextClassifier(
                    start=start, transfer="all", keep=keep, epochs=asked.epochs, monitor="loss"
                )
                show(f"old {fewest}, keep {keep:g}", model.fit(*rows([*some, *new])))


if __name__ == "__main__":
    main()
