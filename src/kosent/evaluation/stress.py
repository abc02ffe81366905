"""How much accuracy a model loses when texts are typed as people type: noise by noise.

The same rows are scored clean and under each noise of :data:`kosent.text.noise.NOISES`, so the
differences are paired, and their intervals narrow. Not covered: rows whose label the noise would
change for a human reader too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from kosent.errors import UsageError
from kosent.evaluation.evaluate import Rows, prepare
from kosent.metrics.intervals import paired_interval
from kosent.metrics.report import Label, report
from kosent.prediction.estimator import Estimator
from kosent.support.checks import check_count, check_share
from kosent.support.classes import check_labels
from kosent.support.inputs import check_texts
from kosent.support.progress import Listener, Silent
from kosent.text.noise import NOISES, perturb


@dataclass(frozen=True, slots=True)
class UnderNoise:
    """A model's figures under one noise.

    Attributes:
        noise: Its name.
        rate: The probability with which each place was hit.
        changed: Share of the texts that it changed, from 0 to 1.
        accuracy: Share of right predictions.
        difference: Accuracy minus that on the clean texts.
        low: Lower end of the 95 % confidence interval of the difference.
        high: Its upper end.
    """

    noise: str
    rate: float
    changed: float
    accuracy: float
    difference: float
    low: float
    high: float

    def cells(self) -> list[str]:
        """Return noise, rate, share changed, accuracy, difference and interval as shown."""
        return [
            self.noise,
            f"{self.rate:g}",
            f"{self.changed:.1%}",
            f"{self.accuracy:.4f}",
            f"{self.difference:+.4f}",
            f"{self.low:+.4f} {self.high:+.4f}",
        ]


@dataclass(frozen=True, slots=True)
class Stress:
    """A model's figures clean and under each noise.

    Attributes:
        rows: Number of rows scored.
        seed: Seed of the noises.
        accuracy: Share of right predictions on the clean texts.
        noises: The figures under each noise, in the order of the table.
    """

    rows: int
    seed: int
    accuracy: float
    noises: tuple[UnderNoise, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self) | {"noises": [asdict(each) for each in self.noises]}


@dataclass(frozen=True, slots=True)
class StressedBundle:
    """Figures and what was scored.

    Attributes:
        stress: The figures.
        bundle: The model's folder.
        corpus: Name of the corpus.
        split: ``"train"`` or ``"test"``.
    """

    stress: Stress
    bundle: Path
    corpus: str
    split: str


def stress(
    classifier: Estimator,
    texts: Sequence[str],
    labels: Sequence[Label],
    *,
    rate: float | None = None,
    seed: int = 0,
    listener: Listener | None = None,
) -> Stress:
    """Score a classifier clean and under each noise.

    Args:
        classifier: A fitted classifier.
        texts: ``n`` strings.
        labels: Their true labels, ``n``.
        rate: The probability, from 0.0 to 1.0, with which each place is hit; by default each
            noise's own.
        seed: Seed of the noises.
        listener: Receives progress events.

    Returns:
        The figures.

    Raises:
        DataError: If there is nothing to score, lengths differ, or no label is one the
            classifier was trained on.
        UsageError: If the classifier is not fitted, or rate or seed cannot be used.
    """
    _check(rate, seed)
    listener = listener or Silent()
    if classifier.thresholds_ is not None:
        raise UsageError(
            "글마다 라벨이 여럿인 모델은 아직 stress로 잴 수 없습니다. evaluate를 쓰세요",
            "a model of several labels a text cannot be put under stress yet; use evaluate",
        )
    texts = check_texts(texts)
    truth = check_labels(labels, len(texts))
    listener.stage("test", len(NOISES) + 1)
    predicted = classifier.predict(texts)
    clean = report(truth, predicted.tolist(), classifier.classes_.tolist()).accuracy
    listener.advance(1)
    figures = []
    for name, noise in NOISES.items():
        used = noise.rate if rate is None else rate
        under = perturb(name, texts, used, seed)
        rows = [row for row, text in enumerate(under) if text != texts[row]]
        noisy = predicted.copy()  # a text that stays gets the same prediction again
        noisy[rows] = classifier.predict([under[row] for row in rows])
        before, after = predicted == np.asarray(truth), noisy == np.asarray(truth)
        low, high = paired_interval(before, after)
        accuracy = float(after.mean())
        changed = len(rows) / len(texts)
        figures.append(UnderNoise(name, used, changed, accuracy, accuracy - clean, low, high))
        listener.advance(1)
    return Stress(len(texts), seed, clean, tuple(figures))


def stress_bundle(
    path: str | Path,
    corpus: str | None = None,
    *,
    rate: float | None = None,
    seed: int = 0,
    listener: Listener | None = None,
    **rows: Unpack[Rows],
) -> StressedBundle:
    """Score a saved model on a corpus, clean and under each noise.

    Args:
        path: A bundle.
        corpus: Name or path of a corpus; by default the one the model was trained on.
        rate: As for :func:`stress`.
        seed: As for :func:`stress`.
        listener: Receives progress events and notices.
        **rows: Which of its rows; see :class:`kosent.evaluation.evaluate.Rows`.

    Returns:
        The figures.

    Raises:
        BundleError: If ``path`` is no usable bundle.
        UsageError: If the corpus is not given and not known, or a name, limit, rate or seed is
            wrong.
        DataError: If the corpus cannot be used, or the model knows none of its labels.
        DownloadError: If the corpus has to be downloaded and cannot.
    """
    _check(rate, seed)
    listener = listener or Silent()
    ready = prepare(path, corpus, listener=listener, **rows)
    figures = stress(
        ready.classifier, ready.texts, ready.labels, rate=rate, seed=seed, listener=listener
    )
    return StressedBundle(figures, ready.bundle, ready.corpus, ready.split)


def _check(rate: float | None, seed: int) -> None:
    if rate is not None:
        check_share("rate", rate, 0.0)
    check_count("seed", seed, 0)
