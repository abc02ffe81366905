"""Figures of a corpus, counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from kosent.corpora import Audit, Corpus, Dropped, Split
from kosent.errors import DataError, UsageError
from kosent.inspection.statistics import Statistics, corpus_statistics


def split(*texts: str, labels: str = "") -> Split:
    given = list(labels) if labels else ["a", "b"] * (len(texts) // 2) + ["a"] * (len(texts) % 2)
    return Split(list(texts), given, Audit(len(texts), len(texts)))


@pytest.fixture
def corpus() -> Corpus:
    """Four training texts of 0, 1, 2 and 5 words; test has one of 3."""
    dropped = (Dropped(3, "empty text", "train.tsv"),)
    texts = ["\u200b", "재밌다", "정말 재밌다", "정말 정말 또 보고 싶다"]
    train = Split(texts, ["b", "b", "b", "a"], Audit(5, 4, dropped))
    return Corpus("mine", "ko", train, split("하나 둘 셋"))


def test_counts(corpus: Corpus) -> None:
    figures = corpus_statistics(corpus).to_dict([0, 1, 2, 5])
    assert figures == {
        "corpus": "mine",
        "split": "train",
        "cleaning": "korean",
        "tokenizer": "whitespace",
        "rows": {"read": 5, "kept": 4, "dropped": {"empty text": 1}},
        "labels": {"b": 3, "a": 1},
        "tokens": {
            "total": 8,
            "distinct": 5,
            "mean": 2.0,
            "median": 1.5,
            "longest": 5,
            "texts_without": 1,
        },
        "lengths": [
            {"up_to": 0, "texts": 1, "share": 0.25},
            {"up_to": 1, "texts": 2, "share": 0.5},
            {"up_to": 2, "texts": 3, "share": 0.75},
            {"up_to": 5, "texts": 4, "share": 1.0},
        ],
    }


def test_the_test_split(corpus: Corpus) -> None:
    figures = corpus_statistics(corpus, "test")
    assert figures.lengths.tolist() == [3]
    assert figures.split == "test"


@pytest.mark.parametrize(("language", "preset"), [("ko", "korean"), ("en", "english")])
def test_cleaning_follows_the_language(language: Any, preset: str) -> None:
    corpus = Corpus("mine", language, split("don't", "x"), None)
    assert corpus_statistics(corpus).cleaning == preset
    assert corpus_statistics(corpus, cleaning="none").cleaning == "none"


def test_nothing_is_truncated() -> None:
    corpus = Corpus("mine", "ko", split("가 " * 100_000, "나"), None)
    assert corpus_statistics(corpus).lengths.tolist() == [100_000, 1]


def test_a_learning_tokenizer_learns_from_train_only() -> None:
    train = split(*(f"영화가 재밌다 {n}" for n in range(200)))
    corpus = Corpus("mine", "ko", train, split("뷁"))
    figures = corpus_statistics(corpus, "test", tokenizer="sentencepiece")
    assert figures.lengths.tolist() == [4]  # a space and three bytes: unseen in train


def test_progress_counts_every_text() -> None:
    seen: list[tuple[int, int | None]] = []
    corpus = Corpus("mine", "ko", split(*["가"] * 5000), None)
    corpus_statistics(corpus, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(4096, 5000), (5000, 5000)]


@pytest.mark.parametrize(
    ("longest", "expected"),
    [
        (0, range(1)),
        (1, range(1, 2)),
        (7, range(1, 8)),
        (32, range(5, 36, 5)),
        (700, range(100, 701, 100)),
    ],
)
def test_usual_lengths_are_round_and_reach_the_longest(longest: int, expected: range) -> None:
    corpus = Corpus("mine", "ko", split(*["가 " * longest, "가 " * longest]), None)
    lengths = corpus_statistics(corpus).usual_lengths()
    assert list(lengths) == list(expected)
    assert longest <= lengths[-1]


def figures_of(*args: Any, **kwargs: Any) -> Statistics:
    return corpus_statistics(Corpus("mine", "ko", split("가", "나"), None), *args, **kwargs)


def test_unknown_names() -> None:
    with pytest.raises(UsageError, match="'train'"):
        figures_of("trian")
    with pytest.raises(UsageError, match="'whitespace'"):
        figures_of(tokenizer="whitespac")
    with pytest.raises(UsageError, match="'korean'"):
        figures_of(cleaning="koraen")


def test_no_such_split_and_no_texts() -> None:
    with pytest.raises(DataError, match="no test split"):
        figures_of("test")
    empty = Corpus("mine", "ko", split(), None)
    with pytest.raises(DataError, match="no texts"):
        corpus_statistics(empty)
