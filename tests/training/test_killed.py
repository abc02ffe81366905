"""A training process is killed for real, at bad moments, and another one goes on with its run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kosent import TextClassifier

# Forks a child for each moment, before TensorFlow has started any thread: importing it once
# instead of three times saves 10 s.
KILLED = '''
import json, os, signal, sys
from pathlib import Path

import kosent.training.fit
from kosent import TextClassifier, architectures
from kosent.support import files as storage
from kosent.support.progress import Silent

given = json.load(sys.stdin)


def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)


class InTheMiddle(Silent):
    """Kills its process after the second batch of an epoch."""

    def __init__(self, epoch):
        self.number = epoch

    def stage(self, name, total):
        self.batches = 0
        self.armed = name.startswith(f"epoch {self.number}/")

    def advance(self, steps):
        self.batches += 1
        if self.armed and self.batches == 2:
            die()


def while_writing(whole):
    def write(path, data):
        if path.name == "optimizer.safetensors" and "epoch-0003" in path.parent.name:
            path.write_bytes(data[:7])
            die()
        whole(path, data)

    return write


def train(moment, folder):
    listener = InTheMiddle({"first": 1, "third": 3}.get(moment, 0))
    if moment == "writing":
        storage.write_file = while_writing(storage.write_file)
    if moment == "third":  # what else the process did is none of the run's business
        architectures.build("gru", 9, 2, units=1)
    TextClassifier(**given["classifier"]).fit(
        given["texts"], given["labels"], run_folder=folder, listener=listener
    )


for moment, folder in given["folders"].items():
    child = os.fork()
    if child == 0:
        train(moment, folder)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), (moment, status)
    assert os.WTERMSIG(status) == signal.SIGKILL, moment
'''
MOMENTS = ("first", "third", "writing")
REDONE = {"first": 1, "third": 3, "writing": 3}  # epoch that training goes on with


@pytest.fixture(scope="module")
def settings(tiny: dict[str, Any]) -> dict[str, Any]:
    options = tiny["architecture_options"] | {"dropout": 0.4}
    # Each epoch sees other texts in other pieces: some in the process that is killed, and the
    # others in this one.
    pieces = {"vocabulary_size": 350, "alpha": 0.2}
    drawn = {"augment": "noise", "tokenizer": "sentencepiece", "tokenizer_options": pieces}
    return tiny | {"architecture_options": options, "epochs": 4, "learning_rate": 0.01} | drawn


@pytest.fixture(scope="module")
def killed(
    settings: dict[str, Any],
    reviews: tuple[list[str], list[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Path]:
    """Return the run folders that killed processes left, by the moment of their death."""
    root = tmp_path_factory.mktemp("killed")
    folders = {moment: root / moment for moment in MOMENTS}
    given = {
        "classifier": settings,
        "texts": reviews[0],
        "labels": reviews[1],
        "folders": {moment: str(folder) for moment, folder in folders.items()},
    }
    ended = subprocess.run(
        [sys.executable, "-c", KILLED], input=json.dumps(given), text=True, capture_output=True
    )
    assert ended.returncode == 0, ended.stderr
    return folders


@pytest.fixture(scope="module")
def uninterrupted(settings: dict[str, Any], reviews: tuple[list[str], list[str]]) -> TextClassifier:
    return TextClassifier(**settings).fit(*reviews)


def untimed(history: list[dict[str, float]]) -> list[dict[str, float]]:
    return [{k: v for k, v in record.items() if k != "seconds"} for record in history]


class Epochs:
    """A listener that keeps the number of each epoch that is trained."""

    def __init__(self) -> None:
        self.trained: list[int] = []

    def stage(self, name: str, *_: object) -> None:
        if name.startswith("epoch "):
            self.trained.append(int(name.split()[1].split("/")[0]))

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_: None


def test_what_was_left_is_whole(killed: dict[str, Path]) -> None:
    def kept(moment: str) -> list[str]:
        found = (killed[moment] / "checkpoints").glob("*")
        return sorted(path.name.split(".")[1 if path.name[0] == "." else 0] for path in found)

    assert kept("first") == []
    assert kept("third") == ["epoch-0002"]
    assert kept("writing") == ["epoch-0002", "epoch-0003"]  # the second of them a .tmp
    assert not (killed["writing"] / "checkpoints" / "epoch-0003").exists()
    for folder in killed.values():
        assert (folder / "encoder" / "encoder.json").is_file()


@pytest.mark.parametrize("moment", MOMENTS)
def test_going_on_gives_the_same_network_bit_for_bit(
    moment: str,
    killed: dict[str, Path],
    uninterrupted: TextClassifier,
    settings: dict[str, Any],
    reviews: tuple[list[str], list[str]],
) -> None:
    listener = Epochs()
    resumed = TextClassifier(**settings).fit(
        *reviews, run_folder=killed[moment], resume=True, listener=listener
    )
    assert listener.trained == list(range(REDONE[moment], 5))
    for found, expected in zip(
        resumed.model_.get_weights(), uninterrupted.model_.get_weights(), strict=True
    ):
        assert np.array_equal(found, expected)
    assert untimed(resumed.history_) == untimed(uninterrupted.history_)
    lines = (killed[moment] / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in lines] == [1, 2, 3, 4]
    assert resumed.validation_ == uninterrupted.validation_
    left = [path.name for path in (killed[moment] / "checkpoints").glob("epoch-*")]
    assert left == ["epoch-0004"]
