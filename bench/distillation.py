"""The docs' table of distillation: one small student, taught in several ways by one teacher.

The teacher is asked once for NSMC's training texts, and once for texts of the raw crawl behind NSMC
that are not in NSMC (their stars are not used). What is learned is what ``kosent distill`` would
give. Validation accuracy chooses among the students; the chosen one, and the one without a teacher,
are scored on the test split. What is there already is not done again.

Run, with a teacher of seed 0, whose validation split is then that of the students:

    KOSENT_DATA=... python bench/distillation.py runs/best-0/bundle [--texts 100000] [--out runs/st]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import kosent
from kosent import TextClassifier
from kosent.corpora import Corpus, data_folder
from kosent.runs.distillation import Targets, new_texts
from kosent.support.classes import class_numbers
from kosent.support.progress import Silent
from kosent.training.examples import one_hot

SEED = 0
STUDENT = {
    "architecture": "gru",
    "architecture_options": {"embedding_size": 64, "units": 32, "dropout": 0.3},
    "epochs": 3,
    "seed": SEED,
}
# Name of a student: the teacher's share in the training texts, and whether it has texts without
# labels.
WAYS = {
    "alone": (0.0, False),
    "texts": (0.0, True),
    "half-texts": (0.5, True),
    "half": (0.5, False),
    "all-texts": (1.0, True),
}


def some_new_texts(corpus: Corpus, most: int) -> list[str]:
    """Return at most so many texts of the raw crawl that are not in the corpus."""
    raw = data_folder() / "nsmc" / "raw_reviews.tsv.gz"
    found, _ = new_texts(str(raw), corpus, Silent())
    chosen = np.random.default_rng(SEED).permutation(len(found))[:most]
    return [found[row] for row in np.sort(chosen)]


def asker(teacher: str, folder: Path) -> Callable[[str, Sequence[str]], Targets]:
    """Return a function that asks the teacher once, and remembers the answers under a name."""

    def ask(name: str, texts: Sequence[str]) -> Targets:
        path = folder / f"{name}-{len(texts)}.npy"
        if not path.exists():
            started = time.perf_counter()
            np.save(path, kosent.load(teacher).predict_proba(texts))
            print(f"{len(texts):,} answers: {time.perf_counter() - started:.0f} s", flush=True)
        said: Targets = np.load(path)
        return said

    return ask


def train(way: str, corpus: Corpus, new: list[str], ask: Any, path: Path) -> TextClassifier:
    """Train a student, or load the one that is there."""
    if path.exists():
        return TextClassifier.load(path)
    share, with_texts = WAYS[way]
    targets, extra = None, None
    if with_texts:
        extra = new, ask("new", new)
    if share:
        labels = sorted(set(corpus.train.labels))
        sure = one_hot(class_numbers(corpus.train.labels, np.array(labels)), len(labels))
        targets = share * ask("train", corpus.train.texts) + (1 - share) * sure
    started = time.perf_counter()
    student = TextClassifier(**STUDENT)
    student.fit(corpus.train.texts, corpus.train.labels, targets=targets, extra=extra)
    student.info_["seconds"] = time.perf_counter() - started
    student.save(path)
    return student


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("teacher")
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--out", type=Path, default=Path("runs/students"))
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    corpus = kosent.load_corpus("nsmc")
    new = some_new_texts(corpus, given.texts)
    ask = asker(given.teacher, given.out)
    students = {}
    print("| student | share | texts without labels | epochs: validation | accuracy | s |")
    print("|---|---|---|---|---|---|")
    for way in given.ways:
        share, with_texts = WAYS[way]
        path = given.out / f"{way}-{len(new)}"
        students[way] = student = train(way, corpus, new, ask, path)
        curve = " ".join(f"{record['val_accuracy']:.4f}" for record in student.history_)
        print(
            f"| {way} | {share:g} | {len(new) if with_texts else 0:,} | {curve} "
            f"| {student.info_['validation']['accuracy']:.4f} | {student.info_['seconds']:.0f} |",
            flush=True,
        )
    best = max(students, key=lambda way: students[way].info_["validation"]["accuracy"])
    assert corpus.test is not None
    for way in dict.fromkeys([given.ways[0], best]):
        scores = students[way].evaluate(corpus.test.texts, corpus.test.labels)
        print(f"{way}: test {scores.accuracy:.4f}", flush=True)


if __name__ == "__main__":
    main()
