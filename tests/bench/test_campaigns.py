"""Short forms of the campaigns in ``bench/``: kills, disks, downloads, threads, a cold cache."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"

SHORT = {
    "kills.py --count 4 --only": ["save over a folder"],
    "disk.py --every 31 --only": ["save over a folder"],
    "disk.py --every 3 --only": ["predict .csv"],
    "small_disk.py --sizes 4 --only": ["save over a folder"],
    "downloads.py --count 12": [],
    "threads.py --threads 16 --rounds 3": [],
}


def may_mount() -> bool:
    """Return whether this system lets a process mount file systems that it alone sees."""
    mount = ["mount", "-t", "tmpfs", "none", "/mnt"]
    try:
        unshare = ["unshare", "--map-root-user", "--mount", *mount]
        return subprocess.run(unshare, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.slow
@pytest.mark.parametrize("line", SHORT)
def test_a_short_campaign(line: str, tmp_path: Path) -> None:
    name, *options = line.split()
    if name == "small_disk.py" and not may_mount():
        pytest.skip("no file system may be mounted here, not even in a namespace of its own")
    command = [sys.executable, str(BENCH / name), *options, *SHORT[line]]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert " 0 wrong" in ended.stdout


@pytest.mark.slow
def test_a_cold_cache(tmp_path: Path) -> None:
    command = [sys.executable, str(BENCH / "simultaneous.py"), "--processes", "3"]
    command += ["--only", "cold_cache"]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    for said in ('"0": 3', '"different answers": 1', '"lines on stderr": []', '"left behind": []'):
        assert said in ended.stdout, ended.stdout
