"""Several labels a text, end to end: fit, predict, save, load elsewhere, combine, refuse."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score

import kosent
from kosent import TextClassifier
from kosent.bundles.manifest import ENSEMBLE, MODEL, read_manifest
from kosent.errors import BundleError, DataError, UsageError
from kosent.metrics.multilabel import MultilabelReport
from kosent.models.ensemble import Ensemble
from kosent.models.export import export_bundle
from kosent.prediction.several import mistakes_of_sets

SUBJECTS = ("영화가", "연기가", "음악이", "결말이", "대사가", "화면이", "주인공이", "전개가")
SAYINGS: tuple[tuple[str, list[str]], ...] = (
    ("정말 재밌다", ["praise"]),
    ("너무 지루하다", ["blame"]),
    ("재밌다가 지루하다", ["praise", "blame"]),
    ("그냥 있다", []),
    ("돈이 아깝다", ["blame"]),
    ("재밌냐", ["praise", "question"]),
)
TEXTS = [f"{subject} {saying}" for subject, (saying, _) in product(SUBJECTS, SAYINGS)]
SETS = [labels for _, (_, labels) in product(SUBJECTS, SAYINGS)]
LABELS = ["blame", "praise", "question"]
LINEAR: dict[str, Any] = {
    "architecture": "ngrams",
    "tokenizer": "character",
    "architecture_options": {"longest": 3, "buckets": 512},
    "validation_fraction": 0.2,
    "multilabel": True,
}


@pytest.fixture(scope="module")
def trained_sets() -> TextClassifier:
    return TextClassifier(**LINEAR).fit(TEXTS, SETS)


@pytest.fixture(scope="module")
def bundle(trained_sets: TextClassifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained_sets.save(tmp_path_factory.mktemp("several") / "model.kosent")


def marks(sets: list[list[str]]) -> np.ndarray:
    return np.array([[label in each for label in LABELS] for each in sets]).astype(int)


def test_what_is_learned(trained_sets: TextClassifier) -> None:
    assert trained_sets.classes_.tolist() == LABELS
    assert trained_sets.thresholds_ is not None
    assert len(trained_sets.thresholds_) == 3
    assert isinstance(trained_sets.validation_, MultilabelReport)
    assert trained_sets.info_["calibration"]["rows"] == trained_sets.validation_.rows
    probabilities = trained_sets.predict_proba(TEXTS)
    assert probabilities.shape == (48, 3)
    assert np.ptp(probabilities.sum(axis=1)) > 0.5  # a yes or no of each label
    report = trained_sets.evaluate(TEXTS, SETS)
    assert isinstance(report, MultilabelReport)
    assert report.micro_f1 > 0.95


def test_predictions_are_an_indicator_and_have_names(trained_sets: TextClassifier) -> None:
    found = trained_sets.predict(TEXTS)
    assert found.dtype == np.int64
    above = trained_sets.predict_proba(TEXTS) >= np.array(trained_sets.thresholds_)
    assert np.array_equal(found, above)
    names = trained_sets.predict_labels([*TEXTS, ""])
    assert [[label in each for label in LABELS] for each in names[:-1]] == above.tolist()
    assert names[-1] == []
    assert trained_sets.score(TEXTS, SETS) == (found == marks(SETS)).all(axis=1).mean()
    assert trained_sets.score(TEXTS, marks(SETS), np.arange(48)) <= 1


def test_columns_of_zeros_and_ones_learn_the_same(trained_sets: TextClassifier) -> None:
    for given in (marks(SETS), pd.DataFrame(marks(SETS), columns=LABELS)):
        other = TextClassifier(**LINEAR).fit(TEXTS, given)
        assert np.array_equal(other.predict_proba(TEXTS), trained_sets.predict_proba(TEXTS))
        assert other.classes_.tolist() == (LABELS if hasattr(given, "columns") else [0, 1, 2])


def test_scikit_learn_validates_it() -> None:
    classifier = TextClassifier(**LINEAR)
    scores = cross_val_score(clone(classifier), TEXTS, marks(SETS), cv=3, scoring="f1_micro")
    assert scores.min() > 0.8


LOADING = """
import json, sys
import kosent
path, texts = json.load(sys.stdin)
model = kosent.load(path)
from kosent.models.loading import load_predictor
probabilities = [m.predict_all(texts).probabilities.tolist() for m in (model, load_predictor(path))]
heavy = [name for name in ("tensorflow", "keras", "sklearn", "pandas") if name in sys.modules]
json.dump([probabilities, model.predict(texts).tolist(), model.predict_labels(texts), heavy,
           model.thresholds_], sys.stdout)
"""


@pytest.mark.slow
@pytest.mark.usefixtures("without_tracing")
@pytest.mark.parametrize("architecture", ["ngrams", "lstm", "ngram_gru"])
def test_it_comes_back_in_another_process(
    architecture: str, tmp_path: Path, tiny_networks: dict[str, Any]
) -> None:
    options = tiny_networks[architecture] | ({"buckets": 64} if "ngram" in architecture else {})
    settings = LINEAR | {"architecture": architecture, "architecture_options": options, "epochs": 2}
    classifier = TextClassifier(**settings).fit(TEXTS, SETS)
    path = classifier.save(tmp_path / "model")
    ended = subprocess.run(
        [sys.executable, "-c", LOADING],
        input=json.dumps([str(path), TEXTS]), capture_output=True, text=True,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    both, predicted, names, heavy, thresholds = json.loads(ended.stdout)
    here = classifier.predict_proba(TEXTS)
    for there in both:
        assert np.abs(here - np.array(there)).max() < 1e-6
    assert predicted == classifier.predict(TEXTS).tolist()
    assert names == classifier.predict_labels(TEXTS)
    assert thresholds == classifier.thresholds_
    assert heavy == []
    ids = classifier.encoder_.encode(TEXTS).pad(np.arange(48))
    loaded = TextClassifier.load(path)
    assert np.abs(np.asarray(loaded.model_.predict_on_batch(ids)) - here).max() < 1e-5


def test_only_bundles_of_several_labels_have_the_new_format(
    bundle: Path, saved: Path, trained_sets: TextClassifier
) -> None:
    several, one = read_manifest(bundle), read_manifest(saved)
    assert several["format_version"] == MODEL.version == 3
    assert several["thresholds"] == trained_sets.thresholds_
    assert one["format_version"] == MODEL.one_label == 2
    assert "thresholds" not in one


@pytest.mark.parametrize("thresholds", [[0.5], [0.5, 0.5, 2], [0.5, 0.5, "a"], "no"])
def test_thresholds_that_are_none_are_damage(
    trained_sets: TextClassifier, thresholds: Any, tmp_path: Path
) -> None:
    classifier = TextClassifier.load(trained_sets.save(tmp_path / "whole"))
    classifier.thresholds_ = thresholds
    with pytest.raises((BundleError, DataError)):
        TextClassifier.load(classifier.save(tmp_path / "model"))


def test_mistakes(trained_sets: TextClassifier) -> None:
    wrong = [["praise"], *SETS[1:], ["new"]]
    texts = [*TEXTS, "영화가 그냥 있다"]
    frame = trained_sets.errors(texts, wrong)
    assert frame.columns.tolist() == ["text", "label", "predicted", "confidence"]
    assert 48 in frame.index  # a label that it does not know
    assert frame.loc[48, "label"] == ["new"]
    assert frame["confidence"].is_monotonic_decreasing
    report = trained_sets.evaluate(texts, wrong)
    assert report.unknown_labels == {"new": 1}
    assert len(frame) == round((1 - report.accuracy) * len(texts))
    probabilities = trained_sets.predict_all(texts).probabilities
    joined = mistakes_of_sets(trained_sets, texts, wrong, probabilities)
    assert [each.row for each in joined] == frame.index.tolist()
    assert {each.label for each in joined} >= {"new"}


def test_a_table_gets_lists(trained_sets: TextClassifier) -> None:
    frame = pd.DataFrame({"text": [*TEXTS[:3], ""], "labels": 0}, index=[3, 4, 5, 6])
    found = trained_sets.predict_frame(frame)
    assert found.columns.tolist() == ["text", "labels", "predicted_labels", *LABELS]
    assert found["predicted_labels"].tolist() == [*trained_sets.predict_labels(TEXTS[:3]), None]
    arrow = pytest.importorskip("pyarrow").table({"text": TEXTS[:3]})
    appended = trained_sets.predict_frame(arrow)
    assert appended["labels"].to_pylist() == trained_sets.predict_labels(TEXTS[:3])


def test_an_ensemble_adds_log_odds(trained_sets: TextClassifier, tmp_path: Path) -> None:
    options = {"longest": 2, "buckets": 64}
    other = TextClassifier(**LINEAR | {"architecture_options": options}).fit(TEXTS, SETS)
    ensemble = Ensemble([trained_sets, other]).fit(TEXTS, SETS)
    assert isinstance(ensemble.validation_, MultilabelReport)
    odds = [
        np.log(p / (1 - p))
        for p in (each.predict_proba(TEXTS).astype(float) for each in (trained_sets, other))
    ]
    scores = sum(w * each for w, each in zip(ensemble.weights_, odds, strict=True))
    expected = 1 / (1 + np.exp(-(scores + np.array(ensemble.bias_))))
    found = ensemble.predict_proba(TEXTS)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert ensemble.info_["weighting"]["loss_after"] <= ensemble.info_["weighting"]["loss_before"]
    path = ensemble.save(tmp_path / "both.kosent")
    assert read_manifest(path)["format_version"] == ENSEMBLE.version == 2
    loaded = kosent.load(path)
    assert np.array_equal(loaded.predict_proba(TEXTS), found)
    assert np.array_equal(loaded.predict(TEXTS), ensemble.predict(TEXTS))
    counted = Ensemble([trained_sets, other]).fit(TEXTS, SETS, np.ones(48))
    np.testing.assert_allclose(counted.weights_, ensemble.weights_, atol=1e-4)


def test_models_of_one_label_and_of_several_are_not_combined(
    trained_sets: TextClassifier, tmp_path: Path
) -> None:
    one = TextClassifier(**LINEAR | {"multilabel": False})
    one.fit(TEXTS, [LABELS[number % 3] for number in range(48)])
    with pytest.raises(UsageError, match="of one label a text and of several"):
        Ensemble([trained_sets, one]).fit(TEXTS, SETS)


def test_int8_keeps_the_answers(trained_sets: TextClassifier, bundle: Path, tmp_path: Path) -> None:
    from kosent.corpora.base import Audit, Split

    sets = [tuple(sorted(each)) for each in SETS]
    rows = Split(TEXTS, ["|".join(each) for each in sets], Audit(48, 48), None, sets)
    done = export_bundle(bundle, tmp_path / "small.kosent", int8=True, learned=rows)
    small = kosent.load(done.path)
    assert small.thresholds_ == trained_sets.thresholds_
    assert np.abs(small.predict_proba(TEXTS) - trained_sets.predict_proba(TEXTS)).max() < 0.05
    validation = trained_sets.validation_
    assert (done.rows, done.before) == (validation.rows, pytest.approx(validation.accuracy))


def test_class_weights_and_sample_weights_make_a_difference(trained_sets: TextClassifier) -> None:
    plain = trained_sets.predict_proba(TEXTS)
    for weight in ("balanced", {"blame": 9.0, "praise": 1, "question": 1}):
        other = TextClassifier(**LINEAR | {"class_weight": weight}).fit(TEXTS, SETS)
        assert np.abs(other.predict_proba(TEXTS) - plain).max() > 0.01
        assert other.evaluate(TEXTS, SETS).micro_f1 > 0.9
    counted = TextClassifier(**LINEAR).fit(TEXTS, SETS, np.arange(48) % 3)
    assert np.abs(counted.predict_proba(TEXTS) - plain).max() > 0.001


def test_uncalibrated(trained_sets: TextClassifier) -> None:
    other = TextClassifier(**LINEAR | {"calibrate": False}).fit(TEXTS, SETS)
    assert other.info_["calibration"] is None
    assert other.evaluate(TEXTS, SETS).micro_f1 > 0.95
    assert np.array_equal(
        np.argsort(other.predict_proba(TEXTS)[:, 0], kind="stable"),
        np.argsort(trained_sets.predict_proba(TEXTS)[:, 0], kind="stable"),
    )


@pytest.mark.parametrize(
    ("settings", "labels", "more", "error", "message"),
    [
        ({}, ["praise"] * 48, {}, DataError, "no list: 'praise'"),
        ({"architecture": "lstm", "architecture_options": {"sigmoid": True}}, SETS, {}, UsageError,
         "leave out the option sigmoid"),
        ({}, SETS, {"targets": np.ones((48, 3)) / 3}, UsageError, "from a teacher"),
        ({}, SETS, {"extra": (["글"], [[1, 0, 0]])}, UsageError, "from a teacher"),
        ({"class_weight": {"praise": 1}}, SETS, {}, UsageError, "every label"),
        ({"multilabel": "yes"}, SETS, {}, UsageError, "multilabel"),
        ({"multilabel": False}, SETS, {}, DataError, "neither a string nor an integer"),
    ],
)  # fmt: skip
def test_what_is_refused(
    settings: dict[str, Any], labels: Any, more: dict[str, Any], error: type, message: str
) -> None:
    with pytest.raises(error, match=message):
        TextClassifier(**LINEAR | settings).fit(TEXTS, labels, **more)


def test_a_confidence_is_refused(trained_sets: TextClassifier) -> None:
    with pytest.raises(UsageError, match="has a threshold for each label"):
        trained_sets.predict(TEXTS, min_confidence=0.5)
    with pytest.raises(UsageError, match="has a threshold for each label"):
        trained_sets.predict_frame(pd.DataFrame({"text": TEXTS}), min_confidence=0.5)


def test_a_second_training_forgets_the_thresholds() -> None:
    classifier = TextClassifier(**LINEAR).fit(TEXTS, SETS)
    classifier.set_params(multilabel=False)
    classifier.fit(TEXTS, [LABELS[number % 3] for number in range(48)])
    assert classifier.thresholds_ is None
    assert classifier.predict_labels(TEXTS[:2]) == [
        [each] for each in classifier.predict(TEXTS[:2])
    ]
