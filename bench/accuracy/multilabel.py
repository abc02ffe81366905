"""Several labels a text, on UnSmile: single models, and all of them together.

Measures the figures of ``docs/en/multilabel.md``. Models are chosen on training texts::

    python bench/accuracy/multilabel.py --out DIR --dev

trains on four fifths of the training texts, scores the last fifth, and compares ways to fit the
thresholds on halves of it. Once all is chosen::

    python bench/accuracy/multilabel.py --out DIR

trains on all of them and scores the published valid split once; with ``--starts`` what begins with
a packaged model, on its own. UnSmile's licence forbids to pass
on what learned from it: DIR is for the one who measures.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kosent import TextClassifier
from kosent.corpora import Split, load_corpus
from kosent.corpora.copies import first_copies
from kosent.metrics.multilabel import multilabel_report
from kosent.models.ensemble import Ensemble
from kosent.support.label_sets import learned_sets
from kosent.training.label_splits import held_out_sets, hold_out_sets
from kosent.training.thresholds import fit_thresholds

GRU = {"architecture": "ngram_gru"}
SYSTEMS: dict[str, dict[str, Any]] = {
    "characters, n-grams": {"architecture": "ngrams", "tokenizer": "character"},
    "jamo, n-grams": {
        "architecture": "ngrams",
        "tokenizer": "jamo",
        "architecture_options": {"longest": 8},
    },
    "characters, ngram_gru": {
        **GRU,
        "tokenizer": "character",
        "architecture_options": {"buckets": 2**20},
    },
    "jamo, ngram_gru": {
        **GRU,
        "tokenizer": "jamo",
        "architecture_options": {"buckets": 2**20, "longest": 8},
    },
}
STARTS: dict[str, dict[str, Any]] = {
    "words, last layer": {"start": "words"},
    "encoder, last layer": {"start": "encoder"},
    "encoder, all weights": {"start": "encoder", "transfer": "all"},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--dev", action="store_true")
    parser.add_argument("--starts", action="store_true")
    parser.add_argument("--only", nargs="*", choices=SYSTEMS | STARTS)
    given = parser.parse_args()
    names = given.only or (STARTS if given.starts else SYSTEMS)
    corpus = load_corpus("unsmile", multilabel=True)
    assert corpus.test is not None
    train, test = _fifth(corpus.train) if given.dev else (corpus.train, corpus.test)
    given.out.mkdir(exist_ok=True)
    members = {name: _trained(name, train, given.out) for name in names}
    for name, member in members.items():
        _show(name, member, test)
    if len(members) > 1 and not given.starts:
        first = next(iter(members.values()))
        held = held_out_sets(train, first.classes_, first.of_split())
        ensemble = Ensemble(list(members.values())).fit(*held)
        _show("together", ensemble, test)
        print("weights", np.round(ensemble.weights_, 2).tolist())
    if given.dev:
        for name, member in members.items():
            _thresholds(name, member, test)


def _fifth(rows: Split) -> tuple[Split, Split]:
    marks = learned_sets(rows.label_sets, len(rows)).marks
    parts = hold_out_sets(marks, 0.2, 123, copies=first_copies(rows.texts))
    train, test = (_taken(rows, part.tolist()) for part in parts)
    return train, test


def _taken(rows: Split, numbers: Sequence[int]) -> Split:
    from kosent.corpora import Audit

    assert rows.label_sets is not None
    texts, labels = [rows.texts[n] for n in numbers], [rows.labels[n] for n in numbers]
    sets = [rows.label_sets[n] for n in numbers]
    return Split(texts, labels, Audit(len(texts), len(texts)), None, sets)


def _trained(name: str, train: Split, folder: Path) -> TextClassifier:
    path = folder / f"{name.replace(', ', '-')}.kosent"
    if not path.exists():
        started = time.perf_counter()
        classifier = TextClassifier(multilabel=True, **(SYSTEMS | STARTS)[name])
        classifier.fit(train.texts, train.learned_labels).save(path)
        print(f"{name}: {time.perf_counter() - started:.0f} s", flush=True)
    return TextClassifier.load(path)


def _show(name: str, model: TextClassifier | Ensemble, test: Split) -> None:
    report: Any = model.evaluate(test.texts, test.learned_labels)
    print(
        f"{name:24} LRAP {report.lrap:.4f}  micro F1 {report.micro_f1:.4f}  "
        f"macro F1 {report.macro_f1:.4f}  all right {report.accuracy:.4f}  rows {report.rows}",
        flush=True,
    )


def _thresholds(name: str, model: TextClassifier, test: Split) -> None:
    """Fit thresholds on 1,000 texts and score them on the others, 20 times."""
    labels = model.classes_.tolist()
    truth = np.array([[label in each for label in labels] for each in test.learned_labels])
    probabilities = model.predict_all(test.texts).probabilities
    found: dict[str, list[tuple[float, ...]]] = {"half": [], "own F1": [], "as kosent": []}
    for seed in range(20):
        order = np.random.default_rng(seed).permutation(len(truth))
        fit, score = order[:1000], order[1000:]
        ways = {
            "half": np.full(len(labels), 0.5),
            "own F1": _own(probabilities[fit], truth[fit]),
            "as kosent": fit_thresholds(probabilities[fit], truth[fit]),
        }
        for way, thresholds in ways.items():
            report = multilabel_report(truth[score], probabilities[score], thresholds, labels)
            found[way].append((report.micro_f1, report.macro_f1, report.accuracy))
    for way, figures in found.items():
        micro, macro, right = np.mean(figures, axis=0)
        print(f"{name}: {way:10} micro {micro:.4f}  macro {macro:.4f}  all right {right:.4f}")


def _own(probabilities: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return the threshold of each label's own best F1."""
    best = []
    for each, has in zip(probabilities.T, truth.T, strict=True):
        candidates = np.unique(each)
        given = each[:, None] >= candidates
        f1 = 2 * (given & has[:, None]).sum(0) / (given.sum(0) + has.sum())
        best.append(candidates[f1.argmax()])
    return np.array(best, np.float64)


if __name__ == "__main__":
    main()
