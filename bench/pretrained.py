"""The figures of the packaged model's card: what it answers, how well, and how fast.

The commands that make the model stand in its card, ``src/kosent/models/pretrained/README.md``; they
leave it as ``runs/student/int8.kosent``. Run, with the packaged model or with that one:

    KOSENT_DATA=... python bench/pretrained.py [--bundle runs/student/int8.kosent]

Speed is from raw texts to labels, in this process, on the processors there are, the best of three.
Where fastText is installed (``pip install 'kosent[bench]'``) it learns NSMC's training split as in
``kosent bench`` and answers the same reviews in turns with the model.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from kosent import TextClassifier, load_corpus
from kosent.corpora import Split
from kosent.errors import RuntimeSetupError
from kosent.evaluation.baselines import FastText
from kosent.models.export import size_of
from kosent.models.pretrained import pretrained_path
from kosent.support.processes import processors

WRONG = (
    "이걸 안 보면 후회한다",
    "이렇게 재미있는 영화를 망치다니",
    "졸작이라더니 명작이네",
    "음식 배달이 너무 늦었어요",
)
ROUNDS = 3

Predict = Callable[[Sequence[str]], object]


def accuracy(model: TextClassifier, test: Split) -> None:
    """Print the card's figures on NSMC's test split."""
    report = model.evaluate(test.texts, test.labels)
    confidence = report.confidence
    assert confidence is not None
    (surest,) = [point for point in confidence.coverage if point.coverage == 0.8]
    figures = {
        "NSMC test accuracy": report.accuracy,
        "expected calibration error": confidence.ece,
        "the surest 80 %": surest.accuracy,
        "validation accuracy, int8": model.info_["int8"]["accuracy_after"],
        "validation accuracy, float32": model.info_["int8"]["accuracy_before"],
    }
    for name, figure in figures.items():
        print(f"{name:30} {figure:.4f}")
    for text in WRONG:
        shares = model.predict_proba([text])[0]
        print(f"{text}  {model.classes_[shares.argmax()]} {shares.max():.2f}")


def speed(systems: dict[str, Predict], texts: Sequence[str]) -> dict[str, float]:
    """Return texts a second of each system, the best of some rounds in turns."""
    best = dict.fromkeys(systems, 0.0)
    for predict in systems.values():
        predict(texts[:1000])  # what is loaded at the first use
    for _ in range(ROUNDS):
        for name, predict in systems.items():
            started = time.perf_counter()
            predict(texts)
            best[name] = max(best[name], len(texts) / (time.perf_counter() - started))
    return best


def fast_text(train: Split) -> Predict | None:
    """Train fastText where it is installed."""
    rival = FastText()
    try:
        rival.check()
    except RuntimeSetupError as error:
        print(error)
        return None
    rival.fit(train.texts, train.labels)
    return rival.predict


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bundle", type=Path, default=pretrained_path())
    bundle = parser.parse_args().bundle
    model = TextClassifier.load(bundle)
    corpus = load_corpus("nsmc")
    test = corpus.split("test")
    print(f"{'bytes':30} {size_of(bundle):,}")
    accuracy(model, test)
    systems: dict[str, Predict] = {"kosent": model.predict}
    rival = fast_text(corpus.train)
    if rival is not None:
        systems["fastText"] = rival
    found = speed(systems, test.texts)
    print(f"{len(test):,} reviews on {processors()} processors, a second:")
    for name, rate in found.items():
        print(f"{name:30} {rate:,.0f}  x{rate / found['kosent']:.2f}")


if __name__ == "__main__":
    main()
