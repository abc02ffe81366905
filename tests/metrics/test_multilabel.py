from __future__ import annotations

import json
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn import metrics

from kosent.errors import DataError
from kosent.metrics.multilabel import FIGURES, multilabel_report, ranking_precision

LABELS = ["가", "나", "다"]
HALF = np.full(3, 0.5)


def sets(rows: int) -> st.SearchStrategy[Any]:
    # Few values, so that some are tied.
    shares = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0])
    return st.tuples(
        arrays.arrays(np.bool_, (rows, 3)), arrays.arrays(np.float32, (rows, 3), elements=shares)
    )


@given(st.integers(1, 6).flatmap(sets))
def test_figures_are_those_of_scikit_learn(both: tuple[Any, Any]) -> None:
    truth, probabilities = both
    given = probabilities >= 0.5
    report = multilabel_report(truth, probabilities, HALF, LABELS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of labels that nothing has
        for average in ("micro", "macro", "weighted"):
            expected = metrics.f1_score(truth, given, average=average, zero_division=0)
            assert getattr(report, f"{average}_f1") == pytest.approx(expected)
        expected = metrics.f1_score(truth, given, average="samples", zero_division=1)
        assert report.samples_f1 == pytest.approx(expected)
    assert report.accuracy == pytest.approx(metrics.accuracy_score(truth, given))
    assert report.hamming_loss == pytest.approx(metrics.hamming_loss(truth, given))
    lrap = metrics.label_ranking_average_precision_score(truth, probabilities)
    assert report.lrap == ranking_precision(truth, probabilities) == pytest.approx(lrap)


def test_scores_of_a_label_and_their_intervals() -> None:
    truth = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [1, 0, 0]], bool)
    given = np.array([[1, 0, 0], [1, 0, 0], [1, 1, 0], [0, 0, 0]], np.float32)
    report = multilabel_report(truth, given, np.array([0.3, 0.4, 0.5]), LABELS)
    first = report.per_class["가"]
    assert (first.precision, first.recall, first.support) == (2 / 3, 2 / 3, 3)
    assert first.f1 == pytest.approx(2 / 3)
    assert [each.threshold for each in report.per_class.values()] == [0.3, 0.4, 0.5]
    for name in ("precision", "recall", "f1"):
        low, high = getattr(first, f"{name}_interval")
        assert 0 <= low < getattr(first, name) < high <= 1
    none = report.per_class["다"]
    assert (none.f1, none.support, none.f1_interval) == (0, 0, (0, 1))


def test_labels_that_were_not_learned_count_as_missed() -> None:
    truth = np.array([[1, 0, 0], [0, 1, 0]], bool)
    report = multilabel_report(truth, truth.astype(np.float32), HALF, LABELS, [["라"], []])
    assert report.unknown_labels == {"라": 1}
    assert report.accuracy == 0.5
    assert report.micro_f1 == pytest.approx(2 * 2 / (2 + 3))
    assert report.macro_f1 == pytest.approx(2 / 4)
    assert report.weighted_f1 == pytest.approx(2 / 3)
    assert report.samples_f1 == pytest.approx((2 / 3 + 1) / 2)
    assert report.hamming_loss == pytest.approx(1 / 8)


def test_nothing_to_score() -> None:
    with pytest.raises(DataError, match="no rows"):
        multilabel_report(np.zeros((0, 3), bool), np.zeros((0, 3), np.float32), HALF, LABELS)
    with pytest.raises(DataError, match="not trained on: '라'"):
        multilabel_report(
            np.zeros((1, 3), bool), np.zeros((1, 3), np.float32), HALF, LABELS, [["라"]]
        )


def test_in_words_as_json_and_as_a_frame() -> None:
    truth = np.array([[1, 0, 0], [0, 1, 1]], bool)
    report = multilabel_report(truth, truth.astype(np.float32), HALF, LABELS, [[], ["라"]])
    assert "micro F1 0.8571" in str(report)
    assert "not trained on" in str(report)
    document = json.loads(json.dumps(report.to_dict()))
    assert document.keys() >= {*FIGURES, "rows", "labels", "per_class"}
    assert report.to_frame().loc["나", "support"] == 1
