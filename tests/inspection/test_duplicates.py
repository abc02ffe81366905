from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.inspection.duplicates import grouped, similarity

LONG = "배우들의 연기도 좋았고 음악도 좋았지만 결말이 너무 아쉬워서 다시 보지는 않을 것 같다"
TEXT = st.text(alphabet="가나다 ab!?ㅋ\n", max_size=12) | st.text(max_size=8)
TEXTS = st.lists(TEXT, max_size=30)


def near(*texts: str) -> list[int]:
    return grouped(texts).near.tolist()


def same(*texts: str) -> list[int]:
    return grouped(texts).same.tolist()


@pytest.mark.parametrize(
    "other", [" 정말  재밌다\n", "정말\u3000재밌다", unicodedata.normalize("NFD", "정말 재밌다")]
)
def test_the_same(other: str) -> None:
    assert same("정말 재밌다", "별로", other) == [0, 1, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("정말 재밌다", "정말재밌다!!"),
        ("OK 굿", "ok굿"),
        ("정말 재밌다", "정말\u200b 재밌다\ufeff"),
        ("가\ud800", "가\udfff"),
        ("ㅋㅋㅋㅋㅋ 웃겨", "ㅋㅋ 웃겨"),
        (LONG, LONG.replace("다시", "또")),
        (LONG, "아 " + LONG),
    ],
)
def test_nearly_the_same(one: str, other: str) -> None:
    assert same(one, "별로", other) == [0, 1, 2]
    assert near(one, "별로", other) == [0, 1, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("재밌다", "안 재밌다"),
        ("재밌다", "재밌어"),
        ("!!!", "???"),
        ("♥", "♥♥"),
        ("", "."),
        (LONG, LONG[: len(LONG) // 2]),
    ],
)
def test_different(one: str, other: str) -> None:
    expected = [0, 0] if {one, other} == {"\ud800"} else [0, 1]  # both become U+FFFD
    assert near(one, other) == expected


def test_similarity_is_that_of_trigrams() -> None:
    assert similarity("가나다", "가나다") == 1
    assert similarity("가", "나") == 0
    assert similarity("가나", "가나다") == pytest.approx(1 / 4)  # ^가나 of ^가나 가나$ 가나다 나다$


def test_similar_pairs_link_a_chain() -> None:
    steps = [LONG, LONG + " 정말", LONG + " 정말 진짜", LONG + " 정말 진짜 아주"]
    assert near(*steps) == [0, 0, 0, 0]


def test_none() -> None:
    assert (same(), near()) == ([], [])


def test_thousands_of_one_template() -> None:
    texts = [f"{LONG} {number:05d}" for number in range(3000)]
    groups = grouped(texts)
    assert groups.same.tolist() == list(range(3000))
    assert set(groups.near.tolist()) == {0}


@given(TEXTS)
def test_a_text_is_in_the_group_of_its_copy(texts: list[str]) -> None:
    groups = grouped(texts + texts)
    for numbers in groups:
        assert numbers[: len(texts)].tolist() == numbers[len(texts) :].tolist()


@given(TEXTS, st.data())
def test_order_does_not_matter(texts: list[str], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(texts))))
    given_first = grouped(texts)
    shuffled = grouped([texts[place] for place in order])
    for one, other in zip(given_first, shuffled, strict=True):
        assert partition(one.tolist()) == partition(other.tolist(), order)


def partition(numbers: list[int], places: list[int] | None = None) -> set[frozenset[int]]:
    members: dict[int, set[int]] = {}
    for place, number in zip(places or range(len(numbers)), numbers, strict=True):
        members.setdefault(number, set()).add(place)
    return {frozenset(each) for each in members.values()}


@given(TEXTS)
def test_groups_are_numbered_by_first_occurrence_and_equal_texts_are_near(texts: list[str]) -> None:
    groups = grouped(texts)
    for numbers in groups:
        assert list(dict.fromkeys(numbers.tolist())) == list(range(len(set(numbers.tolist()))))
    assert len(set(zip(*map(list, groups), strict=True))) == len(set(groups.same.tolist()))
