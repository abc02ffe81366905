"""A file of probabilities: what it teaches, what is dropped, what is refused."""

from __future__ import annotations

import csv
import json
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kosent
from kosent.corpora import Corpus
from kosent.errors import DataError, KosentError, UsageError
from kosent.runs.config import RunConfig
from kosent.runs.distillation import Distillation, Lesson, teach
from kosent.runs.probabilities import Probabilities
from kosent.runs.run import resume_run, train_run
from kosent.support.progress import Silent

NEW = ["우주에서 온 새로운 글", "아무도 안 쓴 글 ㅋㅋ"]
HEADER = ("document", "positive", "id", "negative")
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
        self.notices.append(str(message))


@pytest.fixture(scope="module")
def whole() -> Corpus:
    return kosent.load_corpus("sample")


@pytest.fixture(scope="module")
def corpus(whole: Corpus) -> Corpus:
    return whole.limited(20, 0)


def write(path: Path, rows: Sequence[Sequence[object]], header: Sequence[str] = HEADER) -> Path:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
    elif path.suffix == ".jsonl":
        lines = [json.dumps(dict(zip(header, row, strict=True))) for row in rows]
        path.write_text("\n".join(lines) + "\n", "utf-8")
    else:
        from pyarrow import parquet, table

        columns = zip(header, zip(*rows, strict=True), strict=True)
        parquet.write_table(table({name: list(cells) for name, cells in columns}), path)
    return path


def taught(path: Path, corpus: Corpus, whole: Corpus, share: float = 0.25) -> Lesson:
    return teach(Distillation(str(path), share, from_file=True), corpus, whole, Silent())


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_probabilities_find_their_texts(
    suffix: str, corpus: Corpus, whole: Corpus, tmp_path: Path
) -> None:
    texts = corpus.train.texts
    spaced = unicodedata.normalize("NFD", f" {'   '.join(texts[3].split())}\t")
    rows = [(texts[5], 0.9, 1, 0.1), (spaced, 0.25, 2, 0.75), (NEW[0], 0.6, 3, 0.4)]
    lesson = taught(write(tmp_path / f"said{suffix}", rows), corpus, whole)
    sure = np.array([[label == "negative", label == "positive"] for label in corpus.train.labels])
    expected = sure.astype(float)
    expected[5] = 0.75 * sure[5] + 0.25 * np.array([0.1, 0.9])
    expected[3] = 0.75 * sure[3] + 0.25 * np.array([0.75, 0.25])
    assert lesson.targets is not None
    np.testing.assert_allclose(lesson.targets, expected, atol=1e-6)
    assert lesson.extra is not None
    assert lesson.extra[0] == NEW[:1]
    np.testing.assert_allclose(lesson.extra[1], [[0.4, 0.6]], atol=1e-6)


def test_what_a_model_says_teaches_the_same_through_a_file(
    corpus: Corpus, whole: Corpus, tmp_path: Path
) -> None:
    from kosent import load

    model = Path(__file__).parents[1] / "golden" / "ensemble-1.kosent"
    teacher = load(model)
    texts = [*corpus.train.texts, *NEW]
    said = [dict(zip(teacher.classes_, row, strict=True)) for row in teacher.predict_proba(texts)]
    rows = [
        (text, float(row["positive"]), 0, float(row["negative"]))
        for text, row in zip(texts, said, strict=True)
    ]
    more = tmp_path / "more.txt"
    more.write_text("\n".join(NEW), "utf-8")
    lessons = [
        taught(write(tmp_path / "said.parquet", rows), corpus, whole),
        teach(Distillation(str(model), 0.25, str(more)), corpus, whole, Silent()),
    ]
    targets, extra = zip(*((each.targets, each.extra) for each in lessons), strict=True)
    np.testing.assert_allclose(*targets, atol=1e-6)
    assert extra[0][0] == extra[1][0] == NEW
    np.testing.assert_allclose(extra[0][1], extra[1][1], atol=1e-6)


def test_every_row_is_accounted_for(corpus: Corpus, whole: Corpus, tmp_path: Path) -> None:
    assert whole.test is not None
    kept = set(corpus.train.texts)
    beyond = next(text for text in whole.train.texts if text not in kept)
    own = corpus.train.texts[0]
    said = (0.5, 1, 0.5)
    rows = [
        *((text, *said) for text in (own, own, beyond, whole.test.texts[0], *NEW, f" {NEW[0]} ")),
        ("  ", *said),
        ("", *said),
    ]
    path = write(tmp_path / "said.csv", rows)
    with path.open("a", encoding="utf-8") as file:
        file.write("너무 짧은 줄,0.5\n")
    listener = Recorder()
    lesson = teach(Distillation(str(path), from_file=True), corpus, whole, listener)
    account = lesson.facts["teacher"]["file"]
    assert account["dropped"] == {
        "repeated text": 2,
        "empty text": 2,
        "over limit": 1,
        "in the test split": 1,
        "wrong column count": 1,
    }
    assert (account["taught"], account["new"], account["without"]) == (1, 2, 19)
    assert account["read"] == len(rows) + 1
    _, told, missing = listener.notices
    assert "rows read 10 = probabilities of training texts 1 + new texts" in told
    assert "left out 7 (repeated text 2" in told
    assert "19 training texts are not in 'said.csv'" in missing


def test_copies_of_a_text_are_all_taught() -> None:
    half = np.full(2, 0.5, np.float32)
    found = Probabilities(
        "said.csv", {"글 하나": half}, [], np.zeros((0, 2), np.float32), Counter()
    )
    labels = np.eye(2, dtype=np.float32)[[0, 1, 1]]
    targets, missing = found.mixed(["글 하나", "둘", " 글  하나"], labels, 0.5)
    assert targets.tolist() == [[0.75, 0.25], [0, 1], [0.25, 0.75]]
    assert missing == 1
    assert labels.tolist() == [[1, 0], [0, 1], [0, 1]]


@pytest.mark.parametrize(("values", "expected"), [((0.3005, 0.7), 0.3005 / 1.0005), ((1, 0), 1)])
def test_sums_within_a_thousandth_become_1(
    values: tuple[float, float], expected: float, corpus: Corpus, whole: Corpus, tmp_path: Path
) -> None:
    path = write(tmp_path / "said.csv", [(NEW[0], values[0], 1, values[1])])
    lesson = taught(path, corpus, whole)
    assert lesson.extra is not None
    np.testing.assert_allclose(lesson.extra[1], [[1 - expected, expected]], atol=1e-6)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((NEW[0], 0.302, 1, 0.7), r"row 3: the probabilities add up to 1\.002, not 1"),
        ((NEW[0], 0.2, 1, 0.7), r"row 3: the probabilities add up to 0\.9, not 1"),
        ((NEW[0], 2.5, 1, -1.5), r"row 3: the value of the label 'negative' .*'-1\.5'.*softmax"),
        ((NEW[0], "nan", 1, 1), "row 3: the value of the label 'positive' .*'nan'"),
        ((NEW[0], "", 1, 1), "row 3: the value of the label 'positive' .*''"),
        ((NEW[0], "높음", 1, 1), "row 3: the value of the label 'positive' .*'높음'"),
    ],
)
def test_what_are_no_probabilities(
    row: tuple[object, ...], reason: str, corpus: Corpus, whole: Corpus, tmp_path: Path
) -> None:
    path = write(tmp_path / "said.csv", [(corpus.train.texts[0], 0.5, 1, 0.5), row])
    with pytest.raises(DataError, match=reason):
        taught(path, corpus, whole)


@pytest.mark.parametrize(
    ("header", "kind", "reason"),
    [
        (("document", "positive", "id", "neg"), UsageError, "negative"),
        (("document", "positive", "id", "Negative"), None, ""),
        (("문장들", "positive", "id", "negative"), DataError, "no text column"),
    ],
)
def test_columns(
    header: tuple[str, ...],
    kind: type[KosentError] | None,
    reason: str,
    corpus: Corpus,
    whole: Corpus,
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "said.csv", [(NEW[0], 0.5, 1, 0.5)], header)
    if kind is None:
        assert taught(path, corpus, whole).extra is not None
        return
    with pytest.raises(kind, match=reason):
        taught(path, corpus, whole)


def test_a_label_that_the_corpus_lacks(corpus: Corpus, whole: Corpus, tmp_path: Path) -> None:
    """Its probability is missing from the sums of the others."""
    header = ("document", "positive", "neutral", "negative")
    path = write(tmp_path / "said.csv", [(NEW[0], 0.5, 0.3, 0.2)], header)
    with pytest.raises(DataError, match=r"add up to 0\.7"):
        taught(path, corpus, whole)


def test_nothing_to_teach(corpus: Corpus, whole: Corpus, tmp_path: Path) -> None:
    assert whole.test is not None
    path = write(tmp_path / "said.csv", [(whole.test.texts[0], 0.5, 1, 0.5)])
    with pytest.raises(DataError, match=r"of use \(rows read: 1; in the test split 1\)"):
        taught(path, corpus, whole)
    path = write(tmp_path / "said.csv", [(corpus.train.texts[0], 0.5, 1, 0.5)])
    assert taught(path, corpus, whole).extra is None
    with pytest.raises(DataError, match="of use"):
        taught(path, corpus, whole, 0.0)
    with pytest.raises(UsageError, match="--teacher-file and --texts do not go together"):
        Distillation(str(path), texts="more.txt", from_file=True).check()


@pytest.mark.slow
def test_a_student_says_who_taught_it_and_goes_on_after_a_kill(
    corpus: Corpus, tmp_path: Path
) -> None:
    rows = [(text, 0.5, 1, 0.5) for text in (*corpus.train.texts, *NEW)]
    path = write(tmp_path / "said.parquet", rows)
    asked = Distillation(str(path), 0.5, from_file=True)
    settings = LINEAR | {"seed": 0}  # which chooses the rows of the limit as in ``corpus``
    config = RunConfig("sample", limit=20, classifier=settings, distill=asked)
    student = train_run(config, folder=tmp_path / "student")
    info = student.classifier.info_
    assert info["teacher"]["file"]["taught"] == 20
    assert info["rows"]["unlabelled"] == 2
    card = (student.bundle / "card.md").read_text("utf-8")
    assert f"`said.parquet`, SHA-256 `{info['teacher']['sha256']}`" in card
    assert "training texts 20, 새 글 / new texts 2, 뺀 줄 / left out 0" in card
    with pytest.raises(KeyboardInterrupt):
        train_run(config, folder=tmp_path / "killed", listener=Recorder("solve"))
    resumed = resume_run(tmp_path / "killed")
    weights = [run.bundle / "weights.safetensors" for run in (student, resumed)]
    assert weights[0].read_bytes() == weights[1].read_bytes()
    with pytest.raises(KeyboardInterrupt):
        train_run(config, folder=tmp_path / "other", listener=Recorder("solve"))
    write(path, rows[:-1])
    with pytest.raises(DataError, match="the teacher or the texts have changed"):
        resume_run(tmp_path / "other")
