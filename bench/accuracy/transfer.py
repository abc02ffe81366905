"""A last layer on what the packaged model knows, against a linear model of the same few rows.

    KOSENT_DATA=... python bench/accuracy/transfer.py kodoli-sentiment --rows 200 1000 8000
    KOSENT_DATA=... python bench/accuracy/transfer.py korean-hate-speech

Rows are those of the training split alone: so many drawn at random, scored on 5,000 others, or
cross-validation in five parts where no number is given. The rival is TF-IDF of characters 1 to 5
with logistic regression, as in ``kosent bench``. Of KODOLI the texts are left out that stand in the
raw crawl behind NSMC, of which the packaged model was made; with ``--labels negative positive``
its neutral ones too.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

from kosent import load_corpus, load_pretrained
from kosent.corpora.copies import text_key
from kosent.models.transfer import features, solve_head

FOLDS, SCORED = 5, 5000
Rows = tuple[list[str], list[str]]


def unseen(rows: Rows) -> Rows:
    """Leave out the texts that stand in the raw crawl behind NSMC."""
    crawl = load_corpus("nsmc-raw")
    known = set(map(text_key, crawl.train.texts))
    kept = [each for each in zip(*rows, strict=True) if text_key(each[0]) not in known]
    print(f"{len(rows[0]):,} rows, {len(kept):,} of them not in the crawl")
    return [text for text, _ in kept], [label for _, label in kept]


def linear(train: Rows, texts: Sequence[str]) -> tuple[np.ndarray, float]:
    """Return what the linear model answers, and no strength."""
    ngrams = TfidfVectorizer(analyzer="char", ngram_range=(1, 5), dtype=np.float32)
    regression = LogisticRegression(C=8, solver="liblinear", dual=True, tol=0.1)
    model = make_pipeline(ngrams, OneVsRestClassifier(regression))
    return model.fit(*train).predict(texts), float("nan")


def transferred(train: Rows, texts: Sequence[str]) -> tuple[np.ndarray, float]:
    """Return what a new last layer answers, and the strength that it chose."""
    classes = np.unique(train[1])
    start = load_pretrained()
    numbers = np.searchsorted(classes, train[1]).astype(np.int32)
    head = solve_head(features(start, train[0]), numbers, len(classes))
    scores = features(start, texts) @ head.kernel + head.bias
    return classes[scores.argmax(axis=1)], head.strength


SYSTEMS = {"TF-IDF characters 1-5, LR": linear, "pretrained, head": transferred}


def parts(rows: Rows, number: int | None, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """Give pairs of what is learned and what is scored."""
    order = np.random.default_rng(seed).permutation(len(rows[0]))
    fold = np.arange(len(order)) % FOLDS if number is None else np.arange(len(order)) // number
    for each in range(FOLDS if number is None else 1):
        held = order[fold == each] if number is None else order[number : number + SCORED]
        kept = order[fold != each] if number is None else order[:number]
        yield taken(rows, kept), taken(rows, held)


def taken(rows: Rows, numbers: np.ndarray) -> Rows:
    return [rows[0][row] for row in numbers], [rows[1][row] for row in numbers]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus")
    parser.add_argument("--rows", type=int, nargs="+", default=[None])
    parser.add_argument("--labels", nargs="+", help="leave out rows of other labels")
    parser.add_argument("--seeds", type=int, default=3)
    asked = parser.parse_args()
    train = load_corpus(asked.corpus).train
    rows = list(train.texts), list(train.labels)
    if asked.corpus.startswith("kodoli"):
        rows = unseen(rows)
    if asked.labels:
        kept = np.flatnonzero(np.isin(rows[1], asked.labels))
        rows = taken(rows, kept)
    for number in asked.rows:
        for name, system in SYSTEMS.items():
            figures, chosen, started = [], [], time.perf_counter()
            for seed in range(asked.seeds if number else 1):
                for learned, scored in parts(rows, number, seed):
                    found, strength = system(learned, scored[0])
                    truth = np.asarray(scored[1])
                    f1 = f1_score(truth, found, average="macro")
                    figures.append((f1, (truth == found).mean()))
                    chosen.append(strength)
            f1, accuracy = np.mean(figures, axis=0)
            seconds = (time.perf_counter() - started) / len(figures)
            print(
                f"{number or 'CV':>6} {name:28} macro F1 {f1:.4f} accuracy {accuracy:.4f} "
                f"{seconds:.1f} s, C {chosen}",
                flush=True,
            )


if __name__ == "__main__":
    main()
