from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kosent.support.spreadsheet import guarded, unguarded

FORMULAS = ("=1+1", "+82", "-", "@sum", "\tx", "\r", "\nx", "=cmd|' /C calc'!A0")
FORMULAS += ("＝1", "＋1", "－1", "＠x")


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_is_text(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "재밌다", "'90년대", "a=b", " =1", "1-2", "''"])
def test_other_cells_stay(cell: str) -> None:
    assert guarded(cell) == cell
    assert unguarded(cell) == cell


@given(st.text(alphabet="'=+-@＝＠\t\r\n가a 1", max_size=6) | st.text())
@example("'=1")
@example("''-_-")
def test_guarding_is_undone(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert guarded(cell)[:1] not in tuple("=+-@＝＋－＠\t\r\n")
