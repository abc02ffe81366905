"""The list of ``bench/faults.py`` follows the code; the run itself takes half an hour."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FAULTS = runpy.run_path(str(ROOT / "bench" / "faults.py"))["FAULTS"]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda each: f"{Path(each.file).name}-{each.old}")
def test_a_fault_can_be_put_in(fault: Any) -> None:
    text = (ROOT / "src/kosent" / fault.file).read_text("utf-8")
    assert fault.old in text
    assert text.replace(fault.old, fault.new) != text
    for place in fault.tests.split():
        name, _, inside = place.partition("::")
        assert (ROOT / name).exists()
        assert inside in (ROOT / name).read_text("utf-8") if inside else True
