from __future__ import annotations

import functools
import json
import os
import shutil
from collections.abc import Callable, Mapping
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
from kosent.runs.distillation import Distillation
from kosent.runs.folders import is_unfinished, latest_unfinished
from kosent.runs.latest import latest_bundle
from kosent.runs.run import RunResult, resume_run, train_run
from kosent.support.progress import Silent
from kosent.text.tokenizers import SentencePiece, Whitespace

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
            "validation.safetensors",
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


class TestCopies:
    """What stands in a corpus more than once is said, and never on both sides."""

    @pytest.fixture
    def repeated(self, tmp_path: Path, reviews: tuple[list[str], list[str]]) -> Path:
        """Return a folder with each review 8 times, some in the test split, with a new label."""
        rows = [f"{label}\t{text}" for text, label in zip(*reviews, strict=True)]
        folder = tmp_path / "corpus"
        folder.mkdir()
        (folder / "train.tsv").write_text("\n".join(["label\ttext", *rows * 8]))
        tests = [*rows[:5], "neutral\t그저 그렇다", "positive\t새 글"]
        (folder / "test.tsv").write_text("\n".join(["label\ttext", *tests]))
        return folder

    def test_it_is_said_and_written(self, repeated: Path, tmp_path: Path) -> None:
        linear = LINEAR | {"architecture_options": {"buckets": 64, "weighting": "idf"}}
        listener = Recorder()
        config = RunConfig(str(repeated), classifier=linear)
        run = train_run(config, folder=tmp_path / "run", listener=listener)
        report = read_json(run.folder / "report.json")
        assert report["copies"] == {
            "repeated": 560,
            "contradicting": 0,
            "test_in_train": 5,
            "unseen_labels": {"neutral": 1},
        }
        for said in ("of 560 rows stand in earlier", "of 5 rows stand in train", "'neutral' (1)"):
            assert len([line for line in listener.notices if said in line]) == 1
        assert report["notices"] == listener.notices
        assert report["test"]["unknown_labels"] == {"neutral": 1}
        assert run.test is not None
        assert (run.test.rows, run.validation.rows) == (7, 64)
        small = export_bundle(run.bundle, tmp_path / "x", int8=True, corpus=str(repeated))
        assert (small.rows, small.before) == (64, run.validation.accuracy)

    def test_a_run_that_was_begun_by_the_other_rule(self, repeated: Path, tmp_path: Path) -> None:
        linear = LINEAR | {"architecture_options": {"buckets": 64, "weighting": "idf"}}
        folder = tmp_path / "run"
        train_run(RunConfig(str(repeated), classifier=linear), folder=folder)
        shutil.rmtree(folder / "bundle")
        config = read_json(folder / "config.json")
        assert config.pop("split_rule") == 2
        (folder / "config.json").write_text(json.dumps(config))
        with pytest.raises(DataError, match="cut the validation split off otherwise"):
            resume_run(folder)

    def test_without_copies_both_rules_are_the_same(
        self, finished: RunResult, tmp_path: Path
    ) -> None:
        folder = shutil.copytree(finished.folder, tmp_path / "run")
        shutil.rmtree(folder / "bundle")
        config = read_json(folder / "config.json")
        del config["split_rule"]
        (folder / "config.json").write_text(json.dumps(config))
        assert resume_run(folder).test == finished.test


class TestFromAnywhere:
    """A run that was begun with relative paths goes on from another folder."""

    @pytest.fixture
    def here(self, tmp_path: Path, table: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        assert table.parent == tmp_path
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path)
        return tmp_path

    def gone_on_with(
        self, run: RunResult, here: Path, monkeypatch: pytest.MonkeyPatch
    ) -> RunResult:
        folder = run.folder.absolute()
        shutil.rmtree(run.bundle)
        monkeypatch.chdir(here / "elsewhere")
        return resume_run(folder)

    def test_a_corpus_and_a_tokenizer(
        self, here: Path, table: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        learned = SentencePiece(vocabulary_size=310).fit(table.read_text().split("\n"))
        (here / "mine.model").write_bytes(learned.state().files["spm.model"])
        options = {"model_file": "mine.model"}
        given = LINEAR | {"tokenizer": "sentencepiece", "tokenizer_options": options}
        run = train_run(RunConfig(f"./{table.name}", classifier=given))
        assert read_json(run.folder / "config.json")["corpus"] == str(table)
        resumed = self.gone_on_with(run, here, monkeypatch)
        assert resumed.validation == run.validation

    def test_a_teacher_and_its_texts(
        self, here: Path, table: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        teacher = train_run(RunConfig(table.name, classifier=LINEAR), folder="teacher")
        Path("more.txt").write_text("새로운 글\n또 다른 글\n")
        taught = Distillation(str(teacher.bundle), texts="more.txt")
        run = train_run(RunConfig(table.name, classifier=LINEAR, distill=taught), folder="student")
        assert self.gone_on_with(run, here, monkeypatch).validation == run.validation


class TestTwice:
    """Two that work in one folder: the second ends in one line, the first in peace."""

    class Second(Recorder):
        """Begins another run when the first one does."""

        def __init__(self, begin: Callable[[], object]) -> None:
            super().__init__()
            self._begin = begin

        def stage(self, name: str, *_: object) -> None:
            super().stage(name)
            if name == "test":
                with pytest.raises(UsageError, match="another process is training in"):
                    self._begin()

    @pytest.mark.usefixtures("without_tracing")
    def test_two_begun_in_one_folder(self, config: RunConfig, tmp_path: Path) -> None:
        folder = tmp_path / "run"
        begun: list[Path] = []
        second = self.Second(lambda: train_run(config, folder=folder))
        run = train_run(config, folder=folder, listener=second, began=begun.append)
        assert begun == [folder]
        assert "test" in second.stages
        TextClassifier.load(run.bundle)

    def test_two_resumed(self, finished: RunResult, tmp_path: Path) -> None:
        folder = shutil.copytree(finished.folder, tmp_path / "run")
        shutil.rmtree(folder / "bundle")
        second = self.Second(lambda: resume_run(folder))
        assert resume_run(folder, listener=second).test == finished.test
        assert "test" in second.stages
        TextClassifier.load(folder / "bundle")


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
