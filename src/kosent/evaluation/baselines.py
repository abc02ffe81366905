"""What others would use: plain systems of well-known libraries, with the settings they are best at.

None of them holds anything out: they learn from all training texts. Texts go in as they are, but
for white space.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from kosent.errors import RuntimeSetupError, UsageError
from kosent.language import Message
from kosent.support.packages import require

Labels = npt.NDArray[Any]


class Rival(ABC):
    """A system that is trained, asked, and saved.

    Attributes:
        title: What it is, one line.
        package: What has to be installed for it.
    """

    title: ClassVar[Message]
    package: ClassVar[str] = "sklearn"

    def check(self) -> None:
        """Refuse to begin where its package is missing.

        Raises:
            RuntimeSetupError: If it is.
        """
        require(self.package)

    @abstractmethod
    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Learn."""

    @abstractmethod
    def predict(self, texts: Sequence[str]) -> list[str]:
        """Return the label of each text."""

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Write everything that predicting needs below ``folder``."""


class _Linear(Rival):
    """A scikit-learn vectorizer and classifier."""

    def __init__(self) -> None:
        self.vectorizer: Any = None
        self.model: Any = None

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Learn."""
        self.vectorizer, self.model = self._parts()
        self.model.fit(self.vectorizer.fit_transform(texts), labels)

    def predict(self, texts: Sequence[str]) -> list[str]:
        """Return the label of each text."""
        labels: list[str] = self.model.predict(self.vectorizer.transform(texts)).tolist()
        return labels

    def save(self, folder: Path) -> None:
        """Write the model below ``folder``."""
        import joblib

        joblib.dump((self.vectorizer, self.model), folder / "model.joblib")

    @abstractmethod
    def _parts(self) -> tuple[Any, Any]:
        """Return a vectorizer and a classifier, not fitted."""


class TfidfWords(_Linear):
    """Logistic regression on TF-IDF of words and pairs of words."""

    title = Message("TF-IDF 낱말 1-2개 + 로지스틱 회귀", "TF-IDF of words 1-2, logistic regression")

    def _parts(self) -> tuple[Any, Any]:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        vectorizer = TfidfVectorizer(ngram_range=(1, 2), dtype=np.float32)
        return vectorizer, LogisticRegression(C=4, max_iter=1000)


class TfidfCharacters(_Linear):
    """Logistic regression on TF-IDF of character n-grams."""

    title = Message(
        "TF-IDF 글자 1-5개 + 로지스틱 회귀", "TF-IDF of characters 1-5, logistic regression"
    )

    def _parts(self) -> tuple[Any, Any]:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 5), dtype=np.float32)
        return vectorizer, LogisticRegression(C=8, solver="liblinear", dual=True, tol=0.1)


class NbSvm(_Linear):
    """NB-SVM (Wang and Manning 2012): n-grams weighted by their naive Bayes log-count ratio.

    With the logistic loss, which is no worse and quicker here; for two classes.
    """

    title = Message("NB-SVM, 글자 1-5개", "NB-SVM, characters 1-5")

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Learn.

        Raises:
            UsageError: If there are more than two classes.
        """
        if len(set(labels)) > 2:
            raise UsageError(
                "nb-svm은 라벨이 둘인 말뭉치에만 쓸 수 있습니다",
                "nb-svm is for corpora of two labels only",
            )
        self.vectorizer, self.model = self._parts()
        features = self.vectorizer.fit_transform(texts)
        first = np.asarray(labels) == min(labels)
        counts = [1 + np.asarray(features[rows].sum(axis=0)).ravel() for rows in (~first, first)]
        shares = [count / count.sum() for count in counts]
        self.ratio = np.log(shares[0] / shares[1]).astype(np.float32)
        self.model.fit(self._weighted(features), labels)

    def predict(self, texts: Sequence[str]) -> list[str]:
        """Return the label of each text."""
        labels: list[str] = self.model.predict(
            self._weighted(self.vectorizer.transform(texts))
        ).tolist()
        return labels

    def save(self, folder: Path) -> None:
        """Write the model below ``folder``."""
        import joblib

        joblib.dump((self.vectorizer, self.ratio, self.model), folder / "model.joblib")

    def _weighted(self, features: Any) -> Any:
        from sklearn.preprocessing import normalize

        return normalize(features.multiply(self.ratio).tocsr())

    def _parts(self) -> tuple[Any, Any]:
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.linear_model import LogisticRegression

        vectorizer = CountVectorizer(
            analyzer="char", ngram_range=(1, 5), binary=True, dtype=np.float32
        )
        return vectorizer, LogisticRegression(C=2, solver="liblinear", dual=True, tol=0.1)


class FastText(Rival):
    """fastText (Joulin et al. 2017) with word pairs and character n-grams, on all processors."""

    title = Message("fastText, 낱말 1-2개와 글자 1-4개", "fastText, words 1-2 and characters 1-4")
    package = "fasttext"
    buckets = 2_000_000  # fastText's default: 800 MB for as many n-grams
    _MARK = "__label__"

    def check(self) -> None:
        """Refuse to begin where fastText is missing."""
        try:
            super().check()
        except RuntimeSetupError as error:
            raise RuntimeSetupError(
                "fastText가 설치되어 있지 않습니다: pip install 'kosent[bench]'",
                "fastText is not installed: pip install 'kosent[bench]'",
            ) from error

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Learn."""
        import tempfile

        import fasttext

        self.names = sorted(set(labels))
        number = {name: place for place, name in enumerate(self.names)}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "train.txt")
            rows = zip(texts, labels, strict=True)
            path.write_text(
                "".join(f"{self._MARK}{number[label]} {_line(text)}\n" for text, label in rows),
                "utf-8",
            )
            self.model = fasttext.train_supervised(
                str(path), wordNgrams=2, minn=1, maxn=4, epoch=5, bucket=self.buckets, verbose=0
            )

    def predict(self, texts: Sequence[str]) -> list[str]:
        """Return the label of each text."""
        labels, _ = self.model.predict([_line(text) for text in texts])
        return [self.names[int(label.removeprefix(self._MARK))] for (label,) in labels]

    def save(self, folder: Path) -> None:
        """Write the model below ``folder``."""
        self.model.save_model(str(folder / "model.bin"))


def _line(text: str) -> str:
    """Write a text on one line, as UTF-8 can hold it."""
    return " ".join(text.split()).encode("utf-8", "replace").decode("utf-8")


RIVALS: dict[str, Callable[[], Rival]] = {
    "tfidf-words": TfidfWords,
    "tfidf-characters": TfidfCharacters,
    "nb-svm": NbSvm,
    "fasttext": FastText,
}
