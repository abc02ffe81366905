"""Trained models that are linear: explained by their own scores, in whatever form they are."""

from __future__ import annotations

from copy import copy
from pathlib import Path
from typing import Any

import pytest

from kosent import TextClassifier
from kosent.errors import UsageError
from kosent.evaluation.top_ngrams import top_ngrams
from kosent.models import Ensemble
from kosent.models.loading import load_predictor
from kosent.models.trained import Trained
from kosent.prediction.predictor import Predictor

pytestmark = pytest.mark.slow

TEXT = "영화가 너무 지루하다 ㅠㅠ 그래도 음악이 아주 좋았어요"
OPTIONS: dict[str, Any] = {"longest": 3, "buckets": 4096}

Reviews = tuple[list[str], list[str]]


def classifier(tokenizer: str, **options: Any) -> TextClassifier:
    return TextClassifier(
        "ngrams", tokenizer=tokenizer, architecture_options=OPTIONS | options, seed=7, epochs=1
    )


@pytest.fixture(scope="module")
def linear(reviews: Reviews) -> TextClassifier:
    return classifier("character").fit(*reviews)


@pytest.fixture(scope="module")
def bundle(linear: TextClassifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return linear.save(tmp_path_factory.mktemp("linear") / "model")


def holds(model: Predictor) -> dict[str, float]:
    """Hold that a model is explained exactly; return what the parts add to ``negative``."""
    (found,) = model.explain([TEXT])
    assert found.method == "linear"
    assert max(map(abs, found.residual.values())) < 1e-4
    return {part.text: part.contributions["negative"] for part in found.parts}


def test_a_model_its_saved_form_and_int8(linear: TextClassifier, bundle: Path) -> None:
    added = holds(linear)
    assert added["지루하다"] == max(added.values()) > 0.1
    assert holds(load_predictor(bundle)) == pytest.approx(added, abs=1e-5)
    reduced, trained = copy(linear), linear.trained_
    reduced.trained_ = Trained.of(trained.design, trained.weights(), 2, int8=True)
    assert holds(reduced) == pytest.approx(added, abs=0.1)


def test_ensembles(linear: TextClassifier, trained: TextClassifier, reviews: Reviews) -> None:
    other = classifier("jamo", embedding_size=3).fit(*reviews)
    holds(other)
    holds(Ensemble([linear, other]).fit(*reviews))
    mixed = Ensemble([linear, trained]).fit(*reviews)
    mixed.weights_ = [1.0, 1.0]
    assert mixed.explain([TEXT])[0].method == "shapley"
    with pytest.raises(UsageError, match="n-grams"):
        mixed.explain([TEXT], method="linear")
    mixed.weights_ = [1.0, 0.0]  # the other is not asked
    holds(mixed)


def test_three_classes_and_several_labels(reviews: Reviews) -> None:
    texts, labels = reviews
    three = ["neutral" if row % 5 == 0 else label for row, label in enumerate(labels)]
    holds(classifier("whitespace").fit(texts, three))
    several = [[label, "third"] if row % 4 == 0 else [label] for row, label in enumerate(labels)]
    model = classifier("whitespace")
    model.multilabel = True
    holds(model.fit(texts, several))


def test_top_ngrams(bundle: Path, saved: Path, reviews: Reviews, tmp_path: Path) -> None:
    corpus = tmp_path / "rows.tsv"
    rows = [f"{text}\t{label}" for text, label in zip(*reviews, strict=True)]
    corpus.write_text("text\tlabel\n" + "\n".join(rows) + "\n", "utf-8")
    (found,) = top_ngrams(bundle, 6, str(corpus))
    assert (found.tokenizer, found.weight) == ("character", 1.0)
    assert list(found.labels) == ["negative", "positive"]
    for label, ngrams in found.labels.items():
        assert len(ngrams) == 6
        assert [each.score for each in ngrams] == sorted((n.score for n in ngrams), reverse=True)
        own = " ".join(
            "".join(text.split()) for text, each in zip(*reviews, strict=True) if each == label
        )
        for each in ngrams:
            assert each.count >= 5
            assert each.score > 0
            assert each.ngram in own
    with pytest.raises(UsageError, match="top n-grams"):
        top_ngrams(saved, 6, str(corpus))
    with pytest.raises(UsageError, match="top"):
        top_ngrams(bundle, 0, str(corpus))
