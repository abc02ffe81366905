"""The parts of a text: in order, apart, all of it, and what is left when some go."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kosent.explanation.parts import Border, layout


@given(st.data(), st.integers(1, 20), st.booleans())
def test_parts_are_in_order_and_cover_all_but_white_space(
    typed: st.SearchStrategy[str], data: st.DataObject, most: int, grouped: bool
) -> None:
    text = data.draw(typed)
    found = layout(text, most, grouped=grouped)
    assert len(found) <= most
    assert len(found.borders) == max(len(found) - 1, 0)
    end = 0
    for start, after in found.spans:
        assert end <= start < after
        assert not text[end:start].strip()
        assert not text[start].isspace()
        assert not text[after - 1].isspace()
        end = after
    assert not text[end:].strip()
    assert layout(text, most, grouped=grouped) == found


@given(st.data())
def test_what_is_kept_was_typed(typed: st.SearchStrategy[str], data: st.DataObject) -> None:
    text = data.draw(typed)
    found = layout(text, 12)
    mask = data.draw(st.integers(0, found.everything))
    kept = found.kept(mask)
    parts = [text[start:end] for start, end in found.spans]
    there = [part for number, part in enumerate(parts) if mask >> number & 1]
    assert "".join(kept.split()) == "".join("".join(there).split()) or mask == found.everything
    assert kept.startswith(there[0] if there and mask != found.everything else "")
    assert len(kept) <= len(text)


def test_what_is_left_keeps_its_spaces() -> None:
    found = layout("정말  재밌는\t영화", 9)
    assert [found.kept(mask) for mask in (0, 1, 0b101, 0b110, 0b111)] == [
        *("", "정말", "정말  영화", "재밌는\t영화", "정말  재밌는\t영화")
    ]


def test_words_are_not_glued_when_a_piece_between_them_goes() -> None:
    text = "와 정말재미있게봤습니다추천합니다"
    found = layout(text, 9)
    assert len(found) > 3
    assert found.kept(1 | 1 << 2).startswith("와 ")


def test_text_that_is_whole_stays_as_typed() -> None:
    found = layout("  좋다 \n", 9)
    assert found.kept(1) == "  좋다 \n"


def test_a_negation_is_one_part_or_told_apart_last() -> None:
    text = "이 영화 재미 없지 않다"
    spans = layout(text, 9).spans
    assert [text[start:end] for start, end in spans] == ["이", "영화", "재미 없지 않다"]
    apart = layout(text, 9, grouped=False)
    assert len(apart) == 5
    assert apart.borders == (Border.SPACE, Border.SPACE, Border.NEGATION, Border.NEGATION)


def test_borders() -> None:
    borders = layout("끝났다. 그래서, 좋다 정말", 9).borders
    assert borders == (Border.SENTENCE, Border.CLAUSE, Border.SPACE)


def test_many_words_are_joined_to_runs_of_similar_length() -> None:
    text = " ".join(f"낱말{number}" for number in range(1000))
    found = layout(text, 64)
    assert len(found) == 64
    sizes = {len(text[start:end].split()) for start, end in found.spans}
    assert sizes <= {15, 16}
