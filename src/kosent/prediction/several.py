"""What a classifier of several labels a text does beside predicting: it is scored, and errs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.metrics.multilabel import decided, multilabel_report
from kosent.prediction.mistakes import Mistake
from kosent.prediction.predictor import Predictor, Probabilities
from kosent.support.label_sets import Marks, joint, known_sets, names_of

if TYPE_CHECKING:
    from kosent.metrics.multilabel import MultilabelReport


class Mistakes(NamedTuple):
    """Texts that did not get just their labels, the surest mistakes first.

    Attributes:
        rows: Their places, from 0.
        labels: Their own labels, those too that the model does not know.
        predicted: The labels that they got.
        confidence: How sure the surest wrong one is: the probability of a label given wrongly, or
            1 less that of one withheld.
    """

    rows: list[int]
    labels: list[list[Any]]
    predicted: list[list[Any]]
    confidence: list[float]


def thresholds(classifier: Predictor) -> npt.NDArray[np.float64]:
    """Return from which probability on each label is given ``(labels,)``."""
    return np.asarray(classifier.thresholds_, np.float64)


def given_labels(classifier: Predictor, probabilities: Probabilities) -> Marks:
    """Return which labels texts get ``(n, labels)``."""
    return decided(probabilities, thresholds(classifier))


def scored(classifier: Predictor, labels: Any, probabilities: Probabilities) -> MultilabelReport:
    """Score probabilities ``(n, labels)`` against the true labels of ``n`` texts.

    Raises:
        DataError: If there is nothing to score, counts differ, or none of the labels is known.
    """
    truth = known_sets(labels, len(probabilities), classifier.classes_)
    names = classifier.classes_.tolist()
    return multilabel_report(
        truth.marks, probabilities, thresholds(classifier), names, truth.others
    )


def right(classifier: Predictor, labels: Any, probabilities: Probabilities) -> Marks:
    """Tell which texts get all of their labels and no other ``(n,)``."""
    truth = known_sets(labels, len(probabilities), classifier.classes_)
    alike: Marks = (given_labels(classifier, probabilities) == truth.marks).all(axis=1)
    return alike & np.array([not each for each in truth.others], np.bool_)


def mistakes(classifier: Predictor, labels: Any, probabilities: Probabilities) -> Mistakes:
    """List the texts that did not get just their labels."""
    truth = known_sets(labels, len(probabilities), classifier.classes_)
    given = given_labels(classifier, probabilities)
    wrong = given != truth.marks
    lost = np.array([bool(each) for each in truth.others], np.bool_)  # never given, so never sure
    sure = np.where(given, probabilities, 1 - probabilities)
    confidence = np.where(wrong, sure, 0.0).max(axis=1, initial=0.0)
    order = np.argsort(-confidence, kind="stable")
    rows = [int(row) for row in order if wrong[row].any() or lost[row]]
    own = names_of(truth.marks, classifier.classes_)
    got = names_of(given, classifier.classes_)
    return Mistakes(
        rows,
        [[*own[row], *truth.others[row]] for row in rows],
        [got[row] for row in rows],
        [float(confidence[row]) for row in rows],
    )


def mistakes_of_sets(
    classifier: Predictor, texts: Sequence[str], labels: Any, probabilities: Probabilities
) -> list[Mistake]:
    """List the texts that did not get just their labels, which are joined to one cell."""
    found = mistakes(classifier, labels, probabilities)
    mark = joint(classifier.classes_.tolist())
    joined = [[mark.join(map(str, each)) for each in part] for part in found[1:3]]
    rows = zip(
        found.rows, [texts[row] for row in found.rows], *joined, found.confidence, strict=True
    )
    return [Mistake(*cells) for cells in rows]


def labels_of(classifier: Predictor, texts: Sequence[str]) -> list[list[Any]]:
    """Return the labels of each text; see ``Estimator.predict_labels``."""
    probabilities, blank, _ = classifier.predict_all(texts)
    marks = given_labels(classifier, probabilities)
    marks[blank] = False
    return names_of(marks, classifier.classes_)
