"""Runs in which ``auto`` decides: the folder, and going on after a kill."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kosent
from kosent.errors import UsageError
from kosent.language import Message
from kosent.models.auto import automatic, rows
from kosent.models.auto.networks import HELD, MODEL
from kosent.models.auto.portfolio import PORTFOLIO, Entry
from kosent.models.combine import combine_bundles
from kosent.runs.config import EnsembleConfig, RunConfig
from kosent.runs.distillation import Distillation
from kosent.runs.run import RunResult, _name_of, resume_run, train_run
from kosent.support.progress import Silent

LIMIT = 80
NETWORK = "tiny-network"


class Interrupt(Silent):
    """End a run when all candidates are there and their weights are next, as a kill does."""

    def stage(self, name: str, *_: object) -> None:
        if name == "weights":
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def portfolio() -> Iterator[None]:
    """Try two models, of few texts too, the second as networks are tried.

    It is a linear one as well: what is trained in a process of its own, handed over and found again
    is no other for a network, and TensorFlow takes seconds to start (``models/auto/test_killed.py``
    has a recurrent one).
    """
    tiny: dict[str, Any] = {
        "architecture": "ngrams",
        "tokenizer": "character",
        "architecture_options": {"buckets": 64},
    }
    network = Entry(
        NETWORK,
        Message("작은 신경망", "a tiny network"),
        "network",
        lambda _: tiny,
        lambda _: True,
        lambda _: 600.0,  # it is ended after that, fourfold
    )
    (linear,) = [entry for entry in PORTFOLIO if entry.name == "characters"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(automatic, "suiting", lambda _: [linear, network])
        patch.setattr(rows, "FEW", 20)
        yield


def asked(**more: Any) -> RunConfig:
    return RunConfig(
        "sample", limit=LIMIT, classifier={"seed": 3, "minutes": 60, "speed": 1, **more}
    )


@pytest.fixture(scope="module")
def killed(portfolio: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run that was ended before its model was put together."""
    folder = tmp_path_factory.mktemp("killed") / "run"
    with pytest.raises(KeyboardInterrupt):
        train_run(asked(), folder=folder, listener=Interrupt())
    return folder


@pytest.fixture(scope="module")
def finished(killed: Path) -> RunResult:
    """Return the run that goes on from there."""
    candidate = killed / "candidates" / NETWORK
    before = {name: (candidate / name).stat().st_mtime_ns for name in (MODEL, HELD)}
    result = resume_run(killed)
    assert before == {name: (candidate / name).stat().st_mtime_ns for name in before}
    return result


def test_a_network_that_was_finished_is_not_trained_again(finished: RunResult) -> None:
    assert {each.name for each in finished.classifier.tried_} == {"characters", NETWORK}
    assert all(each.failure is None for each in finished.classifier.tried_)


def test_it_ends_as_one_that_was_never_killed(finished: RunResult, tmp_path: Path) -> None:
    whole = train_run(asked(), folder=tmp_path / "run").classifier
    texts = kosent.load_corpus("sample").test.texts[:50]  # type: ignore[union-attr]
    np.testing.assert_allclose(
        whole.predict_proba(texts), finished.classifier.predict_proba(texts), atol=1e-6
    )


def test_the_folder_holds_a_model_that_answers(finished: RunResult) -> None:
    model = kosent.load(finished.bundle)
    texts = ["재미있다", "별로였다"]
    np.testing.assert_allclose(
        model.predict_proba(texts), finished.classifier.predict_proba(texts), atol=1e-5
    )
    report = json.loads((finished.folder / "report.json").read_text("utf-8"))
    assert report["resumed"]
    assert report["validation"] == model.info_["validation"]
    assert report["test"] == model.info_["test"]
    assert model.info_["corpus"]["name"] == "sample"
    assert model.info_["auto"]["folds"] == 1


def test_what_networks_were_judged_by_they_had_held_out(finished: RunResult) -> None:
    texts = json.loads((finished.folder / "candidates" / "texts.json").read_text("utf-8"))
    network = kosent.load(finished.folder / "candidates" / NETWORK / MODEL)
    held = network.info_["rows"]["validation"]
    assert len(texts["held"]) <= held  # without those that the packaged model may know
    assert held + network.info_["rows"]["train"] == LIMIT


def test_names_of_runs() -> None:
    assert _name_of(asked()) == "auto"
    assert _name_of(asked(epochs=1)) == "sentencepiece-hybrid"
    taught = replace(asked(), distill=Distillation("teacher"))
    assert _name_of(taught) == "sentencepiece-hybrid"


def test_no_part_of_an_ensemble(finished: RunResult, tmp_path: Path) -> None:
    """All texts were learned in the end: weights beside other models cannot be fitted on any."""
    named = {"architecture": "ngrams", "tokenizer": "character"}
    with pytest.raises(UsageError, match="auto cannot be one"):
        EnsembleConfig("sample", [named, {}]).check()
    other = tmp_path / "alone"
    members = kosent.load(finished.bundle)
    alone = getattr(members, "members_", [members])[0]
    alone.info_ = alone.info_ | {name: members.info_[name] for name in ("auto", "corpus")}
    alone.save(other)
    with pytest.raises(UsageError, match="was made by auto"):
        combine_bundles([other, other], tmp_path / "both")
    assert not (tmp_path / "both").exists()
