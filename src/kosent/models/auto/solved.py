"""Candidates that are solved in seconds: judged by as many folds as there are, learned from all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.architectures.networks.ngrams import linear_size
from kosent.metrics.scores import sigmoid, softmax
from kosent.models.auto.rows import Numbers, Rows
from kosent.models.classifier import TextClassifier
from kosent.models.saving import parameters_as_data
from kosent.models.settings import ClassifierSettings
from kosent.models.trained import Trained, design_of
from kosent.models.transfer import features, with_head
from kosent.support.progress import Silent
from kosent.support.version import __version__
from kosent.text.encoding import cache as token_cache
from kosent.training.head import STRENGTHS, Head, solve_head
from kosent.training.label_head import solve_label_head
from kosent.training.linear import as_network, count_ngrams, learn_scores, of_class, of_classes

Probabilities = npt.NDArray[np.float32]


class Solved(ABC):
    """A candidate whose learning has one optimum."""

    @abstractmethod
    def judge(self, learned: Numbers, held: Numbers) -> Probabilities:
        """Learn from some rows and return the probabilities of others ``(len(held), classes)``."""

    @abstractmethod
    def learn(self, info: dict[str, Any]) -> TextClassifier:
        """Learn from all rows.

        Args:
            info: What its ``info_`` is to say beside version and parameters.
        """


class Ngrams(Solved):
    """A linear model on n-grams; each class is told from the rest, with both weighing the same.

    Weights that make up for the size of a class are worth little on many texts and a lot on few:
    of 200 utterances of seven kinds a macro F1 of .500 instead of .444 (bench/accuracy/README.md).

    Args:
        settings: Arguments of ``TextClassifier``.
        rows: The texts.
    """

    def __init__(self, settings: dict[str, Any], rows: Rows) -> None:
        self.rows = rows
        self.settings = ClassifierSettings.of(settings)
        encoder, texts = token_cache.fit_encode(self.settings.checked(), rows.texts)
        self.encoder = encoder
        self.parameters = parameters_as_data(self.settings.values(), encoder, rows.labels)
        self.design = design_of({"parameters": self.parameters}, encoder)
        self.counts = count_ngrams(texts, self.design.options)

    def judge(self, learned: Numbers, held: Numbers) -> Probabilities:
        """Learn from some rows and return the probabilities of others."""
        scores, bias = self._solve(learned)
        return probabilities_of(self.counts[held] @ scores + bias, self.rows)

    def learn(self, info: dict[str, Any]) -> TextClassifier:
        """Learn from all rows."""
        weights = as_network(*self._solve(np.arange(len(self.rows.texts))))
        made = TextClassifier(**self.parameters)
        made.classes_ = np.asarray(self.rows.labels)
        made.encoder_ = self.encoder
        made.trained_ = Trained.of(self.design, weights, self.rows.classes, int8=True)
        made.history_ = []
        made.info_ = {"kosent_version": __version__, "parameters": self.parameters, **info}
        return made

    def _solve(self, chosen: Numbers) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        positive = self._positive(chosen)
        own = None if self.rows.weights is None else self.rows.weights[chosen]
        weights = balanced(positive, own)
        return learn_scores(
            self.counts[chosen], positive, self.design.options, weights, Silent(), own
        )

    def _positive(self, chosen: Numbers) -> npt.NDArray[np.float32]:
        """Return what each score is to tell of each text ``(len(chosen), size)``."""
        if self.rows.marks is not None:
            return self.rows.marks[chosen].astype(np.float32)
        return of_class(self.rows.numbers[chosen], linear_size(self.rows.classes))


class Last(Solved):
    """A last layer on what a packaged model computes of the texts.

    Args:
        start: The model; of it comes all but the last layer.
        rows: The texts.
        seed: Seed of the folds that choose the penalty.
        fresh: Which texts may be learned ``(n,)``; all without it. On texts that it knows already
            a model is surer than on others.
    """

    def __init__(
        self,
        start: TextClassifier,
        rows: Rows,
        seed: int,
        fresh: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        self.start = start
        self.rows = rows
        self.seed = seed
        self.fresh = fresh
        self.features = features(start, rows.texts)
        # Chosen once, from all rows: anew in each fold it would take as long again for each, and
        # one number of five tells nothing of a row.
        self.strengths: tuple[float, ...] = STRENGTHS
        self.strengths = (self._solve(np.arange(len(rows.texts))).strength,)

    def judge(self, learned: Numbers, held: Numbers) -> Probabilities:
        """Learn from some rows and return the probabilities of others."""
        head = self._solve(learned)
        return probabilities_of(self.features[held] @ head.kernel + head.bias, self.rows)

    def learn(self, info: dict[str, Any]) -> TextClassifier:
        """Learn from all rows."""
        head = self._solve(np.arange(len(self.rows.texts)))
        return with_head(
            self.start,
            head.kernel,
            head.bias,
            self.rows.labels,
            info,
            multilabel=self.rows.marks is not None,
        )

    def _solve(self, chosen: Numbers) -> Head:
        if self.fresh is not None:
            chosen = chosen[self.fresh[chosen]]
        weights = None if self.rows.weights is None else self.rows.weights[chosen]
        features, strengths = self.features[chosen], self.strengths
        if self.rows.marks is not None:
            return solve_label_head(
                features, self.rows.marks[chosen], weights, strengths, self.seed
            )
        numbers, classes = self.rows.numbers[chosen], self.rows.classes
        return solve_head(features, numbers, classes, weights, None, strengths, self.seed)


def probabilities_of(scores: npt.NDArray[Any], rows: Rows) -> Probabilities:
    """Return the probabilities of scores ``(n, size)``: each label's own where there are several.

    Args:
        scores: One score for two classes, otherwise one for each.
        rows: The texts that were learned.
    """
    if rows.marks is not None:
        return sigmoid(scores).astype(np.float32)
    return softmax(of_classes(scores)).astype(np.float32)


def balanced(
    positive: npt.NDArray[np.float32], own: npt.NDArray[np.float32] | None
) -> npt.NDArray[np.float32]:
    """Return weights by which the texts of a class and those of all others count the same.

    Args:
        positive: Which texts are of each class, from 0 to 1 ``(n, size)``.
        own: What each text counts ``(n,)``; ``None`` where all count the same.

    Returns:
        float32 ``(n, size)``, of mean 1 where ``own`` is ``None``.
    """
    counts = np.ones(len(positive)) if own is None else own.astype(np.float64)
    total = counts.sum()
    share = np.clip(counts @ positive / total, 1 / max(total, 2), 1 - 1 / max(total, 2))  # (size,)
    weights = np.where(positive > 0.5, 0.5 / share, 0.5 / (1 - share)) * counts[:, None]
    result: npt.NDArray[np.float32] = weights.astype(np.float32)
    return result
