"""Many runs at once against one run after another."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosent.text.openkorean import automaton as automata
from kosent.text.openkorean import lattices
from kosent.text.openkorean.automaton import Automaton
from kosent.text.openkorean.dictionary import Dictionary
from kosent.text.openkorean.grammar import Grammar
from kosent.text.openkorean.lattice import Lattice
from kosent.text.openkorean.lattices import LONGEST_RUN, best_readings
from kosent.text.openkorean.tags import LONGEST, WORD_TAGS
from kosent.text.openkorean.vocabulary import Vocabulary

TEXT = """
음모하고 벌좀 주세요 제발 보는내내 지루하고 하품만 나와서 중간에 나왔습니다 재밌었어요 배우들 연기
이 그 는 을 으로 하 해 은 데 지 일 만 김 니 우혀니 삼백이십원 쌉 뷁 훌쩍 마동석 액션 완전 헐 초 쳐
더러운 감동적인 스토리가 너무 빈약 해서 졸려 죽는줄 알았네 여주인공 카메라 음악이랑 같이 나는 입니다
아니 그런데 와 아 응 저 이런 그러나 안 못 갈비 먹었었겠습니다만 영화관에서만큼은 최고 다 고 서
"""
PIECES = TEXT.split()
SYLLABLES = st.text(st.characters(min_codepoint=ord("가"), max_codepoint=ord("힣")), min_size=1)


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    return Vocabulary(Dictionary())


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    return Grammar(14)


@pytest.fixture(scope="module")
def automaton(words: Vocabulary, grammar: Grammar) -> Automaton:
    return Automaton(words, grammar)


def runs(seed: int, count: int) -> list[str]:
    chance = random.Random(seed)  # noqa: S311
    many = ("".join(chance.choices(PIECES, k=chance.randint(1, 5))) for _ in range(count))
    return [run[:LONGEST_RUN] for run in many]


def test_each_reading_is_that_of_the_run_alone(
    words: Vocabulary, grammar: Grammar, automaton: Automaton
) -> None:
    given_runs = runs(1, 3000)
    found = best_readings(given_runs, automaton)
    alone = [Lattice(run, words, grammar).best() for run in given_runs]
    sure = [number for number, reading in enumerate(found) if reading is not None]
    assert [found[number] for number in sure] == [alone[number] for number in sure]
    assert len(sure) > 0.9 * len(given_runs)


@given(st.lists(SYLLABLES.map(lambda run: run[:LONGEST_RUN]), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_any_syllables(
    words: Vocabulary, grammar: Grammar, automaton: Automaton, given_runs: list[str]
) -> None:
    for run, reading in zip(given_runs, best_readings(given_runs, automaton), strict=True):
        assert reading in (None, Lattice(run, words, grammar).best()), run


@pytest.mark.parametrize(
    "run", ["뷁" * LONGEST_RUN, "이" * LONGEST_RUN, "은는을를이가의에" * 2, "가"]
)
def test_scores_of_long_runs_fit_their_bits(
    words: Vocabulary, grammar: Grammar, automaton: Automaton, run: str
) -> None:
    (reading,) = best_readings([run], automaton)
    assert reading in (None, Lattice(run, words, grammar).best())
    lattice = Lattice(run, words, grammar)
    score = lattice._best[-1][-1][0]
    bits = 63 - lattices._PLACES - lattices._TAGS
    assert (score + 1000) * automata.UNIT < 2 ** (bits - 1)


def test_places_and_tags_fit_their_bits() -> None:
    assert LONGEST * lattices.BEST * automata.MOST_STEPS <= 2**lattices._PLACES
    assert LONGEST_RUN * (len(WORD_TAGS) - 1) < 2**lattices._TAGS


def test_the_order_of_the_runs_does_not_matter(automaton: Automaton) -> None:
    given_runs = runs(2, 200)
    mixed = random.Random(0).sample(given_runs, len(given_runs))  # noqa: S311
    together = dict(zip(given_runs, best_readings(given_runs, automaton), strict=True))
    assert best_readings(mixed, automaton) == [together[run] for run in mixed]


def test_nearly_equal_scores_are_left_to_the_lattice_of_one_run(
    words: Vocabulary, grammar: Grammar, automaton: Automaton, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_runs = runs(3, 300)
    with monkeypatch.context() as patched:
        patched.setattr(lattices, "NEAR", 0.05)
        careful = best_readings(given_runs, automaton)
    usual = best_readings(given_runs, automaton)
    assert careful.count(None) > usual.count(None)
    assert all(a in (None, b) for a, b in zip(careful, usual, strict=True) if b is not None)
