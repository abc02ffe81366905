"""A saved model scored on a corpus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, Unpack

from kosent import corpora
from kosent.bundles.manifest import read_manifest
from kosent.corpora import CORPORA, Corpus
from kosent.corpora.notices import unseen_notice
from kosent.errors import UsageError
from kosent.language import Message
from kosent.metrics.multilabel import MultilabelReport
from kosent.metrics.report import Label, Report
from kosent.models.loading import load
from kosent.models.settings import LABEL_OPTIONS, labels_as_learned
from kosent.prediction.estimator import Estimator, report_of
from kosent.prediction.mistakes import check_suffix, mistakes_file, mistakes_of
from kosent.prediction.several import mistakes_of_sets, scored
from kosent.support.files import write_file
from kosent.support.labels import spelling
from kosent.support.paths import user_path
from kosent.support.progress import Listener, Silent

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class Rows(TypedDict, total=False):
    """Which rows of a corpus a model is scored on; what is left out is as if it were ``None``.

    Attributes:
        split: ``"train"`` or ``"test"``; by default test, and train where there is no test.
        text_column: Text column of a user's own file; found by its name when ``None``.
        label_column: Label column, likewise.
        label_separator: What stands between the labels of a cell, where a text may have several;
            by default as in training.
        label_columns: Columns of zeros and ones, one a label, likewise.
        limit: Score at most this many rows, classes in proportion.
    """

    split: str | None
    text_column: str | None
    label_column: str | None
    label_separator: str | None
    label_columns: Sequence[str]
    limit: int | None


class Answers(NamedTuple):
    """What each text got.

    Attributes:
        classifier: The model.
        texts: ``n`` texts.
        labels: Their true labels, ``n``; of several labels a text lists of them.
        probabilities: float32 ``(n, classes)``.
        lines: Where each text stands in its file, where that is known.
    """

    classifier: Estimator
    texts: Sequence[str]
    labels: list[Any]
    probabilities: npt.NDArray[np.float32]
    lines: list[int] | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores and what was scored.

    Attributes:
        report: The scores.
        bundle: The model's folder.
        corpus: Name of the corpus.
        split: ``"train"`` or ``"test"``.
        blank: Texts of which cleaning left nothing.
        cut: Texts that were longer than the model reads.
        answers: What each text got.
        learned: Whether the model has learned from these rows.
    """

    report: Report | MultilabelReport
    bundle: Path
    corpus: str
    split: str
    blank: int
    cut: int
    answers: Answers
    learned: bool = False


def evaluate_bundle(
    path: str | Path,
    corpus: str | None = None,
    *,
    errors: str | Path | None = None,
    listener: Listener | None = None,
    **rows: Unpack[Rows],
) -> Evaluation:
    """Score a saved model on a corpus.

    Args:
        path: A bundle.
        corpus: Name or path of a corpus; by default the one the model was trained on.
        errors: A ``.csv``, ``.tsv`` or ``.jsonl`` file for the texts that get another label than
            their own, the surest first; it appears whole or not at all.
        listener: Receives progress events and notices.
        **rows: Which of its rows; see :class:`Rows`.

    Returns:
        The scores.

    Raises:
        BundleError: If ``path`` is no usable bundle.
        UsageError: If the corpus is not given and not known, or a name or limit is wrong.
        DataError: If the corpus cannot be used, or the model knows none of its labels.
        DownloadError: If the corpus has to be downloaded and cannot.
        RuntimeSetupError: If the disk refuses.
    """
    target = None if errors is None else Path(errors)
    if target is not None:
        check_suffix(target.suffix)
    listener = listener or Silent()
    ready = prepare(path, corpus, listener=listener, **rows)
    listener.stage("test", None)
    classifier = ready.classifier
    probabilities, blank, cut = classifier.predict_all(ready.texts)
    several = classifier.thresholds_ is not None
    report: Report | MultilabelReport = (
        scored(classifier, ready.labels, probabilities)
        if several
        else report_of(classifier.classes_, ready.labels, probabilities)
    )
    if report.unknown_labels:
        listener.notice(unseen_notice(report.unknown_labels))
    if target is not None:
        answers = ready.texts, ready.labels, probabilities
        mistakes = (
            mistakes_of_sets(classifier, *answers)
            if several
            else mistakes_of(classifier.classes_, *answers)
        )
        write_file(target, mistakes_file(mistakes, target.suffix, ready.lines))
    found = Answers(classifier, ready.texts, ready.labels, probabilities, ready.lines)
    return Evaluation(
        report, ready.bundle, ready.corpus, ready.split, len(blank), len(cut), found, ready.learned
    )


@dataclass(frozen=True, slots=True)
class Ready:
    """A model and the rows of a corpus that it is to be scored on.

    Attributes:
        classifier: The model.
        texts: ``n`` texts.
        labels: Their labels, in the model's own type where it knows them, ``n``; of several labels
            a text lists of them.
        bundle: The model's folder.
        corpus: Name of the corpus.
        split: ``"train"`` or ``"test"``.
        lines: Where each text stands in its file, where that is known.
        learned: Whether the model has learned from these rows.
    """

    classifier: Estimator
    texts: Sequence[str]
    labels: list[Any]
    bundle: Path
    corpus: str
    split: str
    lines: list[int] | None = None
    learned: bool = False


def prepare(
    path: str | Path, corpus: str | None, *, listener: Listener, **rows: Unpack[Rows]
) -> Ready:
    """Load a saved model and what it is to be scored on.

    Arguments and errors are those of :func:`evaluate_bundle`, except for labels that the model
    does not know: they stay as they are.
    """
    path = user_path(path)
    manifest = read_manifest(path)
    info, several = manifest["info"], "thresholds" in manifest
    name = corpus or _trained_on(info)
    named = {name: rows.get(name) for name in LABEL_OPTIONS}
    labels = labels_as_learned(info, several, name, named)
    loaded = corpora.load(name, listener, text_column=rows.get("text_column"), **labels)
    split = rows.get("split") or _default_split(loaded, listener)
    chosen = loaded.split(split)
    learned = split == "train" and _learned(info, loaded)
    if learned:
        listener.notice(
            Message(
                f"'{loaded.name}'의 train은 이 모델이 배운 자료입니다. 새 글에서는 이만 못합니다",
                f"this model learned from the train split of '{loaded.name}'; on new texts it is "
                "not as good",
            )
        )
    limit = rows.get("limit")
    if limit is not None:
        chosen = chosen.limited(limit, seed=0)
    listener.stage("load", None)
    classifier = load(path)
    by_name: dict[str, Label] = {
        spelling(str(label)): label for label in classifier.classes_.tolist()
    }
    truth: list[Any] = [by_name.get(name, name) for name in chosen.labels]
    if chosen.label_sets is not None:
        truth = [[by_name.get(name, name) for name in each] for each in chosen.label_sets]
    return Ready(classifier, chosen.texts, truth, path, loaded.name, split, chosen.lines, learned)


def _trained_on(info: dict[str, object]) -> str:
    corpus = info.get("corpus")
    name = corpus.get("name") if isinstance(corpus, dict) else None
    if name in CORPORA:
        return str(name)
    raise UsageError(
        f"이 모델이 배운 자료({name or '-'})는 kosent의 말뭉치가 아닙니다. --corpus로 지정하세요",
        f"this model learned from {name or '-'}, which is none of kosent's corpora; "
        "name one with --corpus",
    )


def _learned(info: Mapping[str, Any], corpus: Corpus) -> bool:
    """Tell whether a model learned from the training split of a corpus, whatever it is called."""
    learned = info.get("corpus") or {}
    limit = learned.get("limit")
    seed = info.get("split", info.get("parameters", {})).get("seed", 0)
    return bool(learned) and corpus.limited(limit, seed).fingerprint == learned.get("fingerprint")


def _default_split(corpus: Corpus, listener: Listener) -> str:
    if corpus.test is not None:
        return "test"
    listener.notice(
        Message(
            f"'{corpus.name}'에는 test 자료가 없어 train 자료로 평가합니다",
            f"'{corpus.name}' has no test split; the train split is scored",
        )
    )
    return "train"
