"""The dynamic programme against itself without its short cuts."""

from __future__ import annotations

import random

import pytest

from kosent.text.openkorean import lattice
from kosent.text.openkorean.dictionary import Dictionary
from kosent.text.openkorean.grammar import Grammar
from kosent.text.openkorean.lattice import Lattice
from kosent.text.openkorean.vocabulary import Vocabulary

TEXT = """
음모하고 벌좀 주세요 제발 보는내내 지루하고 하품만 나와서 중간에 나왔습니다 재밌었어요 배우들 연기
이 그 는 을 으로 하 해 은 데 지 일 만 김 니 우혀니 삼백이십원 쌉 뷁 훌쩍 마동석 액션 완전 헐 초 쳐
더러운 감동적인 스토리가 너무 빈약 해서 졸려 죽는줄 알았네 여주인공 카메라 음악이랑 같이 나는 입니다
"""
PIECES = TEXT.split()


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    return Vocabulary(Dictionary())


def runs(seed: int, count: int) -> list[str]:
    chance = random.Random(seed)  # noqa: S311
    return ["".join(chance.choices(PIECES, k=chance.randint(1, 7))) for _ in range(count)]


def test_what_is_left_out_would_not_have_been_kept(
    words: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all readings near each other, none is left out, and each has the library's score."""
    grammar = Grammar(14)
    for run in runs(1, 150):
        fast = Lattice(run, words, grammar)
        with monkeypatch.context() as patched:
            patched.setattr(lattice, "NEAR", 1e6)
            slow = Lattice(run, words, grammar)
        assert _kept(fast) == _kept(slow), run


def test_what_is_taken_over_is_what_would_have_been_found(words: Vocabulary) -> None:
    grammar = Grammar(14)
    other = None
    for run in sorted(runs(2, 150)):
        other = Lattice(run, words, grammar, other)
        assert _kept(other) == _kept(Lattice(run, words, grammar)), run


def _kept(found: Lattice) -> list[list[tuple[object, ...]]]:
    return [
        [(reading[1], reading[6], *found._features(reading)) for reading in best]
        for best in found._best[1:]
    ]
