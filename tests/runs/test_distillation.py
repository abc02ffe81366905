"""A student and its teacher: what is asked, what is left out, what the student's run says."""

from __future__ import annotations

import json
import shutil
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kosent
from kosent import TextClassifier
from kosent.bundles.manifest import MANIFEST
from kosent.corpora import Corpus
from kosent.errors import BundleError, DataError, UsageError
from kosent.reporting.settings import ensemble_commands
from kosent.runs import run as runs
from kosent.runs.config import EnsembleConfig, RunConfig, read_config
from kosent.runs.distillation import Distillation, new_texts, teach
from kosent.runs.ensemble import EnsembleResult, resume_ensemble, train_ensemble
from kosent.runs.run import RunResult, resume_run, train_run
from kosent.support.progress import Silent
from kosent.support.signed import sha256

GOLDEN = Path(__file__).parents[1] / "golden"
TEACHER = GOLDEN / "ensemble-1.kosent"
NEW = ["우주에서 온 새로운 글", "아무도 안 쓴 글 ㅋㅋ", "이것도 처음 보는 글"]
LINEAR: dict[str, Any] = {
    "tokenizer": "character",
    "architecture": "ngrams",
    "architecture_options": {"buckets": 1024, "weighting": "idf"},
    "seed": 5,
}


class Recorder(Silent):
    """A listener that keeps notices; ``stop_at`` ends a stage like Ctrl-C."""

    def __init__(self, stop_at: str = "") -> None:
        self.stop_at = stop_at
        self.notices: list[str] = []

    def stage(self, name: str, *_: object) -> None:
        if name == self.stop_at:
            raise KeyboardInterrupt

    def notice(self, message: str) -> None:
        self.notices.append(message)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return kosent.load_corpus("sample")


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("texts") / "더.txt"
    path.write_text("\n".join(NEW) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def config(texts: Path) -> RunConfig:
    asked = Distillation(str(TEACHER), 0.25, str(texts))
    return RunConfig("sample", limit=200, classifier=LINEAR, distill=asked)


@pytest.fixture(scope="module")
def student(config: RunConfig, tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    return train_run(config, folder=tmp_path_factory.mktemp("student") / "run")


class TestNewTexts:
    def test_only_what_is_not_in_the_corpus_and_each_once(
        self, corpus: Corpus, tmp_path: Path
    ) -> None:
        assert corpus.test is not None
        composed = next(text for text in corpus.train.texts if len(text.split()) > 1)
        other = unicodedata.normalize("NFD", f" {'   '.join(composed.split())}\t")
        rows = [NEW[0], other, corpus.test.texts[0], NEW[0], f" {NEW[0]} ", "  ", "", NEW[1]]
        path = tmp_path / "texts.jsonl"
        lines = [json.dumps(row) for row in rows]
        path.write_text("\n".join([*lines, "{no json", "3"]) + "\n", "utf-8")
        listener = Recorder()
        kept, left_out = new_texts(str(path), corpus, listener)
        assert kept == NEW[:2]
        assert left_out == {
            "repeated": 2,
            "empty": 2,
            "unreadable": 2,
            "in the training split": 1,
            "in the test split": 1,
        }
        _, notice = listener.notices
        assert "라벨 없는 글 2개" in notice
        assert "시험 자료에 있음 1" in notice
        assert "in the test split 1" in notice

    def test_nothing_new_is_refused(self, corpus: Corpus, tmp_path: Path) -> None:
        path = tmp_path / "texts.txt"
        path.write_text("\n".join(corpus.train.texts[:3]) + "\n", "utf-8")
        with pytest.raises(DataError, match=r"no text .* is new .*in the training split 3"):
            new_texts(str(path), corpus, Silent())

    def test_cp949_is_said(self, corpus: Corpus, tmp_path: Path) -> None:
        path = tmp_path / "texts.txt"
        path.write_bytes("\n".join(NEW).encode("cp949"))
        listener = Recorder()
        assert new_texts(str(path), corpus, listener) == (NEW, {})
        assert listener.notices[0].endswith("one text a line, CP949")


class TestTeach:
    @pytest.mark.parametrize("teacher", [TEACHER, GOLDEN / "format-2-hybrid.kosent"])
    def test_labels_and_probabilities_are_mixed(
        self, corpus: Corpus, texts: Path, teacher: Path
    ) -> None:
        few = corpus.limited(60, 0)
        lesson = teach(Distillation(str(teacher), 0.25, str(texts)), few, corpus, Silent())
        said = kosent.load(teacher)
        positive = np.array([label == "positive" for label in few.train.labels])
        sure = np.stack([~positive, positive], axis=1)
        expected = 0.25 * said.predict_proba(few.train.texts) + 0.75 * sure
        assert lesson.targets is not None
        assert lesson.targets.dtype == np.float32
        np.testing.assert_allclose(lesson.targets, expected, atol=1e-5)
        assert lesson.extra is not None
        assert lesson.extra[0] == NEW
        np.testing.assert_allclose(lesson.extra[1], said.predict_proba(NEW), atol=1e-5)

    def test_with_a_share_of_0_labels_are_learned_as_they_are(
        self, corpus: Corpus, texts: Path
    ) -> None:
        lesson = teach(Distillation(str(TEACHER), 0, str(texts)), corpus, corpus, Silent())
        assert lesson.targets is None
        assert lesson.extra is not None

    def test_without_texts_there_are_none(self, corpus: Corpus) -> None:
        lesson = teach(Distillation(str(TEACHER)), corpus.limited(20, 0), corpus, Silent())
        assert lesson.extra is None
        assert "texts" not in lesson.facts["teacher"]

    def test_a_teacher_of_other_labels_is_refused(self, corpus: Corpus) -> None:
        asked = Distillation(str(GOLDEN / "format-2-gru"))
        with pytest.raises(DataError, match=r"knows the labels \[0, 1\].*\['negative', 'positive'"):
            teach(asked, corpus, corpus, Silent())

    def test_texts_beyond_the_limit_are_not_learned_either(
        self, corpus: Corpus, tmp_path: Path
    ) -> None:
        path = tmp_path / "texts.txt"
        path.write_text("\n".join([*corpus.train.texts, NEW[0]]) + "\n", "utf-8")
        lesson = teach(
            Distillation(str(TEACHER), 0, str(path)), corpus.limited(20, 0), corpus, Silent()
        )
        assert lesson.extra is not None
        assert lesson.extra[0] == NEW[:1]


class TestRun:
    def test_configuration_is_complete(self, student: RunResult, texts: Path) -> None:
        written = json.loads((student.folder / "config.json").read_bytes())["distill"]
        assert written.pop("texts_sha256") == sha256(texts.read_bytes())
        assert len(written.pop("teacher_sha256")) == 64
        assert written == {
            "teacher": str(TEACHER),
            "share": 0.25,
            "texts": str(texts),
            "from_file": False,
            "answers": None,
        }

    def test_the_checksum_is_that_of_the_manifest(self) -> None:
        folder = GOLDEN / "format-2-gru"
        manifest = (folder / MANIFEST).read_bytes()
        assert Distillation(str(folder)).sealed().teacher_sha256 == sha256(manifest)

    def test_bundle_and_card_name_the_teacher(self, student: RunResult) -> None:
        loaded = TextClassifier.load(student.bundle)
        teacher = loaded.info_["teacher"]
        assert teacher["model"] == "ensemble of 2"
        assert teacher["share"] == 0.25
        assert teacher["texts"]["kept"] == 3
        assert loaded.info_["rows"] == {"train": 180, "validation": 20, "unlabelled": 3}
        card = (student.bundle / "card.md").read_text("utf-8")
        assert teacher["sha256"] in card
        assert "taught by it alone: 3 (`더.txt`" in card

    def test_it_is_judged_as_an_ordinary_run(
        self, student: RunResult, config: RunConfig, tmp_path: Path
    ) -> None:
        plain = train_run(replace(config, distill=None), folder=tmp_path / "plain")
        assert plain.validation.rows == student.validation.rows == 20
        assert student.test is not None
        assert student.test.rows == 200
        texts = ["정말 재밌다", "너무 지루하다", *NEW]
        found, other = (run.classifier.predict_proba(texts) for run in (student, plain))
        assert np.abs(found - other).max() > 0.01
        assert "teacher" not in plain.classifier.info_
        assert "teacher" not in (plain.bundle / "card.md").read_text("utf-8")

    def test_a_killed_run_goes_on_to_the_same_student(
        self, student: RunResult, config: RunConfig, tmp_path: Path
    ) -> None:
        with pytest.raises(KeyboardInterrupt):
            train_run(config, folder=tmp_path / "run", listener=Recorder("solve"))
        resumed = resume_run(tmp_path / "run")
        for name in ("model.onnx", "weights.safetensors"):
            assert (resumed.bundle / name).read_bytes() == (student.bundle / name).read_bytes()
        assert resumed.test == student.test
        teacher = [run.classifier.info_["teacher"] for run in (resumed, student)]
        assert teacher[0] == teacher[1]

    def test_another_teacher_or_other_texts_do_not_go_on(
        self, config: RunConfig, tmp_path: Path
    ) -> None:
        teacher, texts = tmp_path / "teacher.kosent", tmp_path / "texts.txt"
        shutil.copy(TEACHER, teacher)
        texts.write_text("\n".join(NEW), "utf-8")
        asked = replace(config, distill=Distillation(str(teacher), 0.5, str(texts)))
        with pytest.raises(KeyboardInterrupt):
            train_run(asked, folder=tmp_path / "run", listener=Recorder("solve"))
        texts.write_text("\n".join(NEW[1:]), "utf-8")
        with pytest.raises(DataError, match="the teacher or the texts have changed"):
            resume_run(tmp_path / "run")
        texts.write_text("\n".join(NEW), "utf-8")
        shutil.copy(GOLDEN / "format-2-hybrid.kosent", teacher)
        with pytest.raises(DataError, match="the teacher or the texts have changed"):
            resume_run(tmp_path / "run")

    @pytest.mark.parametrize(
        ("asked", "kind"),
        [
            (Distillation(str(TEACHER), 1.5), UsageError),
            (Distillation(str(TEACHER), float("nan")), UsageError),
            (Distillation(str(TEACHER), 0), UsageError),
            (Distillation("absent"), BundleError),
            (Distillation(str(TEACHER), texts="absent.txt"), DataError),
            (Distillation(str(GOLDEN / "format-2-gru")), DataError),
        ],
        ids=["share", "nan", "nothing", "teacher", "texts", "labels"],
    )
    def test_what_cannot_be_learned_leaves_no_folder(
        self, asked: Distillation, kind: type[Exception], tmp_path: Path
    ) -> None:
        config = RunConfig("sample", classifier=LINEAR, distill=asked)
        with pytest.raises(kind):
            train_run(config, folder=tmp_path / "run")
        assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def several(config: RunConfig) -> EnsembleConfig:
    """Return two members; the first is the student of the other tests."""
    other = LINEAR | {"tokenizer": "jamo"}
    return EnsembleConfig("sample", [config.classifier, other], limit=200, distill=config.distill)


@pytest.fixture(scope="module")
def taught(several: EnsembleConfig, tmp_path_factory: pytest.TempPathFactory) -> EnsembleResult:
    return train_ensemble(several, folder=tmp_path_factory.mktemp("several") / "run", jobs=1)


def killed(config: EnsembleConfig, folder: Path) -> None:
    """Leave a run as one that was killed when the teacher had said it all."""
    with pytest.raises(KeyboardInterrupt):
        train_ensemble(config, folder=folder, jobs=1, listener=Recorder("members"))


class TestSeveral:
    """All members of an ensemble learn from one teacher, which is asked once."""

    def test_a_member_learns_what_it_would_alone(
        self, taught: EnsembleResult, student: RunResult
    ) -> None:
        member = taught.ensemble.members[0]
        for name in ("teacher", "rows", "validation"):
            assert member.info_[name] == student.classifier.info_[name]
        texts = ["정말 재밌다", "너무 지루하다", *NEW]
        np.testing.assert_array_equal(
            member.predict_proba(texts), student.classifier.predict_proba(texts)
        )

    def test_bundle_card_and_report_name_the_teacher(
        self, taught: EnsembleResult, student: RunResult
    ) -> None:
        teacher = student.classifier.info_["teacher"]
        assert kosent.load(taught.bundle).info_["teacher"] == teacher
        assert teacher["sha256"] in (taught.bundle / "card.md").read_text("utf-8")
        commands = ensemble_commands(read_config(taught.folder)[0])
        assert [f"kosent distill --teacher {TEACHER} " in line for line in commands] == [
            True,
            True,
            False,
        ]

    def test_the_teacher_is_asked_once(
        self, several: EnsembleConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = []

        def ask(*arguments: Any) -> Any:
            asked.append(arguments[0].answers)
            return teach(*arguments)

        monkeypatch.setattr(runs, "teach", ask)
        with pytest.raises(KeyboardInterrupt):
            train_ensemble(several, folder=tmp_path / "run", jobs=1, listener=Recorder("weights"))
        file = str(tmp_path / "run" / "teacher.parquet")
        assert asked == [None, file, file]

    @pytest.mark.slow
    def test_members_in_processes_of_their_own_learn_the_same(
        self, several: EnsembleConfig, taught: EnsembleResult, tmp_path: Path
    ) -> None:
        found = train_ensemble(several, folder=tmp_path / "run", jobs=2)
        assert found.test == taught.test
        for one, other in zip(found.ensemble.members, taught.ensemble.members, strict=True):
            assert one.info_["teacher"] == other.info_["teacher"]

    def test_a_killed_run_goes_on_without_asking_again(
        self, several: EnsembleConfig, taught: EnsembleResult, tmp_path: Path
    ) -> None:
        folder = tmp_path / "run"
        killed(several, folder)
        listener = Recorder("teacher")  # asking would end it
        resumed = resume_ensemble(folder, jobs=1, listener=listener)
        assert resumed.test == taught.test
        assert resumed.ensemble.info_["teacher"] == taught.ensemble.info_["teacher"]

    def test_one_killed_before_the_teacher_had_said_it_all_asks_again(
        self, several: EnsembleConfig, taught: EnsembleResult, tmp_path: Path
    ) -> None:
        folder = tmp_path / "run"
        killed(several, folder)
        (folder / "teacher.parquet").unlink()
        assert resume_ensemble(folder, jobs=1).test == taught.test

    def test_another_teacher_does_not_go_on(self, several: EnsembleConfig, tmp_path: Path) -> None:
        teacher = tmp_path / "teacher.kosent"
        shutil.copy(TEACHER, teacher)
        asked = replace(several, distill=Distillation(str(teacher)))
        killed(asked, tmp_path / "run")
        shutil.copy(GOLDEN / "format-2-hybrid.kosent", teacher)
        with pytest.raises(DataError, match="the teacher or the texts have changed"):
            resume_ensemble(tmp_path / "run", jobs=1)

    def test_several_labels_are_refused(self, several: EnsembleConfig, tmp_path: Path) -> None:
        members = [member | {"multilabel": True} for member in several.members]
        with pytest.raises(UsageError, match="several labels a text"):
            train_ensemble(replace(several, members=members), folder=tmp_path / "run", jobs=1)
        assert list(tmp_path.iterdir()) == []
