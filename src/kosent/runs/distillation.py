"""What a saved model teaches a smaller one (Hinton et al. 2015, "Distilling the Knowledge in a
Neural Network").

The student learns the teacher's probabilities mixed with the labels on the corpus' training texts,
and its probabilities alone on texts without labels. A teacher is surer of texts that it learned
itself than it is right, so texts that it has not seen teach more.
"""  # noqa: D205

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kosent.bundles.manifest import open_saved
from kosent.corpora import Corpus
from kosent.corpora.copies import text_key
from kosent.corpora.encoding import unreadable
from kosent.corpora.readers.rows import Row, open_rows
from kosent.errors import DataError, UsageError
from kosent.language import Message
from kosent.models.classifier import TextClassifier
from kosent.models.loading import load
from kosent.prediction.estimator import Estimator
from kosent.runs.lesson import Lesson, Targets
from kosent.runs.probabilities import taught_by_file
from kosent.support.classes import class_numbers
from kosent.support.paths import user_path
from kosent.support.progress import Listener
from kosent.text.stream import chunks
from kosent.training.examples import one_hot

_UNREADABLE, _EMPTY, _TRAIN, _TEST, _REPEATED = (
    "unreadable",
    "empty",
    "in the training split",
    "in the test split",
    "repeated",
)
_KOREAN = {
    _UNREADABLE: "읽을 수 없음",
    _EMPTY: "비어 있음",
    _TRAIN: "학습 자료에 있음",
    _TEST: "시험 자료에 있음",
    _REPEATED: "되풀이됨",
}


@dataclass(frozen=True, slots=True)
class Distillation:
    """Who teaches a run, and on what.

    Attributes:
        teacher: A saved model, a single one or an ensemble, with the labels of the corpus; or, with
            ``from_file``, a file of probabilities.
        share: Part of the teacher in what is learned of the corpus' training texts, from 0 to 1;
            the rest is the label.
        texts: A file of texts without labels, in a format of ``kosent.corpora.readers``. What of it
            is in the corpus is left out: its validation and test splits are not to be learned.
        teacher_sha256: Checksum of the teacher's manifest, or its file, once it was read.
        texts_sha256: Checksum of the file, likewise.
        from_file: Whether the teacher is a file of probabilities, of any model
            (:mod:`kosent.runs.probabilities`). It brings texts without labels itself.
        answers: A file in which the answers stand already (:class:`kosent.runs.lesson.Lesson`), as
            for the members of an ensemble; where it is not there, the teacher is asked.
    """

    teacher: str
    share: float = 0.5
    texts: str | None = None
    teacher_sha256: str | None = None
    texts_sha256: str | None = None
    from_file: bool = False
    answers: str | None = None

    def check(self) -> None:
        """Refuse wrong settings.

        Raises:
            UsageError: If ``share`` is not from 0 to 1, nothing would be taught, or a file of
                probabilities stands beside a file of texts.
        """
        share = self.share
        if not 0 <= share <= 1:
            raise UsageError(
                f"share는 0에서 1까지의 수여야 합니다: {share!r}",
                f"share must be a number from 0 to 1: {share!r}",
            )
        if self.from_file and self.texts is not None:
            raise UsageError(
                "--teacher-file과 --texts는 함께 쓰지 않습니다. 라벨 없는 글도 확률과 함께 그 "
                "파일에 넣으세요",
                "--teacher-file and --texts do not go together; put texts without labels into the "
                "file too, with their probabilities",
            )
        if share == 0 and self.texts is None and not self.from_file:
            raise UsageError(
                "share가 0이고 texts가 없으면 선생이 가르칠 것이 없습니다",
                "with a share of 0 and no texts the teacher has nothing to teach",
            )

    def sealed(self) -> Distillation:
        """Return the same with absolute paths and the checksums of what there is now.

        Raises:
            BundleError: If the teacher is no saved model.
            DataError: If the file cannot be read.
        """
        place = user_path(self.teacher)
        if self.from_file:
            return replace(self, teacher=str(place.absolute()), teacher_sha256=_checksum(place))
        with open_saved(place) as saved:
            checksum = saved.sha256
        found = replace(self, teacher=str(place.absolute()), teacher_sha256=checksum)
        if self.texts is None:
            return found
        texts = user_path(self.texts)
        return replace(found, texts=str(texts.absolute()), texts_sha256=_checksum(texts))

    def check_unchanged(self) -> None:
        """Refuse a teacher or texts that are not those of the run that goes on.

        Raises:
            DataError: If they have changed.
        """
        now = self.sealed()
        if (now.teacher_sha256, now.texts_sha256) != (self.teacher_sha256, self.texts_sha256):
            raise DataError(
                "선생이나 라벨 없는 글이 그사이 바뀌었습니다. 처음부터 다시 학습하세요",
                "the teacher or the texts have changed since the run began; train from the start",
            )


def teach(asked: Distillation, corpus: Corpus, whole: Corpus, listener: Listener) -> Lesson:
    """Let the teacher say what it thinks.

    Args:
        asked: Who teaches, and on what; with its checksums.
        corpus: What the student learns from.
        whole: The same without a limit of rows: none of it is learned without its label.
        listener: Receives progress events, and of what was left out.

    Raises:
        BundleError: If the teacher is no saved model, or damaged.
        DataError: If its labels are others, or the file cannot be read or holds no new text.
        UsageError: If a file of probabilities lacks the column of a label.
    """
    if asked.answers is not None and Path(asked.answers).exists():
        return Lesson.load(Path(asked.answers))
    if asked.from_file:
        targets, extra, facts = taught_by_file(asked.teacher, asked.share, corpus, whole, listener)
        return Lesson(targets, extra, {"teacher": {"sha256": asked.teacher_sha256, **facts}})
    teacher = load(asked.teacher)
    _check_labels(teacher, corpus)
    about: dict[str, Any] = {
        "model": _described(teacher),
        "sha256": asked.teacher_sha256,
        "share": asked.share,
    }
    targets, extra = None, None
    if asked.share > 0:
        found = _probabilities(teacher, corpus.train.texts, listener)
        numbers = class_numbers(corpus.train.labels, teacher.classes_)
        targets = asked.share * found + (1 - asked.share) * one_hot(numbers, found.shape[1])
    if asked.texts is not None:
        texts, left_out = new_texts(asked.texts, whole, listener)
        extra = texts, _probabilities(teacher, texts, listener)
        about["texts"] = {
            "name": Path(asked.texts).name,
            "sha256": asked.texts_sha256,
            "kept": len(texts),
            "left_out": left_out,
        }
    return Lesson(targets, extra, {"teacher": about})


def new_texts(path: str, corpus: Corpus, listener: Listener) -> tuple[list[str], dict[str, int]]:
    """Read the texts of a file that are not in the corpus.

    Args:
        path: The file.
        corpus: White space and composition of letters make no difference to its texts.
        listener: Receives progress events, and of what was left out.

    Returns:
        The texts, each once, and how many were left out for which reason.

    Raises:
        DataError: If the file cannot be read, or no text is left.
    """
    seen = {text_key(text): _TRAIN for text in corpus.train.texts}
    if corpus.test is not None:
        seen |= dict.fromkeys(map(text_key, corpus.test.texts), _TEST)
    kept: list[str] = []
    left_out: Counter[str] = Counter()
    with open_rows(path, notice=listener.notice) as rows:
        listener.stage("texts", rows.size)
        at = 0
        for part in chunks(rows.rows):
            for row in part:
                reason = _fault(row, seen)
                if not reason:
                    kept.append(row.text)
                else:
                    left_out[reason] += 1
            now = rows.position()
            listener.advance(now - at)
            at = now
    if not kept:
        raise DataError(
            f"'{path}'에 새로 배울 글이 없습니다 ({_counted(left_out, _KOREAN)})",
            f"no text of '{path}' is new to the student ({_counted(left_out)})",
        )
    listener.notice(
        Message(
            f"'{Path(path).name}': 라벨 없는 글 {len(kept):,}개를 씁니다"
            + (f". 뺀 글: {_counted(left_out, _KOREAN)}" if left_out else ""),
            f"'{Path(path).name}': {len(kept):,} texts without labels are learned"
            + (f"; left out: {_counted(left_out)}" if left_out else ""),
        )
    )
    return kept, dict(left_out.most_common())


def _fault(row: Row, seen: dict[str, str]) -> str:
    """Return why a row is not learned, ``""`` where it is; then it is seen from now on."""
    if row.fault:
        return _UNREADABLE
    key = text_key(row.text)
    if not key:
        return _EMPTY
    fault = seen.get(key, "")
    seen.setdefault(key, _REPEATED)
    return fault


def _counted(counts: Counter[str], names: dict[str, str] | None = None) -> str:
    return ", ".join(
        f"{names[reason] if names else reason} {count:,}" for reason, count in counts.most_common()
    )


def _probabilities(teacher: Estimator, texts: Sequence[str], listener: Listener) -> Targets:
    listener.stage("teacher", len(texts))
    parts = []
    for part in teacher.predict_stream(texts):
        parts.append(part)
        listener.advance(len(part))
    return np.concatenate(parts)


def _check_labels(teacher: Estimator, corpus: Corpus) -> None:
    known, wanted = teacher.classes_.tolist(), sorted(set(corpus.train.labels))
    if known != wanted:
        raise DataError(
            f"선생의 라벨 {known}이 말뭉치의 라벨 {wanted}과 다릅니다",
            f"the teacher knows the labels {known}, but the corpus has {wanted}",
        )


def _described(teacher: Estimator) -> str:
    if isinstance(teacher, TextClassifier):
        parameters = teacher.info_["parameters"]
        return f"{parameters['tokenizer']} {parameters['architecture']}"
    return f"ensemble of {len(teacher.info_['members'])}"


def _checksum(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise unreadable(path, error) from error
