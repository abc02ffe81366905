from __future__ import annotations

import functools
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kosent import TextClassifier, architectures
from kosent.bundles import model as bundle
from kosent.bundles.manifest import open_saved
from kosent.errors import DataError, RuntimeSetupError, UsageError
from kosent.models.export import INT8_LOSS, export_bundle, size_of
from kosent.runs.config import RunConfig
from kosent.runs.folders import is_unfinished, latest_unfinished
from kosent.runs.latest import latest_bundle
from kosent.runs.run import RunResult, new_folder, resume_run, train_run
from kosent.support.progress import Silent
from kosent.text.tokenizers import Whitespace

LIMIT = 100


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
def config(tiny: dict[str, Any]) -> RunConfig:
    return RunConfig("sample", limit=LIMIT, classifier=tiny | {"epochs": 2})


@pytest.fixture(scope="module")
def finished(config: RunConfig, tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    """Return a finished run on the sample corpus; tests must copy its folder to change it."""
    return train_run(config, folder=tmp_path_factory.mktemp("runs") / "finished")


@pytest.fixture
def table(tmp_path: Path, reviews: tuple[list[str], list[str]]) -> Path:
    """Return a user's own file, without a test split."""
    path = tmp_path / "리뷰.tsv"
    rows = [f"{label}\t{text}\n" for text, label in zip(*reviews, strict=True)]
    path.write_text("label\ttext\n" + "".join(rows))
    return path


def curves_of(run: RunResult) -> bytes:
    return (run.folder / "curves.png").read_bytes()


def read_json(path: Path) -> Any:
    return json.loads(path.read_bytes())


class TestFinishedRun:
    def test_folder(self, finished: RunResult) -> None:
        names = sorted(path.name for path in finished.folder.iterdir())
        assert names == [
            "bundle",
            "checkpoints",
            "config.json",
            "curves.png",
            "encoder",
            "environment.json",
            "history.csv",
            "metrics.jsonl",
            "report.json",
        ]
        assert len((finished.folder / "metrics.jsonl").read_text().splitlines()) == 2

    def test_config_is_complete(self, finished: RunResult, config: RunConfig) -> None:
        written = read_json(finished.folder / "config.json")
        assert written["corpus"] == "sample"
        assert written["limit"] == LIMIT
        assert written["classifier"] == {"cleaning": "korean", **config.classifier}
        assert len(written["corpus_fingerprint"]) == 64

    def test_environment_names_the_versions(self, finished: RunResult) -> None:
        environment = read_json(finished.folder / "environment.json")
        assert {"python", "processors", "keras_backend", "packages"} <= environment.keys()
        assert environment["packages"]["numpy"] == np.__version__

    def test_test_split_is_scored_once_with_the_best_weights(self, finished: RunResult) -> None:
        from kosent import load_corpus

        corpus = load_corpus("sample")
        assert corpus.test is not None
        rows = corpus.test.limited(LIMIT, seed=7)
        report = read_json(finished.folder / "report.json")
        assert finished.test is not None
        assert report["test"] == finished.test.to_dict()
        assert report["test"]["rows"] == len(rows)
        loaded = TextClassifier.load(finished.bundle)
        assert loaded.evaluate(rows.texts, rows.labels).to_dict() == report["test"]
        assert report["validation"] == finished.validation.to_dict()
        assert report["resumed"] is False
        assert report["notices"] == []

    def test_every_row_is_accounted_for(self, finished: RunResult) -> None:
        rows = read_json(finished.folder / "report.json")["rows"]
        for split in rows.values():
            assert split["read"] == split["kept"] + sum(split["dropped"].values())
        assert rows["train"]["kept"] == LIMIT
        assert rows["train"]["dropped"]["over limit"] > 0

    def test_bundle_says_where_it_comes_from(self, finished: RunResult) -> None:
        info = open_saved(finished.bundle).manifest["info"]
        fingerprint = read_json(finished.folder / "config.json")["corpus_fingerprint"]
        assert info["corpus"]["name"] == "sample"
        assert info["corpus"]["fingerprint"] == fingerprint
        assert info["corpus"]["limit"] == LIMIT
        card = (finished.bundle / "card.md").read_text()
        assert "corpus: sample" in card
        assert "scored once" in card


LINEAR = {
    "tokenizer": "character",
    "architecture": "ngrams",
    "architecture_options": {"buckets": 4096, "weighting": "idf"},
}


class TestInt8:
    def test_the_model_is_also_left_in_one_small_file(self, tmp_path: Path) -> None:
        asked = RunConfig("sample", classifier=LINEAR, int8=True)
        run = train_run(asked, folder=tmp_path / "run")
        assert run.int8 is not None
        assert run.int8.path == run.folder / "int8.kosent"
        small = TextClassifier.load(run.int8.path)
        assert small.info_["int8"]["rows"] == run.validation.rows
        assert run.int8.before == run.validation.accuracy
        assert abs(run.int8.after - run.int8.before) <= INT8_LOSS
        assert run.int8.size < size_of(run.bundle) / 2
        assert small.predict(["정말 재밌다"]) == run.classifier.predict(["정말 재밌다"])
        assert read_json(run.folder / "config.json")["int8"] is True

    def test_the_model_stays_where_int8_costs_too_much(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        strict = functools.partial(export_bundle, largest_loss=-1.0)  # no gain is enough
        monkeypatch.setattr("kosent.runs.run.export_bundle", strict)
        asked = RunConfig("sample", classifier=LINEAR, int8=True)
        with pytest.raises(UsageError, match="int8 lowers the accuracy"):
            train_run(asked, folder=tmp_path / "run")
        assert not (tmp_path / "run" / "int8.kosent").exists()
        TextClassifier.load(tmp_path / "run" / "bundle")


class TestResuming:
    def test_a_run_killed_before_its_bundle(self, finished: RunResult, tmp_path: Path) -> None:
        folder = shutil.copytree(finished.folder, tmp_path / "run")
        shutil.rmtree(folder / "bundle")
        for name in ("report.json", "curves.png"):
            (folder / name).unlink()
        assert is_unfinished(folder)
        listener = Recorder()
        resumed = resume_run(folder, listener=listener)
        assert listener.stages == ["corpus", "encode", "test"]  # no epoch again
        assert resumed.test == finished.test
        assert resumed.validation == finished.validation
        first, second = bundle.read(finished.bundle), bundle.read(resumed.bundle)
        for name, array in first.weights.items():
            assert np.array_equal(second.weights[name], array)
        assert read_json(folder / "report.json")["resumed"] is True
        assert (folder / "curves.png").read_bytes() == curves_of(finished)
        with pytest.raises(UsageError, match="complete already"):
            resume_run(folder)

    def test_a_run_interrupted_in_training(
        self, finished: RunResult, config: RunConfig, tmp_path: Path
    ) -> None:
        folder = tmp_path / "run"
        with pytest.raises(KeyboardInterrupt):
            train_run(config, folder=folder, listener=Recorder(stop_at="epoch 2/2"))
        assert latest_unfinished(tmp_path) == folder
        assert not (folder / "curves.png").exists()
        listener = Recorder()
        resumed = resume_run(folder, listener=listener)
        assert listener.stages == ["corpus", "encode", "epoch 2/2", "test"]
        assert resumed.test == finished.test
        assert (resumed.bundle / "weights.safetensors").read_bytes() == (
            finished.bundle / "weights.safetensors"
        ).read_bytes()
        assert (folder / "curves.png").read_bytes() == curves_of(finished)

    def test_a_picture_that_fails_loses_nothing(
        self, finished: RunResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> bytes:
            raise RuntimeError("no font")

        monkeypatch.setattr("kosent.runs.run.learning_curves", fail)
        folder = shutil.copytree(finished.folder, tmp_path / "run")
        shutil.rmtree(folder / "bundle")
        listener = Recorder()
        assert resume_run(folder, listener=listener).test == finished.test
        (notice,) = listener.notices
        assert "RuntimeError: no font" in notice

    @pytest.mark.usefixtures("without_tracing")
    def test_a_corpus_that_has_changed_is_refused(
        self, tiny: dict[str, Any], table: Path, tmp_path: Path
    ) -> None:
        folder = tmp_path / "run"
        config = RunConfig(str(table), classifier=tiny | {"epochs": 1})
        with pytest.raises(KeyboardInterrupt):
            train_run(config, folder=folder, listener=Recorder(stop_at="epoch 1/1"))
        table.write_text(table.read_text() + "positive\t새로 온 글\n")
        with pytest.raises(DataError, match=r"바뀌었습니다.*has changed"):
            resume_run(folder)

    @pytest.mark.parametrize(
        "content", [None, b"", b"[]", b"{}", b'{"corpus": "sample"}', b"\xff", b"null"]
    )
    def test_what_is_no_run_is_a_data_error(self, tmp_path: Path, content: bytes | None) -> None:
        if content is not None:
            (tmp_path / "config.json").write_bytes(content)
        with pytest.raises(DataError, match="is not a run that can be resumed"):
            resume_run(tmp_path)


class TestDiverging:
    @pytest.mark.usefixtures("without_tracing")
    def test_the_run_ends_with_the_weights_before(
        self, config: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        build, built = architectures.build, []

        def remembered(*given: Any, **options: Any) -> Any:
            built.append(build(*given, **options))
            return built[-1]

        class Poison(Recorder):
            def stage(self, name: str, *_: object) -> None:
                super().stage(name)
                if name == "epoch 2/2":
                    weight = built[-1].weights[-1]
                    weight.assign(np.full(weight.shape, np.nan))

        monkeypatch.setattr(architectures, "build", remembered)
        folder = tmp_path / "run"
        result = train_run(config, folder=folder, listener=Poison())
        (notice,) = read_json(folder / "report.json")["notices"]
        assert "became nan in epoch 2" in notice
        assert len((folder / "metrics.jsonl").read_text().splitlines()) == 1
        assert (folder / "curves.png").exists()
        alone = train_run(
            replace(config, classifier=config.classifier | {"epochs": 1}), folder=tmp_path / "one"
        )
        texts = ["영화가 정말 재밌다", "너무 지루하다", ""]
        np.testing.assert_array_equal(
            TextClassifier.load(result.bundle).predict_proba(texts),
            TextClassifier.load(alone.bundle).predict_proba(texts),
        )
        assert result.validation == alone.validation

    @pytest.mark.usefixtures("without_tracing")
    def test_from_the_first_epoch_on_nothing_is_left(
        self, config: RunConfig, tmp_path: Path
    ) -> None:
        absurd = config.classifier | {"learning_rate": 1e38, "optimizer": "sgd"}
        with pytest.raises(UsageError, match=r"became (nan|inf) in epoch 1; lower the learning_r"):
            train_run(replace(config, classifier=absurd), folder=tmp_path / "run")
        assert list(tmp_path.iterdir()) == []


class TestBeginning:
    @pytest.mark.usefixtures("without_tracing")
    def test_a_file_of_the_users_own(
        self, tiny: dict[str, Any], table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without a test split, to the default folder, with settings as NumPy gives them."""
        monkeypatch.chdir(tmp_path)
        changed = {"epochs": np.int64(1), "learning_rate": np.float32(0.1)}
        result = train_run(RunConfig(table.name, classifier=tiny | changed))
        assert result.folder.parent == Path("runs")
        assert result.folder.name.endswith("-리뷰-whitespace-lstm")
        assert result.test is None
        assert read_json(result.folder / "report.json")["test"] is None
        assert latest_bundle() == result.bundle
        with pytest.raises(UsageError, match="no unfinished run"):
            latest_unfinished()
        assert not np.isnan(TextClassifier.load(latest_bundle()).predict_proba(["글"])).any()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"architecture": "lstmm"},
            {"tokenizer": "oktt"},
            {"tokenizer": Whitespace()},
            {"tokenizer_options": {"x": 1}},
            {"cleaning": "none at all"},
            {"optimizer": "adem"},
            {"epochs": 0},
            {"validation_fraction": 2},
            {"class_weight": "equal"},
            {"units": 3},
        ],
        ids=lambda wrong: next(iter(wrong)),
    )
    def test_wrong_settings_leave_no_folder(self, tmp_path: Path, wrong: Mapping[str, Any]) -> None:
        with pytest.raises(UsageError):
            train_run(RunConfig("sample", classifier=dict(wrong)), folder=tmp_path / "run")
        assert list(tmp_path.iterdir()) == []

    def test_wrong_corpora_and_limits_leave_no_folder(self, tmp_path: Path) -> None:
        for config, kind in (
            (RunConfig("sampel"), UsageError),
            (RunConfig(Path("sample")), UsageError),  # type: ignore[arg-type]
            (RunConfig("sample", limit=0), UsageError),
            (RunConfig("sample", text_column="text"), UsageError),
            (RunConfig(str(tmp_path / "absent.tsv")), DataError),
            (RunConfig("sample", limit=2), DataError),
        ):
            with pytest.raises(kind):
                train_run(config, folder=tmp_path / "run")
            assert list(tmp_path.iterdir()) == []

    def test_a_folder_in_use_is_refused(self, config: RunConfig, tmp_path: Path) -> None:
        (tmp_path / "mine.txt").write_text("mine")
        for folder in (tmp_path, tmp_path / "mine.txt"):
            with pytest.raises(UsageError, match="is not empty"):
                train_run(config, folder=folder)
        assert (tmp_path / "mine.txt").read_text() == "mine"

    def test_a_disk_that_refuses(
        self, config: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def denied(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "mkdir", denied)
        with pytest.raises(RuntimeSetupError, match="Permission denied"):
            train_run(config, folder=tmp_path / "run")
        monkeypatch.undo()
        assert list(tmp_path.iterdir()) == []


class TestLookingUp:
    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        """Return runs of which the names do not tell the age."""
        for age, name in enumerate(["b-old", "a-newer", "c-newest"]):
            folder = tmp_path / name
            (folder / "bundle").mkdir(parents=True)
            for path in (folder / "config.json", folder / "bundle" / "manifest.json"):
                path.write_text("{}")
                os.utime(path, (1000 + age, 1000 + age))
        return tmp_path

    def test_latest_bundle(self, root: Path) -> None:
        assert latest_bundle(root) == root / "c-newest" / "bundle"
        (root / "c-newest" / "bundle" / "manifest.json").unlink()
        assert latest_bundle(root) == root / "a-newer" / "bundle"

    def test_latest_unfinished(self, root: Path) -> None:
        for name in ("b-old", "a-newer"):
            shutil.rmtree(root / name / "bundle")
        assert latest_unfinished(root) == root / "a-newer"

    def test_nothing_there(self, tmp_path: Path) -> None:
        for folder in (tmp_path, tmp_path / "absent"):
            with pytest.raises(UsageError, match="run kosent train first"):
                latest_bundle(folder)
            with pytest.raises(UsageError, match="no unfinished run"):
                latest_unfinished(folder)

    def test_two_runs_in_one_second_get_different_names(self, tmp_path: Path) -> None:
        config = RunConfig("sample")
        taken = set()
        for _ in range(3):
            folder = new_folder(config, tmp_path)
            folder.mkdir()
            taken.add(folder)
        assert len(taken) == 3
        assert all("-sample-sentencepiece-hybrid" in folder.name for folder in taken)
