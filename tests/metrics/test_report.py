from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from kosent.errors import DataError
from kosent.metrics.confidence import confidence_scores
from kosent.metrics.report import report

LABELS = ["부정", "중립", "긍정"]


@pytest.mark.parametrize("seed", range(6))
def test_figures_equal_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(1, 60))
    truth, predicted = (rng.choice(LABELS, rows, p=[0.6, 0.1, 0.3]).tolist() for _ in range(2))
    found = report(truth, predicted, LABELS)
    options = {"labels": LABELS, "zero_division": 0.0}
    assert found.rows == rows
    assert found.accuracy == pytest.approx(sklearn_metrics.accuracy_score(truth, predicted))
    assert found.macro_f1 == pytest.approx(
        sklearn_metrics.f1_score(truth, predicted, average="macro", **options)
    )
    assert (
        found.confusion
        == sklearn_metrics.confusion_matrix(truth, predicted, labels=LABELS).tolist()
    )
    precision = sklearn_metrics.precision_score(truth, predicted, average=None, **options)
    recall = sklearn_metrics.recall_score(truth, predicted, average=None, **options)
    for label, p, r in zip(LABELS, precision, recall, strict=True):
        scores = found.per_class[label]
        assert (scores.precision, scores.recall) == pytest.approx((p, r))
        assert scores.support == truth.count(label)


def test_figures_by_hand() -> None:
    found = report(["a", "a", "a", "b"], ["a", "a", "b", "b"], ["a", "b"])
    assert found.confusion == [[2, 1], [0, 1]]  # true down, predicted across
    assert found.accuracy == 0.75
    assert found.per_class["a"].precision == 1
    assert found.per_class["a"].recall == pytest.approx(2 / 3)
    assert found.per_class["b"].f1 == pytest.approx(2 / 3)


def test_a_class_without_rows_counts_as_zero() -> None:
    found = report([0, 0], [0, 0], [0, 1])
    assert found.per_class[1].support == 0
    assert found.macro_f1 == 0.5
    assert found.confusion == [[2, 0], [0, 0]]


@pytest.mark.parametrize("seed", range(4))
def test_labels_the_model_never_saw_count_as_wrong(seed: int) -> None:
    """As scikit-learn has it, which takes them for classes that are never predicted."""
    rng = np.random.default_rng(seed)
    truth = [*rng.choice([*LABELS, "새것", "또 새것"], 50).tolist(), "부정", "새것"]
    predicted = rng.choice(LABELS, 52).tolist()
    found = report(truth, predicted, LABELS, np.full(52, 0.5, np.float32))
    every = [*LABELS, "새것", "또 새것"]
    options = {"labels": every, "zero_division": 0.0}
    assert found.rows == 52
    assert found.accuracy == sklearn_metrics.accuracy_score(truth, predicted)
    assert found.macro_f1 == pytest.approx(
        sklearn_metrics.f1_score(truth, predicted, average="macro", **options)
    )
    precision = sklearn_metrics.precision_score(truth, predicted, average=None, **options)
    assert [found.per_class[label].precision for label in LABELS] == pytest.approx(precision[:3])
    matrix = sklearn_metrics.confusion_matrix(truth, predicted, labels=LABELS)
    assert found.confusion == matrix.tolist()
    assert found.labels == tuple(LABELS)
    counts = {label: truth.count(label) for label in every[3:]}
    assert found.unknown_labels == found.to_dict()["unknown_labels"] == counts
    assert found.confidence is not None
    assert found.confidence.coverage[-1].accuracy == pytest.approx(found.accuracy)
    assert any(
        line.split() == ["새것", "not", "trained", "on:", "all", "wrong", str(counts["새것"])]
        for line in str(found).splitlines()
    )


def test_no_label_that_the_model_knows_is_a_data_error() -> None:
    with pytest.raises(DataError, match=r"not trained on: '보통'\. It knows: '부정', '긍정'"):
        report(["보통", "보통"], ["부정", "부정"], ["부정", "긍정"])
    many = [f"{number:02}" for number in range(60)]
    with pytest.raises(DataError, match=r"on: 'a', .* 'e', … \(6\)\. It knows: .* '19', … \(60\)"):
        report(list("abcdef"), many[:6], many)


@pytest.mark.parametrize(("truth", "labels"), [([0, 1], ["0", "1"]), (["0", "1"], [0, 1])])
def test_numbers_and_their_names_are_different_labels(
    truth: list[object], labels: list[object]
) -> None:
    with pytest.raises(DataError, match="not trained on"):
        report(truth, [labels[0]] * 2, labels)  # type: ignore[arg-type]


def test_a_number_and_its_name_are_different_labels() -> None:
    assert report([0, "1"], [0, 1], [0, 1]).unknown_labels == {"1": 1}


def test_nothing_to_score_is_a_data_error() -> None:
    with pytest.raises(DataError, match="no rows"):
        report([], [], ["a", "b"])


def test_dictionary_goes_through_json() -> None:
    found = report([1, 2, 2], [1, 2, 1], [1, 2])
    document = json.loads(json.dumps(found.to_dict()))
    keys = ["rows", "accuracy", "macro_f1", "labels", "per_class", "confusion", "confidence"]
    keys += ["unknown_labels"]
    assert list(document) == keys
    assert document["confidence"] is None
    assert document["labels"] == [1, 2]
    assert document["per_class"]["2"] == {
        "precision": 1.0,
        "recall": 0.5,
        "f1": pytest.approx(2 / 3),
        "support": 2,
    }


def test_text_is_a_table() -> None:
    lines = str(report(["부정"] * 1500 + ["긍정"], ["부정"] * 1501, ["부정", "긍정"])).splitlines()
    assert lines[0] == "accuracy 0.9993   macro F1 0.4998   rows 1,501"
    assert lines[1].split() == ["precision", "recall", "f1", "support"]
    assert lines[2].split() == ["부정", "0.9993", "1.0000", "0.9997", "1,500"]
    assert len(lines) == 4


def test_confidences_join_the_report() -> None:
    confidences = np.array([0.9, 0.6], np.float32)
    found = report(["좋음", "나쁨"], ["좋음", "좋음"], ["나쁨", "좋음"], confidences)
    assert found.confidence == confidence_scores(confidences, np.array([True, False]))
    assert str(found).splitlines()[0].endswith("calibration error 0.3500")
    document = json.loads(json.dumps(found.to_dict()))["confidence"]
    assert document["ece"] == pytest.approx(0.35)
    assert document["coverage"][-1] == {
        "coverage": 0.5,
        "answered": 0.5,
        "accuracy": 1.0,
        "threshold": pytest.approx(0.9),
    }


def test_scores_as_a_frame() -> None:
    found = report(["a", "b", "b"], ["a", "b", "a"], ["b", "a", "c"])
    frame = found.to_frame()
    assert frame.index.name == "label"
    assert frame.index.tolist() == ["b", "a", "c"]
    assert frame.columns.tolist() == ["precision", "recall", "f1", "support"]
    for label, scores in found.per_class.items():
        assert frame.loc[label].tolist() == [
            scores.precision, scores.recall, scores.f1, scores.support,
        ]  # fmt: skip
    assert report([-1, 1], [1, 1], [-1, 1]).to_frame()["support"].to_dict() == {-1: 1, 1: 1}
