"""Linear models of scikit-learn on counts of words or characters.

What liblinear draws is its order of the rows, which moves single texts at the border of two
classes: one seed stands for all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from kosent.evaluation.baselines.base import Answers, Rival, likeliest
from kosent.language import Message

_CHARACTERS = {"analyzer": "char", "ngram_range": (1, 5)}
# N-grams that stand twice, sublinear, as in the published figures. Against all of them, linear, the
# balanced SVM has a macro F1 of .810 and .804 (3i4k), .852 and .845 (chatbot), .591 and .600
# (korean-hate-speech).
_SCALED = {**_CHARACTERS, "sublinear_tf": True, "min_df": 2}


class Linear(Rival):
    """A vectorizer and a classifier.

    Attributes:
        counted: Arguments of the vectorizer.
        learned: Arguments of the classifier.
    """

    counted: ClassVar[Mapping[str, Any]]
    learned: ClassVar[Mapping[str, Any]]

    def __init__(self) -> None:
        self.vectorizer: Any = None
        self.model: Any = None

    def settings(self) -> dict[str, Any]:
        """Return the arguments of both."""
        pair = list(self.counted.get("ngram_range", ()))
        return {"counted": {**self.counted, "ngram_range": pair}, "learned": dict(self.learned)}

    def fit(self, texts: Sequence[str], labels: Sequence[str], seed: int = 0) -> None:
        """Learn; the seed has no part in it."""
        del seed
        self.vectorizer = self._vectorizer()
        self.model = self._classifier(len(set(labels)))
        self.model.fit(self.vectorizer.fit_transform(texts), labels)

    def answers(self, texts: Sequence[str]) -> Answers:
        """Return the label of each text, with its probability where the model has one."""
        features = self.vectorizer.transform(texts)
        if hasattr(self.model, "predict_proba"):
            return likeliest(self.model.classes_.tolist(), self.model.predict_proba(features))
        return Answers(self.model.predict(features).tolist())

    def save(self, folder: Path) -> None:
        """Write the model below ``folder``."""
        import joblib

        joblib.dump((self.vectorizer, self.model), folder / "model.joblib")

    def _vectorizer(self) -> Any:
        from sklearn.feature_extraction.text import TfidfVectorizer

        return TfidfVectorizer(**self.counted, dtype=np.float32)

    def _classifier(self, classes: int) -> Any:
        from sklearn.linear_model import LogisticRegression
        from sklearn.multiclass import OneVsRestClassifier

        model = LogisticRegression(**self.learned, random_state=0)
        liblinear = self.learned.get("solver") == "liblinear"  # it knows two classes only
        return OneVsRestClassifier(model) if classes > 2 and liblinear else model


class TfidfWords(Linear):
    """Logistic regression on TF-IDF of words and pairs of words."""

    title = Message("TF-IDF 낱말 1-2개 + 로지스틱 회귀", "TF-IDF of words 1-2, logistic regression")
    counted: ClassVar[Mapping[str, Any]] = {"ngram_range": (1, 2)}
    learned: ClassVar[Mapping[str, Any]] = {"C": 4, "max_iter": 1000}


class TfidfCharacters(Linear):
    """Logistic regression on TF-IDF of character n-grams."""

    title = Message(
        "TF-IDF 글자 1-5개 + 로지스틱 회귀", "TF-IDF of characters 1-5, logistic regression"
    )
    counted: ClassVar[Mapping[str, Any]] = _CHARACTERS
    learned: ClassVar[Mapping[str, Any]] = {
        "C": 8,
        "solver": "liblinear",
        "dual": True,
        "tol": 0.1,
    }


class TfidfCharactersBalanced(TfidfCharacters):
    """The same with rare classes counting as much as the others."""

    title = Message(
        "TF-IDF 글자 1-5개 + 로지스틱 회귀, 드문 라벨을 크게",
        "TF-IDF of characters 1-5, logistic regression, balanced",
    )
    counted: ClassVar[Mapping[str, Any]] = _SCALED
    learned: ClassVar[Mapping[str, Any]] = {
        **TfidfCharacters.learned,
        "class_weight": "balanced",
    }


class Svm(Linear):
    """A linear support vector machine on TF-IDF of character n-grams."""

    title = Message("TF-IDF 글자 1-5개 + 선형 SVM", "TF-IDF of characters 1-5, linear SVM")
    counted: ClassVar[Mapping[str, Any]] = _SCALED
    learned: ClassVar[Mapping[str, Any]] = {"C": 0.3}

    def _classifier(self, classes: int) -> Any:
        del classes
        from sklearn.svm import LinearSVC

        return LinearSVC(**self.learned, random_state=0)


class SvmBalanced(Svm):
    """The same with rare classes counting as much as the others."""

    title = Message(
        "TF-IDF 글자 1-5개 + 선형 SVM, 드문 라벨을 크게",
        "TF-IDF of characters 1-5, linear SVM, balanced",
    )
    learned: ClassVar[Mapping[str, Any]] = {**Svm.learned, "class_weight": "balanced"}


class NbSvm(Linear):
    """NB-SVM (Wang and Manning 2012): n-grams weighted by their naive Bayes log-count ratio.

    With the logistic loss, which is no worse and quicker here. More than two classes are told
    apart one against the rest, each with ratios of its own.
    """

    title = Message("NB-SVM, 글자 1-5개", "NB-SVM, characters 1-5")
    counted: ClassVar[Mapping[str, Any]] = {**_CHARACTERS, "binary": True}
    learned: ClassVar[Mapping[str, Any]] = {
        "C": 2,
        "solver": "liblinear",
        "dual": True,
        "tol": 0.1,
    }

    def fit(self, texts: Sequence[str], labels: Sequence[str], seed: int = 0) -> None:
        """Learn; the seed has no part in it."""
        del seed
        self.vectorizer = self._vectorizer()
        features = self.vectorizer.fit_transform(texts)
        self.names = sorted(set(labels))
        told_apart = self.names[1:] if len(self.names) == 2 else self.names
        truth = np.asarray(labels)
        self.ratios = np.stack([_ratio(features, truth == name) for name in told_apart])
        self.models = []
        for name, ratio in zip(told_apart, self.ratios, strict=True):
            model = self._classifier(2)
            self.models.append(model.fit(_weighted(features, ratio), truth == name))

    def answers(self, texts: Sequence[str]) -> Answers:
        """Return the label of each text and its share of all classes' probabilities."""
        features = self.vectorizer.transform(texts)
        columns = [
            model.predict_proba(_weighted(features, ratio))[:, 1]
            for model, ratio in zip(self.models, self.ratios, strict=True)
        ]
        if len(columns) == 1:
            columns.insert(0, 1 - columns[0])
        scores = np.stack(columns, axis=1)  # (n, C)
        return likeliest(self.names, scores / scores.sum(axis=1, keepdims=True))

    def save(self, folder: Path) -> None:
        """Write the model below ``folder``."""
        import joblib

        joblib.dump((self.vectorizer, self.ratios, self.models), folder / "model.joblib")

    def _vectorizer(self) -> Any:
        from sklearn.feature_extraction.text import CountVectorizer

        return CountVectorizer(**self.counted, dtype=np.float32)


def _ratio(features: Any, inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """Return the log-count ratio of each n-gram, ``(V,)``: a class against the others."""
    counts = [1 + np.asarray(features[rows].sum(axis=0)).ravel() for rows in (inside, ~inside)]
    shares = [count / count.sum() for count in counts]
    ratio: npt.NDArray[np.float32] = np.log(shares[0] / shares[1]).astype(np.float32)
    return ratio


def _weighted(features: Any, ratio: npt.NDArray[np.float32]) -> Any:
    from sklearn.preprocessing import normalize

    return normalize(features.multiply(ratio).tocsr())
