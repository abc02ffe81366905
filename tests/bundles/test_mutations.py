"""A short run of ``bench/mutations.py``: no change of a bundle's bytes crashes or goes unseen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "mutations.py"


@pytest.mark.slow
def test_random_changes_of_the_files(tmp_path: Path) -> None:
    command = [sys.executable, str(BENCH), "--count", "600", "--seed", "3"]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("600 changes: "), ended.stdout
    refused = int(ended.stdout.split()[2].replace(",", ""))
    assert refused > 500
