"""The docs' table of calibration: saved models with and without their temperature, on a test split.

Without it, the scores of a model are multiplied by the temperature that its bundle names again:
what ``kosent train --no-calibrate`` gives. Run, with bundles that kosent trained:

    KOSENT_DATA=... python bench/calibration.py runs/*/bundle [--corpus nsmc]
"""

from __future__ import annotations

import argparse

import numpy as np

import kosent
from kosent.metrics.confidence import confidence_scores
from kosent.metrics.scores import log_loss
from kosent.support.classes import class_numbers

SMALLEST = float(np.finfo(np.float32).tiny)


def rows_of(path: str, corpus: kosent.corpora.Corpus) -> list[str]:
    """Return a bundle's two rows of the table."""
    model = kosent.load(path)
    temperature = model.info_["calibration"]["temperature"]
    assert corpus.test is not None
    numbers = class_numbers(corpus.test.labels, model.classes_)
    probabilities = model.predict_proba(corpus.test.texts).astype(np.float64)
    scores = np.log(np.maximum(probabilities, SMALLEST))
    right = probabilities.argmax(axis=1) == numbers
    lines = []
    for used, factor in ((1.0, temperature), (temperature, 1.0)):
        powers = np.exp(scores * factor)
        found = confidence_scores((powers / powers.sum(1, keepdims=True)).max(1), right)
        loss = log_loss(scores * factor, numbers)
        lines.append(
            f"| {path} | {used:.3f} | {right.mean():.4f} | {found.mean:.4f} | {found.ece:.4f} "
            f"| {found.ece_equal_mass:.4f} | {loss:.4f} |"
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bundles", nargs="+")
    parser.add_argument("--corpus", default="nsmc")
    given = parser.parse_args()
    corpus = kosent.load_corpus(given.corpus)
    print("| bundle | temperature | accuracy | mean confidence | ECE | equal mass | log loss |")
    print("|---|---|---|---|---|---|---|")
    for path in given.bundles:
        print("\n".join(rows_of(path, corpus)), flush=True)


if __name__ == "__main__":
    main()
