"""Trained models put together: only those that held the same rows out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kosent
from kosent import TextClassifier, load_corpus
from kosent.bundles import model as bundle
from kosent.bundles.writing import write_model
from kosent.corpora import Corpus
from kosent.errors import BundleError, UsageError
from kosent.models.combine import combine_bundles
from kosent.models.ensemble import Ensemble
from kosent.models.export import export_bundle
from kosent.support.progress import Silent
from kosent.training.splits import held_out

GOLDEN = Path(__file__).parents[1] / "golden"
LIMIT = 100

Make = Callable[..., Path]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus("sample").limited(LIMIT, 7)


@pytest.fixture
def make(corpus: Corpus, tmp_path: Path) -> Make:
    """Return golden models that say that they learned from some rows of the sample corpus."""

    def made(
        folder: str, *, source: str = "format-2-hybrid.kosent", labels: Any = None, **changed: Any
    ) -> Path:
        saved = bundle.read(GOLDEN / source)
        learned = {"name": "sample", "limit": LIMIT, "fingerprint": corpus.fingerprint}
        parameters = {"seed": 7, "validation_fraction": 0.2}
        info = {
            **saved.info,
            "corpus": learned | {k: v for k, v in changed.items() if k in learned},
            "parameters": saved.info["parameters"]
            | parameters
            | {k: v for k, v in changed.items() if k not in {*learned, "split_rule"}},
            **{k: v for k, v in changed.items() if k == "split_rule"},
        }
        write_model(tmp_path / folder, replace(saved, info=info, labels=labels or saved.labels))
        return tmp_path / folder

    return made


def test_the_weights_are_fitted_on_the_common_validation_split(
    make: Make, corpus: Corpus, tmp_path: Path
) -> None:
    one, two = make("one"), make("two", source="format-2-cnn_bilstm.kosent")
    done = combine_bundles([one, two], tmp_path / "both.kosent")
    loaded = kosent.load(done.path)
    assert isinstance(loaded, Ensemble)
    assert done.size == done.path.stat().st_size
    split = {"seed": 7, "validation_fraction": 0.2, "validation": "random", "rule": 1}
    assert loaded.info_["split"] == split
    assert loaded.info_["corpus"]["fingerprint"] == corpus.fingerprint
    assert loaded.info_["test"] is None
    texts, labels = held_out(corpus.train, loaded.classes_, split)
    members = [TextClassifier.load(path) for path in (one, two)]
    assert loaded.weights_ == Ensemble(members).fit(texts, labels).weights_
    assert done.ensemble.validation_ == loaded.evaluate(texts, labels)
    assert done.ensemble.validation_.rows == len(texts) == 20


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"labels": ["a", "b"]}, "different labels"),
        ({"fingerprint": "0" * 64}, "different rows of a corpus"),
        ({"seed": 8}, "different held-out rows"),
        ({"validation_fraction": 0.1}, "different held-out rows"),
        ({"validation": "last"}, "different held-out rows"),
        ({"split_rule": 2}, "different held-out rows"),
    ],
    ids=str,
)
def test_models_that_differ_are_refused(
    change: dict[str, Any], said: str, make: Make, tmp_path: Path
) -> None:
    one, two = make("one"), make("two", **change)
    with pytest.raises(UsageError, match=said):
        combine_bundles([one, two], tmp_path / "both")
    assert not (tmp_path / "both").exists()


def test_the_same_rows_are_the_same_whatever_their_file_is_called(
    make: Make, corpus: Corpus, tmp_path: Path
) -> None:
    path = tmp_path / "renamed.tsv"
    split = load_corpus("sample").train
    rows = [f"{text}\t{label}\n" for text, label in zip(split.texts, split.labels, strict=True)]
    path.write_text("text\tlabel\n" + "".join(rows), "utf-8")
    alone = load_corpus(path).limited(LIMIT, 7).fingerprint
    one, two = (make(name, name=name, fingerprint=alone) for name in ("mine", "renamed"))
    done = combine_bundles([one, two], tmp_path / "both", corpus=str(path))
    assert done.ensemble.info_["corpus"]["fingerprint"] == alone


def test_what_else_is_refused(make: Make, tmp_path: Path) -> None:
    one, two = make("one"), make("two")
    target = tmp_path / "both"
    path = tmp_path / "reviews.tsv"
    path.write_text("text\tlabel\n좋다\tpositive\n싫다\tnegative\n", "utf-8")
    with pytest.raises(UsageError, match="takes 2 to 64 models"):
        combine_bundles([one], target)
    with pytest.raises(UsageError, match="does not say what it learned from"):
        combine_bundles([one, GOLDEN / "format-1-lstm"], target)
    with pytest.raises(UsageError, match="'reviews' is not what the models learned from"):
        combine_bundles([one, two], target, corpus=str(path))
    with pytest.raises(BundleError, match="an ensemble of several models"):
        combine_bundles([one, GOLDEN / "ensemble-1.kosent"], target)
    with pytest.raises(BundleError, match="not a kosent bundle"):
        combine_bundles([one, tmp_path / "absent"], target)
    with pytest.raises(UsageError, match="exists already"):
        combine_bundles([one, two], one)
    mine = [make(name, name="mine") for name in ("three", "four")]
    with pytest.raises(UsageError, match=r"learned from \(mine\) with --corpus"):
        combine_bundles(mine, target)
    assert not target.exists()


class TestExporting:
    """``kosent.models.export`` with an ensemble; here, since it needs what ``make`` makes."""

    def test_int8_of_every_member_is_measured_on_the_validation_split(
        self, make: Make, corpus: Corpus, tmp_path: Path
    ) -> None:
        source = combine_bundles(
            [make("one"), make("two", source="format-2-cnn_bilstm.kosent")], tmp_path / "x"
        )
        done = export_bundle(
            source.path, tmp_path / "small.kosent", int8=True, largest_loss=0.2, listener=Silent()
        )
        small = kosent.load(done.path)
        assert isinstance(small, Ensemble)
        texts, labels = held_out(corpus.train, small.classes_, small.info_["split"])
        assert (done.rows, done.before) == (20, source.ensemble.score(texts, labels))
        assert done.after == small.score(texts, labels) == small.info_["int8"]["accuracy_after"]
        assert small.weights_ == source.ensemble.weights_
        assert done.size < source.size
        for member in small.members_:
            assert member.trained_.load_weights is None
        with pytest.raises(BundleError, match="reduced to int8"):
            export_bundle(done.path, tmp_path / "again", int8=True)
        assert not (tmp_path / "again").exists()
        packed = kosent.load(export_bundle(done.path, tmp_path / "packed").path)
        assert np.array_equal(packed.predict_proba(texts), small.predict_proba(texts))

    def test_a_folder_becomes_one_file(self, tmp_path: Path) -> None:
        golden = kosent.load(GOLDEN / "ensemble-1.kosent")
        folder = export_bundle(GOLDEN / "ensemble-1.kosent", tmp_path / "folder")
        done = export_bundle(folder.path, tmp_path / "one.kosent")
        texts = ["영화가 정말 재밌다", "", "뷁"]
        again = kosent.load(done.path)
        assert abs(again.predict_proba(texts) - golden.predict_proba(texts)).max() < 1e-6
        with pytest.raises(UsageError, match="--corpus"):
            export_bundle(folder.path, tmp_path / "small", int8=True)
