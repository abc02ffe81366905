"""Scoring a bundle on a corpus."""

from __future__ import annotations

import json
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from kosent.bundles import model as bundle
from kosent.bundles.writing import write_model
from kosent.corpora import load_corpus
from kosent.errors import BundleError, DataError, UsageError
from kosent.evaluation.evaluate import evaluate_bundle
from kosent.support.progress import Silent

if TYPE_CHECKING:
    from kosent import TextClassifier


class Notices(Silent):
    def __init__(self) -> None:
        self.notices: list[str] = []

    def notice(self, message: str) -> None:
        self.notices.append(message)


@pytest.fixture
def reviews_file(tmp_path: Path, reviews: tuple[list[str], list[str]]) -> str:
    path = tmp_path / "mine.jsonl"
    rows = [{"text": t, "label": label} for t, label in zip(*reviews, strict=True)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return str(path)


def bundle_with(trained: TextClassifier, path: Path, **info: Any) -> Path:
    """Save the classifier as if a run had noted ``info``."""
    saved = bundle.read(trained.save(path.with_name("as-saved")))
    write_model(path, replace(saved, info=saved.info | info))
    return path


def test_a_file_of_ones_own(
    saved: Path, trained: TextClassifier, reviews_file: str, reviews: tuple[list[str], list[str]]
) -> None:
    listener = Notices()
    result = evaluate_bundle(saved, reviews_file, listener=listener)
    assert result.report == trained.evaluate(*reviews)
    assert (result.corpus, result.split, result.bundle) == ("mine", "train", saved)
    assert any("no test split" in notice for notice in listener.notices)


def test_asking_for_a_split_that_is_not_there(saved: Path, reviews_file: str) -> None:
    with pytest.raises(DataError, match="no test split"):
        evaluate_bundle(saved, reviews_file, split="test")


def test_the_corpus_of_the_bundle_is_the_default(trained: TextClassifier, tmp_path: Path) -> None:
    path = bundle_with(trained, tmp_path / "model", corpus={"name": "sample"})
    result = evaluate_bundle(path, limit=20)
    expected = load_corpus("sample").split("test").limited(20, seed=0)
    assert result.report == trained.evaluate(expected.texts, expected.labels)
    assert (result.corpus, result.split) == ("sample", "test")
    assert evaluate_bundle(path, split="train", limit=6).report.rows == 6


def test_a_corpus_that_is_only_its_owners_has_to_be_named(
    saved: Path, trained: TextClassifier, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="--corpus"):
        evaluate_bundle(saved)
    path = bundle_with(trained, tmp_path / "model", corpus={"name": "mine"})
    with pytest.raises(UsageError, match="learned from mine"):
        evaluate_bundle(path)


def test_labels_the_model_does_not_know(saved: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("text,label\n좋다,good\n별로,bad\n", "utf-8")
    with pytest.raises(DataError, match="'bad', 'good'"):
        evaluate_bundle(saved, str(path))


def test_some_labels_the_model_does_not_know_count_as_wrong(
    saved: Path, trained: TextClassifier, tmp_path: Path
) -> None:
    path = tmp_path / "other.csv"
    path.write_text("text,label\n좋다,positive\n별로,bad\n별로다,bad\n", "utf-8")
    heard = Notices()
    found = evaluate_bundle(saved, str(path), listener=heard).report
    assert found.accuracy == (trained.predict(["좋다"])[0] == "positive") / 3
    assert found.unknown_labels == {"bad": 2}
    (notice,) = [line for line in heard.notices if "bad" in line]
    assert "2 rows with labels that were not trained on count as wrong: 'bad' (2)" in notice


@pytest.mark.parametrize("limit", [None, 60])
def test_rows_that_were_learned_are_said_to_be(
    trained: TextClassifier, reviews_file: str, tmp_path: Path, limit: int | None
) -> None:
    """By what they are, whatever their file is called."""
    seed = trained.info_["parameters"]["seed"]
    mark = load_corpus(reviews_file).limited(limit, seed).fingerprint
    for fingerprint, learned in ((mark, True), ("0" * 64, False)):
        (tmp_path / str(learned)).mkdir()
        corpus = {"name": "other", "limit": limit, "fingerprint": fingerprint}
        path = bundle_with(trained, tmp_path / str(learned) / "model", corpus=corpus)
        heard = Notices()
        evaluate_bundle(path, reviews_file, listener=heard)
        assert any("learned from the train split of" in line for line in heard.notices) is learned


def test_labels_that_were_integers(
    trained: TextClassifier, reviews: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    texts, labels = reviews
    numbers = [int(label == "positive") for label in labels]
    classifier = copy(trained)
    classifier.classes_ = np.array([0, 1])
    path = tmp_path / "numbers.csv"
    rows = "".join(f"{text},{number}\n" for text, number in zip(texts, numbers, strict=True))
    path.write_text(f"text,label\n{rows}", "utf-8")
    result = evaluate_bundle(classifier.save(tmp_path / "model"), str(path))
    assert result.report == classifier.evaluate(texts, numbers)


def test_no_bundle_is_said_before_the_corpus_is_read(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="not a kosent bundle"):
        evaluate_bundle(tmp_path, "no-such-corpus")


def test_a_wrong_limit(saved: Path, reviews_file: str) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        evaluate_bundle(saved, reviews_file, limit=0)
