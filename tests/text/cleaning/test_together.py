"""Many texts cleaned at once get what each gets alone."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kosent.text.cleaning import MANY, Cleaner
from kosent.text.cleaning.rules import Rules
from kosent.text.cleaning.together import clean_together, is_covered

PARTS = [
    *"aAnz'’.,:!?39٣ \n가ㅋᄀ\u1161ㅠ😂❤~^(-Σİẖ\u0301\u0331\u3164\u3000\u034f\0\ud800",
    *("ㅋㅋㅋㅋㅋ", "3.5", "don't", "❤\ufe0f❤\ufe0f❤\ufe0f❤\ufe0f", "👨\u200d👩", "11111"),
]
TEXT = st.lists(st.sampled_from(PARTS), max_size=12).map("".join) | st.text(max_size=12)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.booleans() for name in ("invisible", "nfc", "lower")},
        "repeats": st.integers(0, 5),
    },
)


@given(st.lists(TEXT, min_size=1, max_size=8), OPTIONS)
@example(["3.5.2", "3..5", ".5", "5.", "a'b’c", "'a", ""], {})
@example(["", " ", "", "", "", ""], {})
@example(["가" * 400, "\u0301" * 40, "\u0301a", "ΑΣ", "Σ"], {})
def test_each_text_gets_what_it_gets_alone(texts: list[str], options: dict[str, int]) -> None:
    cleaner = Cleaner("korean", options)
    assert clean_together(texts, cleaner.rules, cleaner) == list(map(cleaner, texts))


@pytest.mark.parametrize("preset", ["korean", "english", "source", "none"])
@pytest.mark.parametrize("count", [0, 1, MANY])
def test_any_preset_and_number_of_texts(preset: str, count: int) -> None:
    cleaner = Cleaner(preset)
    texts = ["정말 재밌다!! <b>It's</b> 3.5점ㅋㅋㅋㅋㅋ😂😂"] * count
    assert cleaner.all(texts) == list(map(cleaner, texts))


@pytest.mark.parametrize("options", [{"urls": True}, {"width": True}, {"marks": "english"}])
def test_other_rules_are_left_to_one_by_one(options: dict[str, bool]) -> None:
    cleaner = Cleaner("korean", options)
    assert not is_covered(cleaner.rules)
    texts = ["www.a.kr！ Ｏ.K's"] * MANY
    assert cleaner.all(texts) == list(map(cleaner, texts))
    assert is_covered(Rules(marks="korean"))
