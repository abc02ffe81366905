"""The filter of what the packaged model of reviews knows: it misses none of what is in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.models.pretrained import seen as module
from kosent.models.pretrained.seen import BITS_A_TEXT, PATH, filter_of, seen

any_texts = st.lists(st.text(st.characters(), max_size=20), min_size=1, max_size=30)


def known(content: bytes, texts: list[str], folder: Path) -> list[bool]:
    """Ask a filter of our own."""
    path = folder / "some.seen"
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PATH", path)
        return [bool(each) for each in seen(texts)]


@given(any_texts)
def test_what_is_in_it_is_found(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    assert all(known(filter_of(texts), texts, tmp_path_factory.getbasetemp()))


@given(any_texts)
def test_order_and_copies_make_no_difference(texts: list[str]) -> None:
    assert filter_of(texts) == filter_of([*texts[::-1], texts[0]])


def test_spacing_and_the_form_of_unicode_make_no_difference(tmp_path: Path) -> None:
    content = filter_of(["각본이 좋다"])
    forms = [" 각본이  좋다\n", "\u1100\u1161\u11a8본이 좋다"]
    assert known(content, forms, tmp_path) == [True, True]


def test_one_in_a_hundred_others_is_taken_for_one_of_them(tmp_path: Path) -> None:
    content = filter_of(f"아는 글 {number}" for number in range(2000))
    others = known(content, [f"모르는 글 {number}" for number in range(5000)], tmp_path)
    assert 0 <= np.mean(others) < 0.02
    assert len(content) <= BITS_A_TEXT * 2000 // 8 + 1


def test_the_filter_in_the_package() -> None:
    """No review stands in this repository; of made-up texts it knows about one in a hundred."""
    assert len(PATH.read_bytes()) > 400_000
    made_up = [f"이 영화의 {number}번째 장면을 {number % 7}번 보았습니다" for number in range(3000)]
    found = seen(made_up)
    assert (found.dtype, found.shape) == (np.bool_, (3000,))
    assert found.mean() < 0.03
    assert seen([]).shape == (0,)
