"""Small corpora written by hand, and one whose labels a model can judge."""

from __future__ import annotations

import unicodedata

import pytest

from kosent.corpora import Audit, Corpus, Dropped, Split

LONG = "배우들의 연기도 좋았고 음악도 좋았지만 결말이 너무 아쉬워서 다시 보지는 않을 것 같다"


def split(rows: list[tuple[str, str]], first_line: int, dropped: tuple[Dropped, ...] = ()) -> Split:
    texts, labels = ([row[column] for row in rows] for column in (0, 1))
    lines = list(range(first_line, first_line + len(rows)))
    return Split(texts, labels, Audit(len(rows) + len(dropped), len(rows), dropped), lines)


@pytest.fixture
def flawed() -> Corpus:
    """Every kind of finding but likely wrong labels, each once or twice."""
    train = [
        ("정말 재밌다", "긍정"),  # 2: kept, the first of three
        ("정말  재밌다 ", "긍정"),  # 3: duplicate
        ("정말 재밌다!!", "긍정"),  # 4: near duplicate
        ("그냥 그래요", "긍정"),  # 5: both labels, once each
        ("그냥 그래요", "부정"),  # 6
        ("별로예요", "부정"),  # 7: in test
        (LONG, "부정"),  # 8: near a text of test
        ("\u200b\u200b", "부정"),  # 9: cleans to nothing
        ("좋아요".encode().decode("latin-1"), "긍정"),  # 10: mojibake
        (unicodedata.normalize("NFD", "음악이 좋다"), "긍정"),  # 11: decomposed
        ("끝이 \ufffd별로", "부정"),  # 12: replacement character
        ("눈물 난다 \ud83d", "긍 정"),  # 13: lone surrogate, label name
        (f"화면 {unicodedata.normalize('NFD', '화면이 좋다')}", "긍정"),  # 14: mixed, decomposed
        ("길다 " * 60, "부정"),  # 15: long
    ]
    test = [
        ("별로예요", "부정"),  # 2
        ("별로예요", "부정"),  # 3: duplicate, kept
        (LONG.replace("다시", "또"), "부정"),  # 4
        ("최고", "긍정"),  # 5
    ]
    dropped = (Dropped(16, "empty text", "train.csv"),)
    return Corpus("flawed", "ko", split(train, 2, dropped), split(test, 2))


@pytest.fixture(scope="session")
def mislabelled(reviews: tuple[list[str], list[str]]) -> tuple[Corpus, list[int]]:
    """Return the reviews with three labels turned over, and the lines of those."""
    turned = [3, 40, 75]
    other = {"positive": "negative", "negative": "positive"}
    rows = list(zip(*reviews, strict=True))
    for row in turned:
        rows[row] = (rows[row][0], other[rows[row][1]])
    return Corpus("turned", "ko", split(rows, 1), None), [row + 1 for row in turned]
