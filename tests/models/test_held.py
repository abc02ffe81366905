"""What held-out texts got is what the validation figures say, and points to those texts."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from kosent import TextClassifier
from kosent.metrics.multilabel import multilabel_report
from kosent.models.auto import automatic
from kosent.models.auto.portfolio import PORTFOLIO
from kosent.models.ensemble import Ensemble
from kosent.models.pretrained.seen import seen
from kosent.prediction.estimator import report_of
from kosent.training.splits import hold_out

pytestmark = pytest.mark.slow
LINEAR: dict[str, Any] = {
    "architecture": "ngrams",
    "tokenizer": "character",
    "architecture_options": {"buckets": 512, "longest": 3},
}


def hold(fitted: TextClassifier | Ensemble, labels: list[str]) -> None:
    held, classes = fitted.held_, fitted.classes_
    assert classes[held.truth].tolist() == [labels[row] for row in held.rows]
    assert (
        report_of(classes, classes[held.truth].tolist(), held.probabilities) == fitted.validation_
    )
    assert held.right.mean() == pytest.approx(fitted.validation_.accuracy)


def test_of_a_network(reviews: tuple[list[str], list[str]]) -> None:
    texts, labels = reviews
    fitted = TextClassifier(**LINEAR, validation_fraction=0.25, seed=4).fit(texts, labels)
    hold(fitted, labels)
    numbers = np.array([label == "positive" for label in labels], np.int32)
    np.testing.assert_array_equal(fitted.held_.rows, hold_out(numbers, 0.25, 4)[1])
    again = pickle.loads(pickle.dumps(fitted))  # noqa: S301 -- our own
    np.testing.assert_array_equal(again.held_.probabilities, fitted.held_.probabilities)


def test_with_folds_every_text_has_an_answer(
    reviews: tuple[list[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [entry for entry in PORTFOLIO if entry.name in ("characters", "letters")]
    monkeypatch.setattr(automatic, "suiting", lambda _: entries)
    texts, labels = reviews
    fitted = TextClassifier(seed=4).fit(texts, labels)
    hold(fitted, labels)
    unseen = np.flatnonzero(~seen(texts))  # those that a packaged model has learned judge nothing
    assert sorted(fitted.held_.rows.tolist()) == unseen.tolist()


def test_of_an_ensemble(reviews: tuple[list[str], list[str]]) -> None:
    texts, labels = reviews
    members = [TextClassifier(**LINEAR, seed=4).fit(texts, labels) for _ in range(2)]
    hold(Ensemble(members).fit(texts[:40], labels[:40]), labels)


def test_of_several_labels_a_text(reviews: tuple[list[str], list[str]]) -> None:
    texts = reviews[0]
    sets = [
        [label, "long"] if len(text) > 11 else [label] for text, label in zip(*reviews, strict=True)
    ]
    fitted = TextClassifier(**LINEAR, multilabel=True, validation_fraction=0.25).fit(texts, sets)
    held, names = fitted.held_, fitted.classes_.tolist()
    own = [[name in sets[row] for name in names] for row in held.rows]
    np.testing.assert_array_equal(held.truth, own)
    thresholds = np.asarray(fitted.thresholds_)
    found = multilabel_report(np.array(own), held.probabilities, thresholds, names)
    assert found == fitted.validation_
