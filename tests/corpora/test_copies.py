"""Texts that stand in a corpus more than once, and what is said of them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.corpora.base import Audit, Corpus, Split
from kosent.corpora.copies import Copies, first_copies, text_key


def split(*rows: tuple[str, str]) -> Split:
    texts, labels = ([row[column] for row in rows] for column in (0, 1))
    return Split(texts, labels, Audit(len(rows), len(rows)))


NFD = unicodedata.normalize("NFD", "재밌다")


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("재밌다", NFD, True),
        ("정말 재밌다", " 정말\u3000\t재밌다\n", True),
        ("정말 재밌다", "정말재밌다", False),
        ("good", "Good", False),
        ("재밌다!", "재밌다", False),
        ("１", "1", False),  # NFC, not NFKC
        ("", "  ", True),
    ],
)
def test_which_texts_are_the_same(one: str, two: str, same: bool) -> None:
    assert (text_key(one) == text_key(two)) is same
    assert first_copies([one, two]) == ([0, 0] if same else [0, 1])


@given(st.lists(st.sampled_from(["가", "나", "다 라", NFD, "재밌다", " 가"]), max_size=20))
def test_the_first_of_the_same_is_named(texts: list[str]) -> None:
    keys = [text_key(text) for text in texts]
    assert first_copies(texts) == [keys.index(key) for key in keys]


def test_each_kind_is_counted_and_said_in_one_line() -> None:
    train = split(("가", "p"), ("가 ", "p"), ("가", "n"), ("나", "n"), (NFD, "p"), ("재밌다", "p"))
    test = split(("나", "p"), ("새것", "p"), ("나", "n"), ("새것", "보통"), ("다", "보통"))
    found = Copies.of(Corpus("mine", "ko", train, test))
    assert found == Copies(3, 1, 2, {"보통": 2})
    assert found.to_dict() == {
        "repeated": 3,
        "contradicting": 1,
        "test_in_train": 2,
        "unseen_labels": {"보통": 2},
    }
    lines = found.notices()
    assert len(lines) == 4
    for line, said in zip(lines, ("of 3 rows", "1 texts have", "of 2 rows", "2 rows"), strict=True):
        korean, english = line.split(" / ")
        assert said in english
        assert korean != english
    assert "'보통' (2)" in lines[3]


def test_where_there_is_nothing_nothing_is_said() -> None:
    found = Copies.of(Corpus("mine", "ko", split(("가", "p"), ("나", "n")), None))
    assert found == Copies(0, 0, 0)
    assert found.notices() == []
