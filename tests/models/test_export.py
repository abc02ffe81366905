"""A model written anew predicts the same; in int8 nearly the same, or it is not written."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kosent import TextClassifier, load_corpus
from kosent.bundles import model as bundle
from kosent.bundles.manifest import MODEL, read_manifest
from kosent.errors import BundleError, UsageError
from kosent.models.export import export_bundle, size_of
from kosent.runs.config import RunConfig
from kosent.runs.run import train_run

GOLDEN = Path(__file__).parents[1] / "golden"
TEXTS = ["영화가 정말 재밌다", "돈이 아깝다", "", "뷁"]


@pytest.fixture
def labelled(tmp_path: Path, reviews: tuple[list[str], list[str]]) -> str:
    path = tmp_path / "reviews.tsv"
    rows = [f"{text}\t{label}" for text, label in zip(*reviews, strict=True)]
    path.write_text("\n".join(["text\tlabel", *rows]), "utf-8")
    return str(path)


@pytest.mark.parametrize("name", ["format-1-lstm", "format-2-hybrid.kosent"])
@pytest.mark.parametrize("target", ["folder", "one.kosent"])
def test_the_same_model_in_todays_format(name: str, target: str, tmp_path: Path) -> None:
    done = export_bundle(GOLDEN / name, tmp_path / target)
    assert done.size == size_of(tmp_path / target) > 0
    assert done.rows == 0
    manifest = read_manifest(done.path)
    assert manifest["format_version"] == MODEL.one_label
    before, after = TextClassifier.load(GOLDEN / name), TextClassifier.load(done.path)
    assert np.abs(before.predict_proba(TEXTS) - after.predict_proba(TEXTS)).max() < 1e-6
    for path, array in bundle.read(GOLDEN / name).weights.items():
        assert np.array_equal(bundle.read(done.path).weights[path], array)


@pytest.mark.parametrize("weight", ["balanced", {"positive": 3.0, "negative": 1.0}, None])
def test_the_accuracy_is_weighted_as_training_was(
    weight: Any, reviews: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    from sklearn.metrics import accuracy_score
    from sklearn.utils.class_weight import compute_sample_weight

    options = {"buckets": 512, "weighting": "idf"}
    model = TextClassifier(
        "ngrams", tokenizer="character", architecture_options=options, class_weight=weight
    ).fit(*reviews)
    texts = reviews[0][:9] + reviews[0][10:60:2]
    labels = ["negative", *reviews[1][1:9], *reviews[1][10:60:2]]  # the first one is wrong
    path = tmp_path / "unequal.tsv"
    rows = [f"{text}\t{label}\n" for text, label in zip(texts, labels, strict=True)]
    path.write_text("text\tlabel\n" + "".join(rows), "utf-8")
    done = export_bundle(
        model.save(tmp_path / "model"), tmp_path / "small", int8=True, corpus=str(path)
    )
    weights = None if weight is None else compute_sample_weight(weight, labels)
    expected = accuracy_score(labels, model.predict(texts), sample_weight=weights)
    assert done.before == pytest.approx(expected)
    assert 0.5 < expected < 1


def test_int8_is_measured_and_can_only_predict(labelled: str, tmp_path: Path) -> None:
    source = GOLDEN / "format-2-hybrid.kosent"
    done = export_bundle(source, tmp_path / "small", int8=True, corpus=labelled, largest_loss=0.05)
    assert done.rows == 80
    assert done.before == TextClassifier.load(source).score(*_read(labelled))
    small = TextClassifier.load(done.path)
    assert done.after == small.score(*_read(labelled))
    assert small.info_["int8"]["accuracy_after"] == done.after
    assert not (done.path / "weights.safetensors").exists()
    full = TextClassifier.load(source)
    assert 0 < np.abs(small.predict_proba(TEXTS) - full.predict_proba(TEXTS)).max() < 0.05
    for late in (lambda: small.model_, lambda: bundle.read(done.path).weights):
        with pytest.raises(BundleError, match="reduced to int8"):
            late()
    with pytest.raises(BundleError, match="reduced to int8"):
        export_bundle(done.path, tmp_path / "again", int8=True, corpus=labelled)
    assert not (tmp_path / "again").exists()
    packed = export_bundle(done.path, tmp_path / "packed.kosent")
    once_more = TextClassifier.load(packed.path)
    assert np.array_equal(once_more.predict_proba(TEXTS), small.predict_proba(TEXTS))
    again = TextClassifier.load(small.save(tmp_path / "again.kosent"))
    assert np.array_equal(again.predict_proba(TEXTS), small.predict_proba(TEXTS))


def test_int8_that_costs_too_much_is_not_written(
    labelled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def coarse(values: np.ndarray, leading: int) -> tuple[np.ndarray, np.ndarray]:
        del leading
        return np.zeros(values.shape, np.int8), np.ones((1,) * values.ndim, np.float32)

    monkeypatch.setattr("kosent.architectures.onnx.graph.to_int8", coarse)
    monkeypatch.setattr(
        "kosent.architectures.onnx.graph.Graph.rows",
        lambda self, table, ids: self.node("Gather", self.constant(table * 0, np.float32), ids),
    )
    with pytest.raises(UsageError, match="int8 lowers the accuracy"):
        export_bundle(
            GOLDEN / "format-2-hybrid.kosent", tmp_path / "small", int8=True, corpus=labelled
        )
    assert not (tmp_path / "small").exists()


def test_the_validation_split_is_that_of_training(tmp_path: Path) -> None:
    from kosent.corpora import load_corpus
    from kosent.support.classes import check_labels, class_numbers
    from kosent.training.splits import hold_out

    corpus = load_corpus("sample")
    assert corpus.test is not None
    rows, test = corpus.train.limited(100, 7), corpus.test.limited(100, 7)
    learned = replace(corpus, train=rows, test=test)
    path = tmp_path / "model"
    shutil.copytree(GOLDEN / "format-1-lstm", path)
    model = TextClassifier.load(path)
    model.info_ = model.info_ | {
        "corpus": {"name": "sample", "fingerprint": learned.fingerprint, "limit": 100}
    }
    model.save(path, overwrite=True)
    done = export_bundle(path, tmp_path / "small", int8=True, largest_loss=1.0)
    assert model.seed == 7
    labels = check_labels(rows.labels, 100)
    _, held = hold_out(class_numbers(labels, model.classes_), model.validation_fraction, model.seed)
    assert done.rows == len(held) == 20
    expected = model.score([rows.texts[row] for row in held], [labels[row] for row in held])
    assert done.before == expected


@pytest.mark.slow
def test_the_last_texts_are_the_validation_split_where_they_were_in_training(
    tiny: dict[str, Any], tmp_path: Path
) -> None:
    config = RunConfig("sample", limit=100, classifier=tiny | {"validation": "last", "epochs": 1})
    run = train_run(config, folder=tmp_path / "run")
    done = export_bundle(run.bundle, tmp_path / "small", int8=True, largest_loss=1.0)
    assert (done.rows, done.before) == (20, run.validation.accuracy)
    rows = load_corpus("sample").train.limited(100, seed=7)
    assert run.classifier.evaluate(rows.texts[-20:], rows.labels[-20:]) == run.validation


def test_no_corpus_to_measure_on(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--corpus"):
        export_bundle(GOLDEN / "format-1-lstm", tmp_path / "small", int8=True)
    assert list(tmp_path.iterdir()) == []


def _read(path: str) -> tuple[list[str], list[str]]:
    rows = [line.split("\t") for line in Path(path).read_text("utf-8").split("\n")[1:]]
    return [text for text, _ in rows], [label for _, label in rows]


def test_what_auto_made_goes_into_one_file(
    reviews: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    clf = TextClassifier(speed=1).fit(*reviews)
    done = export_bundle(clf.save(tmp_path / "model"), tmp_path / "model.kosent")
    again = TextClassifier.load(done.path)
    assert np.array_equal(again.predict_proba(TEXTS), clf.predict_proba(TEXTS))
    assert again.get_params() == clf.get_params()
