"""Groups of rows by hand: text and label of each, those of the test split in capitals."""

from __future__ import annotations

import numpy as np
import pytest

from kosent.inspection.copies import copies, outvoted
from kosent.inspection.duplicates import Groups


def table(rows: str, near: dict[str, str] | None = None) -> tuple[Groups, np.ndarray, np.ndarray]:
    """Read ``a+ a- A+``: text ``a`` positive, negative, and in the test split positive."""
    cells = rows.split()
    letters = sorted({cell[0].lower() for cell in cells})
    same = np.array([letters.index(cell[0].lower()) for cell in cells], np.int64)
    alike = {letter: (near or {}).get(letter, letter) for letter in letters}
    linked = np.array([letters.index(alike[cell[0].lower()]) for cell in cells], np.int64)
    numbers = np.array(["-+0".index(cell[1]) for cell in cells], np.int32)
    return Groups(same, linked), numbers, np.array([cell[0].isupper() for cell in cells])


def having(name: str, rows: str, near: dict[str, str] | None = None) -> str:
    mask = copies(*table(rows, near))[name]
    return "".join("x" if each else "." for each in mask)


@pytest.mark.parametrize(
    ("name", "rows", "expected"),
    [
        ("duplicate", "a+ b+ a+ a+ A+ A+", "..xx.x"),
        ("duplicate", "a+ a- a+", "..x"),
        ("both labels", "a+ a- b+ b+ c-", "xx..."),
        ("both labels", "a+ b+ A-", "x.x"),
        ("in test", "a+ b+ a- A+ C+", "x.x.."),
        ("near test", "a+ b+ A+", "..."),
        ("near duplicate", "a+ a+ b+", "..."),
    ],
)
def test_same_texts(name: str, rows: str, expected: str) -> None:
    assert having(name, rows) == expected


@pytest.mark.parametrize(
    ("name", "rows", "expected"),
    [
        ("near duplicate", "a+ b+ a+ b- c+", ".x.x."),
        ("near duplicate", "b+ a+ A+ B+", ".x.x"),
        ("near test", "a+ c+ B+", "x.."),
        ("near test", "a+ b+ B+", "x.."),  # b stands in test itself
        ("in test", "a+ b+ B+", ".x."),
        ("both labels", "a+ b-", ".."),
    ],
)
def test_near_texts(name: str, rows: str, expected: str) -> None:
    assert having(name, rows, {"b": "a"}) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("a+ b- a+", "..."),
        ("a+ a- a+", ".x."),
        ("a+ a- b+", "xx."),
        ("a+ a+ a- a- a0", "xxxxx"),
        ("a+ a+ a- A- A-", "..x.."),  # test has no vote, and loses no row
        ("a- A+ A-", "..."),
    ],
)
def test_the_most_frequent_label_of_a_text_wins(rows: str, expected: str) -> None:
    groups, numbers, is_test = table(rows)
    lost = outvoted(groups.same, numbers, is_test)
    assert "".join("x" if each else "." for each in lost) == expected
