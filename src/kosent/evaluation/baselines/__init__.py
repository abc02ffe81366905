"""What others would use: plain systems of well-known libraries, with the settings they are best at.

None of them keeps texts from learning: they learn from all training texts. Texts go in as they
are, but for white space.
"""

from __future__ import annotations

from collections.abc import Callable

from kosent.evaluation.baselines.base import Answers, Rival
from kosent.evaluation.baselines.fasttext import (
    FastText,
    FastText5,
    FastText25,
    FastTextAutotune,
)
from kosent.evaluation.baselines.linear import (
    NbSvm,
    Svm,
    SvmBalanced,
    TfidfCharacters,
    TfidfCharactersBalanced,
    TfidfWords,
)
from kosent.evaluation.baselines.static import Model2Vec

__all__ = [
    "RIVALS",
    "Answers",
    "FastText",
    "FastText5",
    "FastText25",
    "FastTextAutotune",
    "Model2Vec",
    "NbSvm",
    "Rival",
    "Svm",
    "SvmBalanced",
    "TfidfCharacters",
    "TfidfCharactersBalanced",
    "TfidfWords",
]

RIVALS: dict[str, Callable[[], Rival]] = {
    "tfidf-words": TfidfWords,
    "tfidf-characters": TfidfCharacters,
    "tfidf-characters-balanced": TfidfCharactersBalanced,
    "svm": Svm,
    "svm-balanced": SvmBalanced,
    "nb-svm": NbSvm,
    "fasttext": FastText,
    "fasttext-5": FastText5,
    "fasttext-25": FastText25,
    "fasttext-autotune": FastTextAutotune,
    "model2vec": Model2Vec,
}
