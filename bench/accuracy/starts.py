"""What a packaged start is worth where there is little to learn from.

Of each corpus' training split some rows are drawn to learn from and others, 2,500 at most, to
score: no test split is read. The same rows go to a classifier that starts from each packaged model
(``transfer="head"``, whose validation split is cut from the rows drawn) and to a logistic
regression on TF-IDF of characters 1-5. Prints macro F1, the mean of the draws. NSMC and KODOLI are
not among the corpora: reviews of the former, which the latter has too, are in both models. Run:

    KOSENT_DATA=... python bench/accuracy/starts.py [--draws 2] [--only finance ...]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from kosent import TextClassifier, load_corpus

# Corpora and the rows to learn from; 0 for four fifths.
TASKS = (
    ("sib200-ko", 0),
    ("sib200-ko", 200),
    ("stylekqc", 200),
    ("stylekqc", 1000),
    ("finance", 1000),
    ("3i4k", 1000),
    ("korean-hate-speech", 1000),
    ("chatbot", 200),
    ("kobest-sentineg", 200),
)
SYSTEMS = ("characters", "pretrained", "words")
MOST_SCORED = 2500


def draws(name: str, number: int) -> Iterator[tuple[list[str], list[str]]]:
    """Give texts and labels in an order of their own for each draw."""
    train = load_corpus(name).train
    for seed in range(number):
        order = np.random.default_rng(seed).permutation(len(train))
        yield [train.texts[row] for row in order], [train.labels[row] for row in order]


def learned(system: str, texts: Sequence[str], labels: Sequence[str]) -> Any:
    """Return a classifier that has learned."""
    if system != "characters":
        return TextClassifier(start=system, transfer="head").fit(texts, labels)
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    tfidf = TfidfVectorizer(analyzer="char", ngram_range=(1, 5), sublinear_tf=True)
    return make_pipeline(tfidf, LogisticRegression(C=8, max_iter=300)).fit(texts, labels)


def scores(texts: list[str], labels: list[str], rows: int) -> list[float]:
    """Return the macro F1 of each system that learns the first rows and is asked the others."""
    from sklearn.metrics import f1_score

    asked, true = texts[rows : rows + MOST_SCORED], labels[rows : rows + MOST_SCORED]
    models = [learned(system, texts[:rows], labels[:rows]) for system in SYSTEMS]
    return [float(f1_score(true, model.predict(asked), average="macro")) for model in models]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=2)
    parser.add_argument("--only", nargs="+", help="corpora")
    options = parser.parse_args()
    print(f"{'corpus':20} {'rows':>5}", *(f"{system:>10}" for system in SYSTEMS), flush=True)
    means = []
    for name, rows in TASKS:
        if options.only and name not in options.only:
            continue
        drawn = list(draws(name, options.draws))
        number = rows or len(drawn[0][0]) * 4 // 5
        means.append(np.mean([scores(*draw, number) for draw in drawn], axis=0))
        print(f"{name:20} {number:5}", *(f"{f1:10.3f}" for f1 in means[-1]), flush=True)
    print(f"{'mean':20} {'':5}", *(f"{f1:10.3f}" for f1 in np.mean(means, axis=0)))


if __name__ == "__main__":
    main()
