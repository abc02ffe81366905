"""What decides the training of a classifier or an ensemble, and how it stands in a run folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from kosent.bundles.ensemble import FEWEST_MEMBERS, MOST_MEMBERS
from kosent.corpora import CORPORA
from kosent.errors import DataError, UsageError
from kosent.models.classifier import TextClassifier
from kosent.models.pretrained import PACKAGED
from kosent.models.settings import ClassifierSettings, no_teacher
from kosent.models.start import checksum_of, read_start, refuse_others
from kosent.runs.distillation import Distillation
from kosent.runs.folders import CONFIG
from kosent.support.paths import user_path
from kosent.text.cleaning import preset_for
from kosent.training.settings import SPLIT_SETTINGS

MEMBERS = "members"
STARTS = "starts"

_Config = TypeVar("_Config", "EnsembleConfig", "RunConfig")


@dataclass(frozen=True, slots=True)
class EnsembleConfig:
    """Everything that decides the training of an ensemble.

    Attributes:
        corpus: Name of a corpus, or path of a user's own.
        members: Arguments of ``TextClassifier`` of each member. The settings that decide the
            validation split are the same for all.
        text_column: Text column of a user's own file; found by its name when ``None``.
        label_column: Label column, likewise.
        limit: Use at most this many rows of each split, classes in proportion.
        order: Numbers of the members in the order of starting; as listed when empty.
        label_separator: What stands between the labels of a cell, where a text may have several;
            found in the file when ``None``.
        label_columns: Columns of zeros and ones, one a label, likewise.
        distill: Who teaches the members, if anybody does.
    """

    corpus: str
    members: Sequence[dict[str, Any]]
    text_column: str | None = None
    label_column: str | None = None
    limit: int | None = None
    order: Sequence[int] = ()
    label_separator: str | None = None
    label_columns: Sequence[str] = ()
    distill: Distillation | None = None

    def run(self, number: int) -> RunConfig:
        """Return the run of a member."""
        return RunConfig(
            self.corpus,
            self.text_column,
            self.label_column,
            self.limit,
            classifier=self.members[number],
            score_test=False,
            distill=self.distill,
            label_separator=self.label_separator,
            label_columns=self.label_columns,
        )

    def check(self) -> None:
        """Refuse wrong settings before a corpus is read, a folder made or TensorFlow loaded.

        Raises:
            UsageError: If a name, setting or limit cannot be used.
        """
        if not FEWEST_MEMBERS <= len(self.members) <= MOST_MEMBERS:
            raise UsageError(
                f"앙상블에는 모델이 {FEWEST_MEMBERS}개에서 {MOST_MEMBERS}개까지 필요합니다: "
                f"{len(self.members)}개",
                f"an ensemble takes {FEWEST_MEMBERS} to {MOST_MEMBERS} models. "
                f"Received: {len(self.members)}",
            )
        numbers = range(len(self.members))
        for number in numbers:
            self.run(number).check()
            _refuse_automatic(number, self.members[number])
        splits = [
            ClassifierSettings.of(self.run(number).classifier).of_split() for number in numbers
        ]
        if splits.count(splits[0]) < len(splits):
            listed = ", ".join(SPLIT_SETTINGS)
            raise UsageError(
                f"모든 모델의 검증 자료가 같아야 합니다: {listed}",
                f"all members must hold out the same rows; give all the same {listed}",
            )
        if self.order and sorted(self.order) != list(numbers):
            raise UsageError(
                f"order에는 모든 모델의 번호가 한 번씩 있어야 합니다: {list(self.order)}",
                f"order must name every member once: {list(self.order)}",
            )


def _refuse_automatic(number: int, member: Mapping[str, Any]) -> None:
    """Refuse a member for which auto would decide: it learns from all texts in the end.

    Raises:
        UsageError: If none of its settings names or means a network.
    """
    if ClassifierSettings.of(member).is_automatic:
        raise UsageError(
            f"앙상블의 {number + 1}번째 모델에 architecture를 정하세요. auto는 될 수 없습니다",
            f"name the architecture of the ensemble's member {number + 1}; auto cannot be one",
        )


def read_config(folder: Path) -> tuple[EnsembleConfig, str]:
    """Read the configuration of an ensemble's run, and the fingerprint of its corpus.

    Raises:
        DataError: If the folder is no such run.
    """
    try:
        written = json.loads((folder / CONFIG).read_bytes())
        # A run that was begun before a setting was known does without it.
        known = {each.name for each in fields(EnsembleConfig)} & set(written)
        config = EnsembleConfig(**{name: written[name] for name in known})
        return _with_teacher(config), written["corpus_fingerprint"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"'{folder}'은(는) 이어서 할 수 있는 학습 폴더가 아닙니다 ({CONFIG}을 읽을 수 없음)",
            f"'{folder}' is not a run that can be resumed (no readable {CONFIG})",
        ) from error


def is_ensemble_run(folder: str | Path) -> bool:
    """Tell whether a run folder is that of an ensemble."""
    try:
        return MEMBERS in json.loads((Path(folder) / CONFIG).read_bytes())
    except (OSError, ValueError, TypeError):
        return False


@dataclass(frozen=True, slots=True)
class RunConfig:
    """Everything that decides a run.

    Attributes:
        corpus: Name of a corpus, or path of a user's own.
        text_column: Text column of a user's own file; found by its name when ``None``.
        label_column: Label column, likewise.
        limit: Use at most this many rows of each split, classes in proportion.
        classifier: Arguments of ``TextClassifier``; ``cleaning`` follows the corpus' language
            where it is not given.
        int8: Also leave the model in one file with its weights reduced to int8.
        score_test: Score the test split at the end. A member of an ensemble is not scored on it:
            only the ensemble is.
        distill: Who teaches the classifier, if anybody does.
        label_separator: What stands between the labels of a cell, where a text may have several;
            found in the file when ``None``.
        label_columns: Columns of zeros and ones, one a label, likewise.
    """

    corpus: str
    text_column: str | None = None
    label_column: str | None = None
    limit: int | None = None
    classifier: dict[str, Any] = field(default_factory=dict)
    int8: bool = False
    score_test: bool = True
    distill: Distillation | None = None
    label_separator: str | None = None
    label_columns: Sequence[str] = ()

    @property
    def multilabel(self) -> bool:
        """Whether a text may have several labels, or none."""
        return bool(self.classifier.get("multilabel", False))

    def check(self) -> None:
        """Refuse wrong settings before a corpus is read, a folder made or TensorFlow loaded.

        Raises:
            UsageError: If a name, setting or limit cannot be used.
        """
        model = TextClassifier(**ClassifierSettings.of(self.classifier).values())
        model.check()
        if model.start is not None:  # here a default that is named was asked for
            refuse_others(self.classifier, read_start(model.start), multilabel=self.multilabel)
        if self.distill is not None:
            self.distill.check()
            if self.multilabel:
                raise no_teacher()
        if (self.label_separator is not None or self.label_columns) and not self.multilabel:
            raise UsageError(
                "--label-separator와 --label-columns는 --multilabel과 함께 씁니다",
                "--label-separator and --label-columns go with --multilabel",
            )
        for name, value in (("corpus", self.corpus), ("tokenizer", model.tokenizer)):
            if not isinstance(value, str):  # config.json holds no objects
                raise UsageError(
                    f"{name}에는 이름이나 경로를 문자열로 주세요: {value!r}",
                    f"{name} of a run must be a name or path as a string: {value!r}",
                )
        if self.limit is not None and self.limit < 1:
            raise UsageError(
                f"limit은 1 이상이어야 합니다: {self.limit}",
                f"limit must be at least 1: {self.limit}",
            )


def read_run_config(folder: Path) -> tuple[RunConfig, str, int]:
    """Read the configuration of a run, its corpus' fingerprint and the rule of its split.

    Raises:
        DataError: If the folder is no such run.
    """
    try:
        written = json.loads((folder / CONFIG).read_bytes())
        # A run that was begun before a setting was known does without it.
        known = {f.name for f in fields(RunConfig)} & set(written)
        config = restored({name: written[name] for name in known})
        return config, written["corpus_fingerprint"], written.get("split_rule", 1)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"'{folder}'은(는) 이어서 할 수 있는 학습 폴더가 아닙니다 ({CONFIG}을 읽을 수 없음)",
            f"'{folder}' is not a run that can be resumed (no readable {CONFIG})",
        ) from error


def restored(values: Mapping[str, Any]) -> RunConfig:
    """Return the configuration of a run from plain values, as ``dataclasses.asdict`` gives them."""
    return _with_teacher(RunConfig(**values))


def _with_teacher(config: _Config) -> _Config:
    """Turn what was read of a file about the teacher into what it says."""
    found: Any = config.distill
    return config if found is None else replace(config, distill=Distillation(**found))


def begun_otherwise(folder: Path) -> DataError:
    """Build the error for a run that was begun with another rule of the validation split."""
    return DataError(
        f"'{folder}'은(는) 검증 자료를 달리 나누던 kosent로 시작했습니다. 처음부터 다시 학습하세요",
        f"'{folder}' was begun by a kosent that cut the validation split off otherwise; train from "
        "the start",
    )


def given_cleaning(arguments: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return the arguments with a cleaning: where none is named, by the language of the corpus.

    What starts from a saved model has that model's.
    """
    if arguments.get("start") is not None:
        return dict(arguments)
    return {"cleaning": preset_for(language), **arguments}


def starts(classifiers: Sequence[Mapping[str, Any]]) -> dict[str, list[str | None]]:
    """Return what a run says about the models that its classifiers start from: their checksums.

    Raises:
        BundleError: If one of them is no saved model.
    """
    named = [each.get("start") for each in classifiers]
    if not any(named):
        return {}
    return {STARTS: [None if name is None else checksum_of(name) for name in named]}


def check_starts(folder: Path, classifiers: Sequence[Mapping[str, Any]]) -> None:
    """Refuse to go on where a model that a classifier starts from is not what it was.

    Raises:
        BundleError: If one of them is no saved model any more.
        DataError: If it has changed.
    """
    written = json.loads((folder / CONFIG).read_bytes())
    if starts(classifiers).get(STARTS) != written.get(STARTS):
        raise DataError(
            "이어받을 모델이 그사이 바뀌었습니다. 처음부터 다시 학습하세요",
            "the model to start from has changed since the run began; train from the start",
        )


def located(corpus: str, arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Make the paths in a run's configuration absolute, so that it can go on from anywhere.

    Args:
        corpus: Name, or path of a corpus that is there.
        arguments: Those of the classifier; a tokenizer's ``model_file`` is a path, and so is a
            ``start`` that is not packaged.
    """
    start = arguments.get("start")
    if start is not None and start not in PACKAGED:
        arguments = {**arguments, "start": str(user_path(start).absolute())}
    options = arguments.get("tokenizer_options") or {}
    if isinstance(options.get("model_file"), str):
        file = str(user_path(options["model_file"]).absolute())
        arguments = {**arguments, "tokenizer_options": {**options, "model_file": file}}
    place = corpus if corpus in CORPORA else str(user_path(corpus).absolute())
    return place, dict(arguments)
