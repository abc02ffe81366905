"""Which eojeol negate together."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.explanation.negation import joined


def groups(text: str) -> list[str]:
    words = text.split()
    together = joined(words)
    starts = [0, *(n + 1 for n, same in enumerate(together) if not same), len(words)]
    return [" ".join(words[one:other]) for one, other in pairwise(starts) if other - one > 1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("재미 없지 않다", ["재미 없지 않다"]),
        ("진짜 안 좋다", ["안 좋다"]),
        ("아직 못 봤다", ["못 봤다"]),
        ("이건 좋지 않다", ["좋지 않다"]),
        ("끝까지 보지 못했다", ["보지 못했다"]),
        ("별로 재미있는 영화는 아니다", ["별로 재미있는 영화는 아니다"]),
        ("별로 안 좋았다", ["별로 안 좋았다"]),
        ("전혀 지루하지 않았어요", ["전혀 지루하지 않았어요"]),
        ("다시 볼 수 없다", ["볼 수 없다"]),
        ("나쁜 게 아니라 최고", ["나쁜 게 아니라"]),
        ("절대 보지 마세요", ["보지 마세요"]),
        ("영화 아님", ["영화 아님"]),
        ("this is not a very good movie", ["not a very good"]),
        ("I don't like it", ["don't like"]),
        ("I don’t like it", ["don’t like"]),
        # nothing is negated, or what seems so is the end of something else
        ("별로", []),
        ("별로 좋은 배우가 나온다", []),
        ("아니 진짜 좋다", []),
        ("말이 많다", []),
        ("끝. 아니다 싶다", []),
        ("정말 재미있다", []),
        ("안", []),
        ("", []),
    ],
)
def test_groups(text: str, expected: list[str]) -> None:
    assert groups(text) == expected


def test_decomposed_text_negates_too() -> None:
    assert joined(["\u110b\u1161\u11ab", "좋다"]) == [True]


def test_a_group_is_never_long() -> None:
    assert max(map(len, map(str.split, groups("안 " * 1000)))) == 6


@given(st.lists(st.text(min_size=1, max_size=5), max_size=20))
def test_any_words(words: list[str]) -> None:
    assert len(joined(words)) == max(len(words) - 1, 0)
