"""Cells are read as they were written, and only for what they are of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.evaluation.bench.cells import (
    Key,
    Result,
    packed,
    packed_shares,
    read_cell,
    slug,
    unpacked,
    write_cell,
)

KEY = Key("svm", None, 0, "0f" * 32, {"C": 0.3, "pair": (1, 5)}, "scikit-learn 1.9")
RESULT = Result(
    *(80, 0.75, 0.7, 1.5, 1000.0, 12345),
    labels=packed(np.array([0, 1, 1, 6])),
    confidences=packed_shares(np.array([0.5, 1.0, 0.0, 1 / 3])),
    code="ab",
)


def test_there_and_back(tmp_path: Path) -> None:
    assert read_cell(tmp_path, KEY) is None
    write_cell(tmp_path, KEY, RESULT)
    found = read_cell(tmp_path, KEY)
    assert found == RESULT
    assert found.predicted.tolist() == [0, 1, 1, 6]
    assert found.sure == pytest.approx([0.5, 1.0, 0.0, 1 / 3], abs=1e-5)
    assert [path.name for path in tmp_path.iterdir()] == ["svm-all-0.json"]


@pytest.mark.parametrize(
    "other",
    [{"fingerprint": "00"}, {"settings": {"C": 0.4}}, {"version": "scikit-learn 2.0"}],
)
def test_other_texts_settings_or_versions_are_not_it(tmp_path: Path, other: dict[str, str]) -> None:
    write_cell(tmp_path, KEY, RESULT)
    assert read_cell(tmp_path, replace(KEY, **other)) is None


@pytest.mark.parametrize("damage", ["", "{", "{}", '{"format": 1}', "[]", '{"format": 99}'])
def test_a_damaged_cell_is_none(tmp_path: Path, damage: str) -> None:
    (tmp_path / KEY.file).write_text(damage)
    assert read_cell(tmp_path, KEY) is None


def test_damaged_predictions_are_none(tmp_path: Path) -> None:
    write_cell(tmp_path, KEY, replace(RESULT, labels="AAAA"))
    assert read_cell(tmp_path, KEY) is None


@given(st.lists(st.integers(0, 65535)))
def test_numbers_travel(numbers: list[int]) -> None:
    assert unpacked(packed(np.array(numbers, np.int64))).tolist() == numbers


@given(st.text())
def test_a_name_is_a_part_of_a_file_name(name: str) -> None:
    found = slug(name)
    assert "/" not in found
    assert not found.startswith("-")
