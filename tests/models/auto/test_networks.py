"""Networks in processes of their own: what comes of them arrives, and none is left behind."""

from __future__ import annotations

import importlib
import os
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kosent
from kosent.models.auto import networks
from kosent.models.auto.networks import MODEL, Job, Outcome, Trainings, write_rows
from kosent.models.auto.rows import Rows, Split
from kosent.training.splits import hold_out

PRETENDED = """
import os, sys, time

def serve(folder, settings, seconds):
    os.makedirs(folder, exist_ok=True)
    open(os.path.join(folder, str(os.getpid())), "w").close()
"""
Reviews = tuple[list[str], list[str]]


def rows_of(reviews: Reviews) -> Rows:
    labels = sorted(set(reviews[1]))
    numbers = np.array([labels.index(label) for label in reviews[1]], np.int32)
    return Rows(reviews[0], numbers, labels)


def outcomes(folder: Path, *jobs: Job) -> dict[str, Outcome]:
    with Trainings(folder, jobs) as trainings:
        return {outcome.name: outcome for outcome in trainings}


@pytest.mark.slow
def test_a_network_is_trained_and_handed_over(
    reviews: Reviews, tiny: dict[str, Any], tmp_path: Path
) -> None:
    rows = rows_of(reviews)
    split = Split(*hold_out(rows.numbers, 0.2, 7))
    write_rows(tmp_path, rows, split)
    good = Job("good", tiny | {"epochs": 1, "seed": 7, "validation_fraction": 0.2}, 600)
    bad = Job("bad", {"architecture": "lstmm"}, 600)
    found = outcomes(tmp_path, good, bad)
    assert found["bad"].model is None
    assert "UsageError" in str(found["bad"].failure)
    done = found["good"]
    assert (done.failure, done.model) == (None, tmp_path / "good" / MODEL)
    assert done.held is not None
    model = kosent.load(tmp_path / "good" / MODEL)
    texts = [rows.texts[row] for row in split.held]
    np.testing.assert_allclose(model.predict_proba(texts), done.held, atol=1e-5)
    assert model.info_["rows"] == {"train": len(split.learned), "validation": len(split.held)}

    # A run that was killed goes on: what was finished is not trained again.
    before = (tmp_path / "good" / MODEL).stat()
    again = outcomes(tmp_path, good)["good"]
    assert (tmp_path / "good" / MODEL).stat().st_mtime_ns == before.st_mtime_ns
    np.testing.assert_array_equal(again.held, done.held)


@pytest.mark.slow
class TestProcesses:
    """These only pretend to train."""

    @pytest.fixture
    def pretend(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
        def to(does: str) -> None:
            place = tmp_path / "modules"
            place.mkdir()
            content = PRETENDED + textwrap.indent(does, "    ") + "\n"
            (place / "pretended_training.py").write_text(content)
            monkeypatch.syspath_prepend(place)
            monkeypatch.delitem(sys.modules, "pretended_training", raising=False)
            module = importlib.import_module("pretended_training")
            monkeypatch.setattr(networks, "serve", module.serve)

        return to

    def test_one_that_dies_is_an_outcome(self, pretend: Any, tmp_path: Path) -> None:
        pretend("print('no memory', file=sys.stderr); os._exit(3)")
        found = outcomes(tmp_path, Job("a", {}, 9))["a"]
        assert (found.model, found.held, found.failure) == (None, None, "no memory")

    def test_one_that_says_nothing_is_an_outcome(self, pretend: Any, tmp_path: Path) -> None:
        pretend("os._exit(3)")
        assert outcomes(tmp_path, Job("a", {}, 9))["a"].failure == "exit code 3"

    def test_one_that_takes_too_long_is_ended(self, pretend: Any, tmp_path: Path) -> None:
        pretend("time.sleep(600)")
        at_once = 1 / networks._HANGING - 60  # seconds it should take, of which one is waited
        found = outcomes(tmp_path, Job("a", {}, at_once))["a"]
        assert found.failure == "out of time"

    def test_processor_time_ends_it(self, tmp_path: Path, reviews: Reviews) -> None:
        rows = rows_of(reviews)
        write_rows(tmp_path, rows, Split(*hold_out(rows.numbers, 0.2, 7)))
        at_once = 1 / networks._PATIENCE - 15  # a second: TensorFlow alone takes longer to begin
        found = outcomes(tmp_path, Job("a", {"architecture": "gru", "epochs": 999}, at_once))["a"]
        assert (found.model, found.failure) == (None, "out of time")

    def test_leaving_ends_all(self, pretend: Any, tmp_path: Path) -> None:
        pretend("time.sleep(600)")
        names = ("a", "b", "c", "d", "e")
        with Trainings(tmp_path, [Job(name, {}, 99) for name in names]):
            begun = wait_for(tmp_path, names)
        assert begun
        for process in begun:
            with pytest.raises(ProcessLookupError):
                os.kill(process, 0)
        assert numbers(tmp_path, names) == begun  # the rest was never started


def wait_for(folder: Path, names: tuple[str, ...]) -> list[int]:
    until = time.monotonic() + 120
    while not numbers(folder, names) and time.monotonic() < until:
        time.sleep(0.05)
    return numbers(folder, names)


def numbers(folder: Path, names: tuple[str, ...]) -> list[int]:
    return sorted(int(path.name) for name in names for path in (folder / name).glob("*"))
