"""Short runs of ``bench/mutations.py`` and ``bench/hostile.py``: no file of a stranger crashes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "bench"
BENCH = FOLDER / "mutations.py"


@pytest.mark.slow
def test_random_changes_of_the_files(tmp_path: Path) -> None:
    command = [sys.executable, str(BENCH), "--count", "600", "--seed", "3"]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("600 changes: "), ended.stdout
    refused = int(ended.stdout.split()[2].replace(",", ""))
    assert refused > 500


@pytest.mark.slow
def test_hostile_models(tmp_path: Path) -> None:
    command = [sys.executable, str(FOLDER / "hostile.py"), "--every", "48"]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "7 hostile models, 7 refused" in ended.stdout
