"""The held-out texts by which candidates are judged: of one label each, or of several."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.metrics.multilabel import MultilabelReport, multilabel_report
from kosent.metrics.report import Report, report
from kosent.metrics.scores import binary_losses, log_loss, logits, scores_of, softmax
from kosent.models.auto.rows import Rows, deal
from kosent.models.ensemble_labels import fit_label_weighting
from kosent.models.ensemble_weights import Weighting, fit_weighting
from kosent.prediction.estimator import report_of
from kosent.prediction.pool import combine, combine_labels

Numbers = npt.NDArray[np.int32]
Marks = npt.NDArray[np.bool_]
Probabilities = npt.NDArray[np.float32]
Counts = npt.NDArray[np.float32] | None
Lines = npt.NDArray[Any]  # which texts: numbers, or a yes or no for each

# What is most probable is most often right, and says a rare class next to never: of 200 texts of
# KODOLI (67, 20 and 13 %) an accuracy of .710 and a macro F1 of .451; with scores lifted by half of
# what the rarity of a class takes from them .710 and .521. With all of it .648 and .528.
LIFTS = (0.0, 0.25, 0.5, 0.75)


class Held(ABC):
    """Texts that a candidate did not learn from, and their labels.

    Args:
        names: The labels.
        counts: What each text counts ``(n,)``; all the same without it.
    """

    def __init__(self, names: Sequence[Any], counts: Counts) -> None:
        self.names = list(names)
        self.counts = counts

    @property
    @abstractmethod
    def truth(self) -> Numbers | Marks:
        """What each text is: its class number ``(n,)``, or each label ``(n, labels)``."""

    def __len__(self) -> int:
        return len(self.truth)

    @abstractmethod
    def take(self, lines: Lines) -> Held:
        """Return some of the texts."""

    @abstractmethod
    def loss(self, probabilities: Probabilities) -> float:
        """Return the mean negative log-likelihood of ``(n, classes)``, in nats."""

    @abstractmethod
    def fit(self, members: Sequence[Probabilities]) -> Weighting:
        """Fit what each of several answers ``(n, classes)`` weighs."""

    @abstractmethod
    def combine(self, members: Sequence[Probabilities], weighting: Weighting) -> Probabilities:
        """Return the answer ``(m, classes)`` of several together, of these texts or of others."""

    @abstractmethod
    def deal(self, folds: int) -> npt.NDArray[np.int64]:
        """Deal the texts out to that many folds, each label in proportion ``(n,)``."""

    @abstractmethod
    def lifted(
        self, weighting: Weighting, crossed: Probabilities
    ) -> tuple[Weighting, Probabilities, float]:
        """Make up for what rare labels lose.

        Args:
            weighting: What the members weigh.
            crossed: Probabilities by weights that were fitted on other texts ``(n, classes)``.

        Returns:
            Weights and probabilities with it, and how much it was, from 0 to 1.
        """

    def thresholds(self, probabilities: Probabilities) -> list[float] | None:
        """Return from which probability on each label is given; ``None`` where a text has one."""
        del probabilities
        return None

    @abstractmethod
    def report(self, probabilities: Probabilities) -> Report | MultilabelReport:
        """Return the figures of an answer ``(n, classes)``."""


class OneLabel(Held):
    """Texts of one label each.

    Args:
        numbers: Class numbers ``(n,)``.
        names: The labels.
        counts: What each text counts ``(n,)``; all the same without it.
    """

    def __init__(self, numbers: Numbers, names: Sequence[Any], counts: Counts = None) -> None:
        super().__init__(names, counts)
        self.numbers = numbers

    @property
    def truth(self) -> Numbers:
        """The class numbers."""
        return self.numbers

    def take(self, lines: Lines) -> OneLabel:
        """Return some of the texts."""
        return OneLabel(self.numbers[lines], self.names, _some(self.counts, lines))

    def loss(self, probabilities: Probabilities) -> float:
        """Return the mean negative log-likelihood, in nats."""
        return log_loss(scores_of(probabilities), self.numbers, self.counts)

    def fit(self, members: Sequence[Probabilities]) -> Weighting:
        """Fit what each answer weighs."""
        return fit_weighting(members, self.numbers, self.counts)

    def combine(self, members: Sequence[Probabilities], weighting: Weighting) -> Probabilities:
        """Return the answer of several together."""
        return combine(members, weighting.weights, weighting.bias)

    def deal(self, folds: int) -> npt.NDArray[np.int64]:
        """Deal the texts of each class out in turn."""
        order = np.argsort(self.numbers, kind="stable")
        fold = np.empty(len(order), np.int64)
        fold[order] = np.arange(len(order)) % folds
        return fold

    def lifted(
        self, weighting: Weighting, crossed: Probabilities
    ) -> tuple[Weighting, Probabilities, float]:
        """Lift the scores of rare classes as far as accuracy and macro F1 together gain."""
        rare = rarity(self.numbers, crossed.shape[1])
        lift = max(LIFTS, key=lambda lift: (self._worth(lifted(crossed, lift * rare)), -lift))
        bias = tuple((np.asarray(weighting.bias) + lift * rare).tolist())
        return replace(weighting, bias=bias), lifted(crossed, lift * rare), lift

    def _worth(self, probabilities: Probabilities) -> float:
        classes = list(range(len(self.names)))
        predicted = probabilities.argmax(axis=1).tolist()
        scores = report(self.numbers.tolist(), predicted, classes)
        return round(scores.accuracy + scores.macro_f1, 6)

    def report(self, probabilities: Probabilities) -> Report:
        """Return the figures of an answer."""
        classes = np.asarray(self.names)
        return report_of(classes, classes[self.numbers].tolist(), probabilities)


class SeveralLabels(Held):
    """Texts that may have several labels, or none.

    Args:
        marks: Whether a text has a label ``(n, labels)``.
        names: The labels.
        counts: What each text counts ``(n,)``; all the same without it.
    """

    def __init__(self, marks: Marks, names: Sequence[Any], counts: Counts = None) -> None:
        super().__init__(names, counts)
        self.marks = marks

    @property
    def truth(self) -> Marks:
        """Whether a text has a label."""
        return self.marks

    def take(self, lines: Lines) -> SeveralLabels:
        """Return some of the texts."""
        return SeveralLabels(self.marks[lines], self.names, _some(self.counts, lines))

    def loss(self, probabilities: Probabilities) -> float:
        """Return that of a pair of text and label."""
        losses = binary_losses(logits(probabilities), self.marks).mean(axis=1)
        return float(np.average(losses, weights=self.counts))

    def fit(self, members: Sequence[Probabilities]) -> Weighting:
        """Fit what each answer weighs, and a bias a label."""
        return fit_label_weighting(members, self.marks, self.counts)

    def combine(self, members: Sequence[Probabilities], weighting: Weighting) -> Probabilities:
        """Return the answer of several together."""
        return combine_labels(members, weighting.weights, weighting.bias)

    def deal(self, folds: int) -> npt.NDArray[np.int64]:
        """Deal the texts out, each label in proportion."""
        return deal(self.marks, folds, 0)

    def lifted(
        self, weighting: Weighting, crossed: Probabilities
    ) -> tuple[Weighting, Probabilities, float]:
        """Change nothing: each label has a threshold of its own."""
        return weighting, crossed, 0.0

    def thresholds(self, probabilities: Probabilities) -> list[float]:
        """Return from which probability on each label is given."""
        from kosent.training.thresholds import fit_thresholds

        found: list[float] = fit_thresholds(probabilities, self.marks, self.counts).tolist()
        return found

    def report(self, probabilities: Probabilities) -> MultilabelReport:
        """Return the figures of an answer, with thresholds that were fitted on it."""
        thresholds = np.asarray(self.thresholds(probabilities))
        return multilabel_report(self.marks, probabilities, thresholds, self.names)


def held_of(rows: Rows, lines: Lines) -> Held:
    """Return some of the texts that ``auto`` learns from, to judge by.

    Args:
        rows: All texts.
        lines: Which of them.
    """
    counts = _some(rows.weights, lines)
    if rows.marks is None:
        return OneLabel(rows.numbers[lines], rows.labels, counts)
    return SeveralLabels(rows.marks[lines], rows.labels, counts)


def rarity(numbers: Numbers, classes: int) -> npt.NDArray[np.float64]:
    """Return how rare each class is ``(classes,)``: the logarithm of its share, less their mean.

    Args:
        numbers: Class numbers of texts ``(n,)``.
        classes: Number of classes; one that no text has is as rare as one that one has.
    """
    shares = -np.log(np.maximum(np.bincount(numbers, minlength=classes), 1))
    result: npt.NDArray[np.float64] = shares - shares.mean()
    return result


def lifted(probabilities: Probabilities, moved: npt.NDArray[np.float64]) -> Probabilities:
    """Return probabilities ``(n, classes)`` whose scores were moved by class ``(classes,)``."""
    return softmax(scores_of(probabilities) + moved).astype(np.float32)


def _some(counts: Counts, lines: Lines) -> Counts:
    return None if counts is None else counts[lines]
