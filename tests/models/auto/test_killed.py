"""A search of ``auto`` is killed for real, and another process goes on to the same model."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kosent

# Two candidates: a linear model, and a network that would take a minute longer than the test waits.
SEARCH = """
import json, sys
from kosent.corpora import load_corpus
from kosent.language import Message
from kosent.models.auto import automatic, rows
from kosent.models.auto.portfolio import PORTFOLIO, Entry
from kosent.runs.config import RunConfig
from kosent.runs.run import resume_run, train_run

folder, resume = sys.argv[1], sys.argv[2] == "resume"
network = Entry(
    "network", Message("작은 신경망", "a small network"), "network",
    lambda _: {"architecture": "gru", "tokenizer": "whitespace", "epochs": 4, "patience": 4,
               "architecture_options": {"embedding_size": 8, "units": 4}},
    lambda _: True, lambda _: 60.0,
)
rows.FEW = 100
automatic.suiting = lambda _: [PORTFOLIO[0], network]
if resume:
    done = resume_run(folder)
else:
    config = RunConfig(corpus="sample", limit=240, classifier={"speed": 1, "minutes": 5})
    done = train_run(config, folder=folder)
print(json.dumps([[each.name, each.weight, each.failure] for each in done.classifier.tried_]))
"""


def begin(folder: Path, how: str = "train") -> subprocess.Popen[str]:
    line = [sys.executable, "-c", SEARCH, str(folder), how]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> list[Any]:
    out, said = process.communicate()
    assert process.returncode == 0, said
    found: list[Any] = json.loads(out)
    return found


def wait_until(there: Callable[[], bool]) -> None:
    until = time.monotonic() + 180
    while not there():
        assert time.monotonic() < until
        time.sleep(0.02)


def answers(folder: Path) -> np.ndarray[Any, Any]:
    return kosent.load(folder / "bundle").predict_proba(["정말 재미있다", "돈이 아까웠다", ""])


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    folder = tmp_path_factory.mktemp("runs") / "whole"
    return folder, finish(begin(folder))


@pytest.mark.slow
def test_a_killed_search_goes_on_to_the_same_model(
    uninterrupted: tuple[Path, list[Any]], tmp_path: Path
) -> None:
    whole, tried = uninterrupted
    folder = tmp_path / "killed"
    process = begin(folder)
    checkpoints = folder / "candidates" / "network" / "checkpoints"
    wait_until(lambda: any(checkpoints.glob("epoch-*")))
    (network,) = children_of(process.pid)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (folder / "bundle").exists()
    wait_until(lambda: not alive(network))  # it ends with its parent
    assert finish(begin(folder, "resume")) == tried
    np.testing.assert_array_equal(answers(folder), answers(whole))
    assert {name for name, weight, failure in tried if failure is None} == {"characters", "network"}


def children_of(process: int) -> list[int]:
    """Return the processes that a process has started."""
    statuses = Path("/proc").glob("[0-9]*/status")
    return [int(each.parent.name) for each in statuses if f"\nPPid:\t{process}\n" in text_of(each)]


def text_of(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended meanwhile
        return ""


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in text_of(Path(f"/proc/{process}/status"))
