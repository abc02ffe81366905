"""What held-out texts got, as a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kosent.models.held import HeldOut
from kosent.runs.held import FILE, read_held, write_held

HELD = HeldOut(
    np.array([4, 0], np.int64),
    np.array([1, 0], np.int32),
    np.array([[0.25, 0.75], [0.5, 0.5]], np.float32),
)


@pytest.mark.parametrize("held", [HELD, HELD._replace(truth=np.eye(2, dtype=np.bool_))])
def test_it_comes_back(held: HeldOut, tmp_path: Path) -> None:
    write_held(tmp_path, held)
    before = (tmp_path / FILE).read_bytes()
    found = read_held(tmp_path)
    assert found is not None
    for one, other in zip(found, held, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    write_held(tmp_path, held)
    assert (tmp_path / FILE).read_bytes() == before


def test_what_is_right() -> None:
    np.testing.assert_array_equal(HELD.right, [True, True])


@pytest.mark.parametrize("damage", [b"", b"\x00" * 40])
def test_what_is_not_there_or_damaged(damage: bytes, tmp_path: Path) -> None:
    assert read_held(tmp_path) is None
    (tmp_path / FILE).write_bytes(damage)
    assert read_held(tmp_path) is None
