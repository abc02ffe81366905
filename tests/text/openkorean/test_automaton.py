"""The arrays of words and steps against the vocabulary and the grammar."""

from __future__ import annotations

import numpy as np
import pytest

from kosent.text.openkorean import automaton as automata
from kosent.text.openkorean.automaton import NEVER, UNIT, Automaton
from kosent.text.openkorean.dictionary import Dictionary
from kosent.text.openkorean.grammar import Grammar
from kosent.text.openkorean.vocabulary import Vocabulary

SPANS = [
    "영화",
    "재미",
    "는",
    "은",
    "뷁",
    "뷁뷁",
    "하",
    "삼백이십",
    "마동석",
    "우혀니",
    "이",
    "재미없었다",
]


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    return Vocabulary(Dictionary())


def test_descriptions_are_the_vocabularys(words: Vocabulary) -> None:
    automaton = Automaton(words, Grammar(14))
    for span, number in zip(SPANS, automaton.find_words(SPANS).tolist(), strict=True):
        classes, rarity, _ = words.describe(span)
        row = [automaton.words[column][number] for column in ("none", "liquid", "other")]
        assert [automaton._classes[each] for each in row] == list(classes), span
        assert automaton.words["rarity"][number] == np.float32(rarity)


def test_spans_that_are_forgotten_get_the_same_numbers(
    words: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    automaton = Automaton(words, Grammar(14))
    first = automaton.find_words(SPANS).tolist()
    monkeypatch.setattr(automata, "_MOST_SPANS", 2)
    assert automaton.find_words(SPANS).tolist() == first
    assert len(automaton._spans) <= len(SPANS)


def test_steps_are_the_grammars(words: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    """With tables that have to grow at nearly every step."""
    monkeypatch.setattr(automata, "_ROOM", 1)
    grammar = Grammar(14)
    automaton = Automaton(words, grammar)
    numbers = automaton.find_words(SPANS)
    classes = automaton.words["none"][numbers]
    for _ in range(3):
        places = np.arange(len(automaton._places))[:, None]
        rows = automaton.find_rows(places, classes)
        for place, row_of_place in enumerate(rows.tolist()):
            for kind, row in zip(classes.tolist(), row_of_place, strict=True):
                least, steps = grammar.find_steps(
                    automaton._places[place], automaton._classes[kind]
                )
                assert automaton.rows["least"][row] == (least * UNIT if steps else NEVER)
                start, count = automaton.rows["first"][row], automaton.rows["count"][row]
                mine = slice(start, start + count)
                assert automaton.steps["cost"][mine].tolist() == [c * UNIT for c, _, _ in steps]
                assert automaton.steps["tag"][mine].tolist() == [tag for _, tag, _ in steps]
                to = [automaton._places[each] for each in automaton.steps["place"][mine]]
                assert to == [step.place for _, _, step in steps]
    assert len(automaton._places) > 10
