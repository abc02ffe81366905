"""What a classifier in Python does beside predicting: it is scored, and answers in tables.

``kosent predict`` reads none of it.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from kosent.errors import DataError
from kosent.metrics.confidence import sure
from kosent.prediction.predictor import Predictor, Probabilities
from kosent.prediction.thresholds import check_answers
from kosent.support.classes import check_labels
from kosent.support.estimator import TextEstimator
from kosent.support.frames import index_of, to_pandas
from kosent.support.inputs import check_texts
from kosent.support.labels import spelling
from kosent.support.rules import choice
from kosent.support.weights import check_weights
from kosent.text.stream import chunks

if TYPE_CHECKING:
    import pandas

    from kosent.metrics.multilabel import MultilabelReport
    from kosent.metrics.report import Label, Labels, Report

OUTPUT = choice("default", "pandas")


class Estimator(Predictor, TextEstimator, ABC):
    """Base of a classifier that follows scikit-learn's conventions."""

    _output = "default"

    def set_output(self, *, transform: str | None = None) -> Self:
        """Choose what ``predict_proba`` and ``predict_log_proba`` return.

        The keyword is scikit-learn's. A classifier transforms nothing: its table is that of the
        probabilities. ``sklearn.clone`` forgets the choice, since scikit-learn's own measures take
        columns of an array.

        Args:
            transform: ``"default"``, an array, or ``"pandas"``, a DataFrame with a column for each
                class and the index of the Series that was given; ``None`` leaves it as it is.

        Raises:
            UsageError: If it is something else.
        """
        if transform is not None:
            OUTPUT.check("transform", transform)
            self._output = transform
        return self

    def predict_proba(self, texts: Sequence[str]) -> Probabilities:
        """Return the probability of each class.

        Args:
            texts: ``n`` strings.

        Returns:
            float32 ``(n, classes)``; columns follow ``classes_``, rows add up to 1 but where a text
            may have several labels. A DataFrame where :meth:`set_output` says so.

        Raises:
            DataError: If a text is no string.
            UsageError: If the classifier is not fitted.
        """
        return self._shown(self.predict_all(texts).probabilities, texts)

    def predict_stream(self, texts: Iterable[str]) -> Iterator[Probabilities]:
        """Return the probabilities of endlessly many texts, 4,096 at a time.

        Args:
            texts: Strings, taken from the iterator no more than some thousand ahead.

        Yields:
            float32 ``(4096, classes)``, fewer rows at the end.

        Raises:
            DataError: If a text is no string.
            UsageError: If the classifier is not fitted.
        """
        self._check_fitted()
        return self.predict_parts(chunks(texts))

    def predict(
        self, texts: Sequence[str], min_confidence: float | None = None
    ) -> npt.NDArray[Any]:
        """Return the most probable label of each text.

        Args:
            texts: ``n`` strings.
            min_confidence: From 0 to 1. A text whose most probable label is less probable than
                this is left open: it gets ``None``, and the array holds Python objects. Which
                accuracy a threshold gives stands in ``Report.confidence.coverage``.

        Returns:
            ``(n,)``. A text of which cleaning leaves nothing gets ``None`` with ``min_confidence``;
            without it, as scikit-learn needs a label for each row, what the classifier gives
            without a word. Where a text may have several labels, zeros and ones int64
            ``(n, labels)``, columns as ``classes_``, as scikit-learn's classifiers of several
            labels do; :meth:`predict_labels` gives their names.

        Raises:
            DataError: If a text is no string.
            UsageError: If the classifier is not fitted, or ``min_confidence`` no probability, or
                given where each label has a threshold.
        """
        check_answers(min_confidence, self.thresholds_ is not None)
        probabilities, blank, _ = self.predict_all(texts)
        if self.thresholds_ is not None:
            from kosent.prediction.several import given_labels

            return given_labels(self, probabilities).astype(np.int64)
        labels: npt.NDArray[Any] = self.classes_[probabilities.argmax(axis=1)]
        if min_confidence is None:
            return labels
        labels = labels.astype(object)
        labels[~sure(probabilities, min_confidence)] = None
        labels[blank] = None
        return labels

    def predict_labels(self, texts: Sequence[str]) -> list[list[Any]]:
        """Return the labels of each text by their names.

        Args:
            texts: ``n`` strings.

        Returns:
            ``n`` lists, in the order of ``classes_``: all labels that are as probable as their
            threshold, none for a text of which cleaning leaves nothing. Of a classifier of one
            label a text the lists hold that of :meth:`predict`.

        Raises:
            DataError: If a text is no string.
            UsageError: If the classifier is not fitted.
        """
        if self.thresholds_ is None:
            return [[label] for label in self.predict(texts).tolist()]
        from kosent.prediction.several import labels_of

        return labels_of(self, texts)

    def predict_log_proba(self, texts: Sequence[str]) -> Probabilities:
        """Return the natural logarithms of :meth:`predict_proba`, ``-inf`` for a 0."""
        with np.errstate(divide="ignore"):
            logarithms = np.log(self.predict_all(texts).probabilities)
        return self._shown(logarithms, texts)

    def predict_frame(
        self, frame: Any, text: str | None = None, min_confidence: float | None = None
    ) -> Any:
        """Classify the texts of a table, and return it with the answers beside them.

        Args:
            frame: A table of pandas or polars, or any other of Arrow, ``datasets`` too.
            text: Name of the column with the texts; ``None`` goes by common names, as for files.
            min_confidence: As in :meth:`predict`.

        Returns:
            The same rows, columns and index, and added ``label``, ``confidence`` (the probability
            of the most probable label) and a column for each class; where a text may have several
            labels, ``labels``, a list, instead of the two; a name that is taken gets
            ``predicted_`` before it. Where there is no text, or cleaning leaves nothing of it, they
            hold nothing. pandas and polars come back as what they were, others as
            ``pyarrow.Table``.

        Raises:
            DataError: If there is no column of texts, or a text is something else.
            UsageError: If the column named is not there, ``frame`` no table, the classifier not
                fitted, or ``min_confidence`` no probability.
        """
        from kosent.prediction.frames import predict_frame

        return predict_frame(self, frame, text, min_confidence)

    def errors(self, texts: Sequence[str], labels: Labels) -> pandas.DataFrame:
        """Return the texts that get another label than their own, the surest first.

        Args:
            texts: ``n`` strings.
            labels: Their true labels; one that the classifier does not know is always missed.

        Returns:
            A DataFrame of ``text``, ``label``, ``predicted`` and ``confidence``, the probability of
            what was predicted. Where a text may have several labels, those two are lists, and
            ``confidence`` is that of the surest wrong one. Its index is that of ``texts`` where
            it is a Series of pandas, and the place in ``texts``, from 0, otherwise.

        Raises:
            DataError: If lengths differ, or a text is no string.
            RuntimeSetupError: If pandas is not installed.
            UsageError: If the classifier is not fitted.
        """
        from kosent.prediction.mistakes import COLUMNS, mistakes_of

        names = index_of(texts)
        texts = check_texts(texts)
        if self.thresholds_ is not None:
            from kosent.prediction import several

            found = several.mistakes(self, labels, self.predict_all(texts).probabilities)
            lists = ([texts[row] for row in found.rows], *found[1:])
            named = dict(zip(COLUMNS, lists, strict=True))
            return to_pandas(named, found.rows if names is None else names[found.rows])
        truth = check_labels(labels, len(texts))
        probabilities = self.predict_all(texts).probabilities
        mistakes = mistakes_of(self.classes_, texts, truth, probabilities)
        rows = [each.row for each in mistakes]
        columns = {name: [getattr(each, name) for each in mistakes] for name in COLUMNS}
        return to_pandas(columns, rows if names is None else names[rows])

    def evaluate(self, texts: Sequence[str], labels: Labels) -> Report | MultilabelReport:
        """Score predictions against the true labels, which are given as to ``fit``.

        Raises:
            DataError: If lengths differ, or a label is not one the classifier was trained on.
        """
        self._check_fitted()
        texts = check_texts(texts)
        if self.thresholds_ is not None:
            from kosent.prediction.several import scored

            return scored(self, labels, self.predict_all(texts).probabilities)
        # A model of before may have a label in another spelling.
        names = [name for name in self.classes_.tolist() if isinstance(name, str)]
        known: dict[Label, Label] = {spelling(name): name for name in names}
        truth = [known.get(label, label) for label in check_labels(labels, len(texts))]
        return report_of(self.classes_, truth, self.predict_all(texts).probabilities)

    def score(
        self,
        texts: Sequence[str],
        labels: Labels,
        sample_weight: npt.ArrayLike | None = None,
    ) -> float:
        """Return the accuracy, as scikit-learn's classifiers do.

        Where a text may have several labels, it is right with all of its labels and no other.

        Args:
            texts: ``n`` strings.
            labels: Their true labels.
            sample_weight: What each text counts ``(n,)``, 0 or more.

        Raises:
            DataError: If lengths differ, a label is not one the classifier was trained on, or a
                weight no number of at least 0.
        """
        if sample_weight is None:
            return self.evaluate(texts, labels).accuracy
        texts = check_texts(texts)
        weights = check_weights(sample_weight, len(texts)).astype(np.float64)
        hits = self._hits(texts, labels)
        if not weights.any():
            raise DataError(
                "가중치가 모두 0이어서 점수를 매길 수 없습니다",
                "nothing to score: sample_weight is zero for every text",
            )
        return float(weights @ hits / weights.sum())

    def _hits(self, texts: list[str], labels: Labels) -> npt.NDArray[np.bool_]:
        """Tell which texts are predicted right ``(n,)``."""
        if self.thresholds_ is not None:
            from kosent.prediction.several import right

            return right(self, labels, self.predict_all(texts).probabilities)
        truth = check_labels(labels, len(texts))
        return np.array([one == to for one, to in zip(truth, self.predict(texts), strict=True)])

    def _shown(self, values: Probabilities, texts: object) -> Probabilities:
        if self._output == "default":
            return values
        columns = dict(zip(self.classes_.tolist(), values.T, strict=True))
        shown: Any = to_pandas(columns, index_of(texts))
        return shown  # type: ignore[no-any-return]  # what the user asked for in set_output


def report_of(
    classes: npt.NDArray[Any], truth: Sequence[Label], probabilities: Probabilities
) -> Report:
    """Score probabilities.

    Args:
        classes: The labels, in the order of the columns.
        truth: The true labels, ``n`` of them.
        probabilities: ``(n, classes)``.

    Raises:
        DataError: If there is nothing to score, or a true label is none of the classes.
    """
    predicted = classes[probabilities.argmax(axis=1)].tolist()
    from kosent.metrics.report import report

    return report(truth, predicted, classes.tolist(), probabilities.max(axis=1))
