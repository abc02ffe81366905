"""An ensemble's training as a folder: members as runs of their own, killed and gone on with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kosent
from kosent import load_corpus
from kosent.bundles.manifest import open_saved
from kosent.errors import DataError, UsageError
from kosent.models.ensemble import Ensemble
from kosent.runs.config import EnsembleConfig, is_ensemble_run, read_config
from kosent.runs.ensemble import EnsembleResult, resume_ensemble, train_ensemble
from kosent.runs.folders import is_unfinished, latest_unfinished
from kosent.runs.latest import latest_bundle
from kosent.runs.run import resume_run
from kosent.support.progress import Silent
from kosent.training.splits import held_out

LIMIT = 100
NAMES = ["0-whitespace-lstm", "1-character-ngrams"]


class Recorder(Silent):
    """A listener that keeps stages and notices; ``stop_at`` ends a stage like Ctrl-C."""

    def __init__(self, stop_at: str = "") -> None:
        self.stop_at = stop_at
        self.stages: list[str] = []
        self.notices: list[str] = []

    def stage(self, name: str, *_: object) -> None:
        self.stages.append(name)

    def advance(self, *_: object) -> None:
        if self.stages[-1] == self.stop_at:
            raise KeyboardInterrupt

    def notice(self, message: str) -> None:
        self.notices.append(message)


@pytest.fixture(scope="module")
def config(tiny: dict[str, Any], tiny_networks: dict[str, dict[str, Any]]) -> EnsembleConfig:
    """Return a recurrent member, and a linear one that is solved and is started first."""
    linear = {"architecture": "ngrams", "tokenizer": "character"}
    linear |= {"architecture_options": tiny_networks["ngrams"]}
    linear |= {name: tiny[name] for name in ("seed", "validation_fraction")}
    return EnsembleConfig("sample", [tiny | {"epochs": 2}, linear], limit=LIMIT, order=[1, 0])


@pytest.fixture(scope="module")
def finished(config: EnsembleConfig, tmp_path_factory: pytest.TempPathFactory) -> EnsembleResult:
    """Return a finished run, trained in this process; tests must copy its folder to change it."""
    return train_ensemble(config, folder=tmp_path_factory.mktemp("runs") / "finished", jobs=1)


def read_json(path: Path) -> Any:
    return json.loads(path.read_bytes())


class TestFinishedRun:
    def test_folder(self, finished: EnsembleResult) -> None:
        names = sorted(path.name for path in finished.folder.iterdir())
        expected = ["bundle", "config.json", "environment.json", "members", "report.json"]
        assert names == [*expected, "validation.safetensors"]
        assert sorted(path.name for path in (finished.folder / "members").iterdir()) == NAMES
        assert latest_bundle(finished.folder.parent) == finished.bundle
        assert not is_unfinished(finished.folder)
        assert is_ensemble_run(finished.folder)
        assert not is_ensemble_run(finished.folder / "members" / NAMES[0])

    def test_config_is_complete(self, finished: EnsembleResult, config: EnsembleConfig) -> None:
        read, fingerprint = read_config(finished.folder)
        assert len(fingerprint) == 64
        assert read.order == config.order
        assert list(read.members) == [{"cleaning": "korean", **each} for each in config.members]

    def test_the_test_split_is_scored_for_the_ensemble_alone(
        self, finished: EnsembleResult
    ) -> None:
        corpus = load_corpus("sample")
        assert corpus.test is not None
        rows = corpus.test.limited(LIMIT, seed=7)
        report = read_json(finished.folder / "report.json")
        loaded = kosent.load(finished.bundle)
        assert isinstance(loaded, Ensemble)
        assert loaded.evaluate(rows.texts, rows.labels).to_dict() == report["test"]
        assert loaded.info_["test"] == report["test"]
        for name, member in zip(NAMES, loaded.members_, strict=True):
            folder = finished.folder / "members" / name
            assert read_json(folder / "report.json")["test"] is None
            assert member.info_["test"] is None
        card = (finished.bundle / "card.md").read_text("utf-8")
        assert "corpus: sample" in card
        assert "scored once" in card

    def test_all_hold_the_same_rows_out(self, finished: EnsembleResult) -> None:
        loaded = kosent.load(finished.bundle)
        assert isinstance(loaded, Ensemble)
        split = loaded.info_["split"]
        settings = {"seed": 7, "validation_fraction": 0.2, "validation": "random"}
        assert split == settings | {"rule": 2}
        train = load_corpus("sample").train.limited(LIMIT, seed=7)
        texts, labels = held_out(train, loaded.classes_, split)
        assert loaded.evaluate(texts, labels) == finished.validation
        report = read_json(finished.folder / "report.json")
        for about, member in zip(report["members"], loaded.members_, strict=True):
            scores = member.evaluate(texts, labels)
            assert about["validation"]["accuracy"] == scores.accuracy
            assert member.info_["validation"] == scores.to_dict()
        assert [about["folder"] for about in report["members"]] == NAMES
        assert [about["weight"] for about in report["members"]] == loaded.weights_

    def test_bundle_says_where_it_comes_from(self, finished: EnsembleResult) -> None:
        info = open_saved(finished.bundle).manifest["info"]
        assert info["corpus"]["name"] == "sample"
        assert info["corpus"]["limit"] == LIMIT
        config = read_json(finished.folder / "config.json")
        assert info["corpus"]["fingerprint"] == config["corpus_fingerprint"]


def without(finished: EnsembleResult, folder: Path, *members: str) -> Path:
    """Copy a run as if it had been killed before these members were done."""
    shutil.copytree(finished.folder, folder)
    shutil.rmtree(folder / "bundle")
    (folder / "report.json").unlink()
    for name in members:
        shutil.rmtree(folder / "members" / name)
    return folder


class TestResuming:
    def test_finished_members_are_kept(self, finished: EnsembleResult, tmp_path: Path) -> None:
        folder = without(finished, tmp_path / "run", NAMES[1])
        listener = Recorder()
        assert latest_unfinished(tmp_path) == folder
        resumed = resume_ensemble(folder, jobs=1, listener=listener)
        assert not [stage for stage in listener.stages if stage.startswith("epoch")]
        assert len(listener.notices) == 1
        assert listener.notices[0].startswith(f"2/2 {NAMES[1]}: ")
        assert resumed.ensemble.weights_ == finished.ensemble.weights_
        assert resumed.test == finished.test
        assert read_json(folder / "report.json")["resumed"] is True
        with pytest.raises(UsageError, match="complete already"):
            resume_ensemble(folder)

    def test_a_member_interrupted_in_training_goes_on(
        self, finished: EnsembleResult, config: EnsembleConfig, tmp_path: Path
    ) -> None:
        folder = tmp_path / "run"
        with pytest.raises(KeyboardInterrupt):
            train_ensemble(config, folder=folder, jobs=1, listener=Recorder("epoch 2/2"))
        assert (folder / "members" / NAMES[1] / "bundle").exists()  # it was started first
        assert is_unfinished(folder)
        listener = Recorder()
        resumed = resume_ensemble(folder, jobs=1, listener=listener)
        assert "epoch 1/2" not in listener.stages
        assert resumed.test == finished.test
        texts = ["영화가 정말 재밌다", ""]
        np.testing.assert_array_equal(
            resumed.ensemble.predict_proba(texts), finished.ensemble.predict_proba(texts)
        )

    def test_a_member_killed_before_it_began(
        self, finished: EnsembleResult, tmp_path: Path
    ) -> None:
        folder = without(finished, tmp_path / "run", NAMES[1])
        (folder / "members" / NAMES[1]).mkdir()
        (folder / "members" / NAMES[1] / "environment.json").write_text("{}")
        assert resume_ensemble(folder, jobs=1).test == finished.test

    def test_a_corpus_that_has_changed_is_refused(
        self, finished: EnsembleResult, tmp_path: Path
    ) -> None:
        folder = without(finished, tmp_path / "run")
        config = read_json(folder / "config.json") | {"corpus_fingerprint": "other"}
        (folder / "config.json").write_text(json.dumps(config))
        with pytest.raises(DataError, match="has changed"):
            resume_ensemble(folder)

    def test_a_member_that_learned_from_other_rows_is_refused(
        self, finished: EnsembleResult, tmp_path: Path
    ) -> None:
        """As where a machine of a cluster has another file of that name."""
        folder = without(finished, tmp_path / "run")
        place = folder / "members" / NAMES[1] / "config.json"
        place.write_text(json.dumps(read_json(place) | {"corpus_fingerprint": "other"}))
        with pytest.raises(DataError, match=rf"{NAMES[1]}' has learned from another 'sample'"):
            resume_ensemble(folder)
        assert not (folder / "bundle").exists()

    def test_what_is_no_run_of_an_ensemble(self, finished: EnsembleResult, tmp_path: Path) -> None:
        member = finished.folder / "members" / NAMES[0]
        for folder in (tmp_path, member):
            with pytest.raises(DataError, match="is not a run that can be resumed"):
                resume_ensemble(folder)
        with pytest.raises(UsageError, match="complete already"):
            resume_run(member)  # it is an ordinary run

    def test_from_another_folder(
        self, config: EnsembleConfig, reviews: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rows = [f"{label}\t{text}\n" for text, label in zip(*reviews, strict=True)]
        (tmp_path / "mine.tsv").write_text("label\ttext\n" + "".join(rows))
        monkeypatch.chdir(tmp_path)
        linear = config.members[1]
        run = train_ensemble(EnsembleConfig("mine.tsv", [linear, linear]), folder="run", jobs=1)
        shutil.rmtree(run.bundle)
        shutil.rmtree(next((tmp_path / "run" / "members").iterdir()))
        monkeypatch.chdir("/")
        resumed = resume_ensemble(tmp_path / "run", jobs=1)
        assert resumed.validation == run.validation


class TestProcesses:
    @pytest.mark.slow
    def test_two_at_once_give_the_same(
        self, finished: EnsembleResult, config: EnsembleConfig, tmp_path: Path
    ) -> None:
        listener = Recorder()
        found = train_ensemble(config, folder=tmp_path / "run", jobs=2, listener=listener)
        texts = ["영화가 정말 재밌다", "너무 지루하다", ""]
        np.testing.assert_allclose(
            found.ensemble.predict_proba(texts), finished.ensemble.predict_proba(texts), atol=1e-5
        )
        assert [notice[:4] for notice in listener.notices] == ["1/2 ", "2/2 "]
        assert listener.stages == ["corpus", "members", "weights", "test"]


class TestBeginning:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"epochs": 0}, "epochs"),
            ({"architecture": "lstmm"}, "Did you mean 'lstm'"),
            ({"seed": 8}, "hold out the same rows"),
            ({"validation_fraction": 0.3}, "hold out the same rows"),
            ({"validation": "last"}, "hold out the same rows"),
        ],
        ids=str,
    )
    def test_wrong_settings_leave_no_folder(
        self, config: EnsembleConfig, tmp_path: Path, change: dict[str, Any], said: str
    ) -> None:
        members = [config.members[0], config.members[1] | change]
        with pytest.raises(UsageError, match=said):
            train_ensemble(EnsembleConfig("sample", members), folder=tmp_path / "run")
        assert list(tmp_path.iterdir()) == []

    def test_other_mistakes_leave_no_folder_either(
        self, config: EnsembleConfig, tmp_path: Path
    ) -> None:
        members = config.members
        for wrong, jobs, kind in (
            (EnsembleConfig("sampel", members), 1, UsageError),
            (EnsembleConfig("sample", members[:1]), 1, UsageError),
            (EnsembleConfig("sample", members, order=[0, 0]), 1, UsageError),
            (EnsembleConfig("sample", members), 0, UsageError),
            (EnsembleConfig("sample", members, limit=0), 1, UsageError),
            (EnsembleConfig("sample", members, limit=2), 1, DataError),
            (EnsembleConfig(str(tmp_path / "absent.tsv"), members), 1, DataError),
        ):
            with pytest.raises(kind):
                train_ensemble(wrong, folder=tmp_path / "run", jobs=jobs)
            assert list(tmp_path.iterdir()) == []

    def test_a_folder_in_use_is_refused(self, config: EnsembleConfig, tmp_path: Path) -> None:
        (tmp_path / "mine.txt").write_text("mine")
        with pytest.raises(UsageError, match="is not empty"):
            train_ensemble(config, folder=tmp_path, jobs=1)
