"""A training run as a folder: configuration, environment, metrics, checkpoints, report, bundle.

::

    runs/20260101-120000-nsmc-okt-lstm/
      config.json         what was asked, complete: ``--resume`` needs nothing else
      environment.json    versions and machine
      encoder/            the fitted encoder
      checkpoints/        the newest finished epoch
      metrics.jsonl  history.csv  curves.png
      validation.safetensors    what the held-out texts got: row numbers and probabilities
      report.html         for people, by `kosent train` (``kosent.reporting``)
      report.json         figures on validation and, scored once at the end, on test
      bundle/             the trained model; its presence means that the run is complete
      int8.kosent         the same in one small file that can only predict, where it was asked for
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from kosent import corpora
from kosent.bundles.place import BUNDLE
from kosent.corpora import Corpus
from kosent.corpora.copies import Copies
from kosent.errors import DataError, UsageError
from kosent.language import Message
from kosent.metrics.multilabel import MultilabelReport
from kosent.metrics.report import Report
from kosent.models.classifier import TextClassifier
from kosent.models.export import Export, export_bundle
from kosent.models.settings import AUTO, LABEL_OPTIONS, ClassifierSettings
from kosent.plotting.curves import learning_curves
from kosent.runs.config import (
    EnsembleConfig,
    RunConfig,
    begun_otherwise,
    check_starts,
    given_cleaning,
    located,
    read_run_config,
    starts,
)
from kosent.runs.distillation import teach
from kosent.runs.environment import environment
from kosent.runs.folders import CONFIG, begun, locked
from kosent.runs.held import write_held
from kosent.runs.lesson import Lesson
from kosent.support.files import write_file
from kosent.support.paths import user_path
from kosent.support.plain import to_python
from kosent.support.progress import Listener, Noting, Silent
from kosent.support.signed import to_json
from kosent.training.splits import RULE

CURVES = "curves.png"
INT8 = "int8.kosent"


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a finished run leaves.

    Attributes:
        folder: The run folder.
        bundle: The trained model's folder.
        classifier: The trained classifier.
        validation: Figures on the validation split.
        test: Figures on the test split, ``None`` for a corpus without one.
        seconds: Seconds from start (or resumption) to end, corpus reading included.
        int8: The model in int8, where it was asked for.
    """

    folder: Path
    bundle: Path
    classifier: TextClassifier
    validation: Report | MultilabelReport
    test: Report | MultilabelReport | None
    seconds: float
    int8: Export | None = None


def train_run(
    config: RunConfig,
    *,
    folder: str | Path | None = None,
    listener: Listener | None = None,
    began: Callable[[Path], None] | None = None,
) -> RunResult:
    """Train on a corpus and leave everything about it in a folder.

    Args:
        config: What to train.
        folder: The run folder; by default a new one below ``runs/``, named by time and content.
            No other process can work in it until the run ends.
        listener: Receives progress events and notices.
        began: Called with the run folder when it is there.

    Returns:
        The finished run.

    Raises:
        UsageError: If the configuration is wrong, the folder holds something already or another
            process works in it, or int8 would cost too much accuracy; the run is complete without
            it then.
        DataError: If the corpus cannot be used, or a teacher's texts.
        BundleError: If a teacher is no saved model, or damaged.
        RuntimeSetupError: If the disk refuses, or Java is missing for ``okt``.
        DownloadError: If the corpus has to be downloaded and cannot.
    """
    config.check()
    started = time.perf_counter()
    with begun(folder, config.corpus, _name_of(config)) as target:
        if began is not None:
            began(target)
        return _train(config, target, Noting(listener or Silent()), started)


def _train(config: RunConfig, target: Path, listener: Noting, started: float) -> RunResult:
    if config.distill is not None:
        config = replace(config, distill=config.distill.sealed())
    corpus, lesson = load_lesson(config, listener)
    place, arguments = located(config.corpus, given_cleaning(config.classifier, corpus.language))
    config = replace(config, corpus=place, classifier=arguments)
    seen = {"corpus_fingerprint": corpus.fingerprint, "split_rule": RULE}
    written = to_python(asdict(config)) | seen | starts([arguments])
    write_file(target / "environment.json", to_json(environment()))
    write_file(target / CONFIG, to_json(written))
    result = _finish(config, corpus, lesson, target, False, listener, started)
    return _with_int8(result, config, corpus, listener)


def resume_run(folder: str | Path, *, listener: Listener | None = None) -> RunResult:
    """Go on with a run that was killed; the result equals that of an uninterrupted one.

    Args:
        folder: Its folder.
        listener: Receives progress events and notices.

    Raises:
        DataError: If the folder is no run, or its corpus or teacher has changed since.
        UsageError: If the run is complete already, or another process works in it.
    """
    started = time.perf_counter()
    target = user_path(folder)
    read_run_config(target)  # what is no run gets no lock
    with locked(target):
        return _resume(target, Noting(listener or Silent()), started)


def _resume(target: Path, listener: Noting, started: float) -> RunResult:
    config, fingerprint, rule = read_run_config(target)
    if (target / BUNDLE).exists():
        raise UsageError(
            f"'{target}': 이미 끝난 학습입니다", f"the run '{target}' is complete already"
        )
    if config.distill is not None:
        config.distill.check_unchanged()
    check_starts(target, [config.classifier])
    corpus, lesson = load_lesson(config, listener)
    if corpus.fingerprint != fingerprint:
        raise DataError(
            f"'{config.corpus}'의 내용이 그사이 바뀌었습니다. 처음부터 다시 학습하세요",
            f"'{config.corpus}' has changed since the run began; train from the start",
        )
    if rule != RULE and Copies.of(corpus).repeated:
        raise begun_otherwise(target)
    result = _finish(config, corpus, lesson, target, True, listener, started)
    return _with_int8(result, config, corpus, listener)


def _name_of(config: RunConfig) -> str:
    arguments = config.classifier
    if config.distill is not None:  # what a teacher says goes to one network, not to auto
        arguments = ClassifierSettings.of(arguments).settled().values()
    return model_name(arguments)


def model_name(arguments: dict[str, Any]) -> str:
    """Return what the run folder of a classifier with these arguments is called."""
    model = TextClassifier(**arguments)
    if model.start is not None:
        return f"{Path(model.start).stem}-{model.transfer}"
    if model.is_automatic:
        return AUTO
    model = TextClassifier(**model.settled().values())
    return f"{model.tokenizer}-{model.architecture}"


def corpus_facts(corpus: Corpus, config: RunConfig | EnsembleConfig) -> dict[str, Any]:
    """Return what a saved model says about the corpus that it learned from."""
    facts = {
        "name": corpus.name,
        "fingerprint": corpus.fingerprint,
        "limit": config.limit,
        "rows": corpus.accounts(),
    }
    if corpus.multilabel:
        how = {name: to_python(getattr(config, name)) for name in LABEL_OPTIONS}
        facts["labels"] = {name: value for name, value in how.items() if value}
    return facts


def load_rows(config: RunConfig, listener: Listener, *, download: bool = True) -> Corpus:
    """Read the corpus of a run and cut it to its limit.

    Args:
        config: The run.
        listener: Receives progress events and notices.
        download: Fetch official files that are missing.

    Raises:
        UsageError: If the corpus is not known.
        DataError: If it cannot be used.
        DownloadError: If it has to be downloaded and cannot.
    """
    return _limited(_load_whole(config, listener, download=download), config)


def load_lesson(config: RunConfig, listener: Listener) -> tuple[Corpus, Lesson]:
    """Read the corpus of a run, cut to its limit, and let its teacher say what it thinks.

    Raises:
        BundleError: If the teacher is no saved model, or damaged.
        UsageError: As :func:`load_rows`, or if a file of probabilities lacks a label's column.
        DataError: As :func:`load_rows`, or if nothing can be taught.
        DownloadError: As :func:`load_rows`.
    """
    whole = _load_whole(config, listener)
    corpus = _limited(whole, config)
    asked = config.distill
    return corpus, Lesson() if asked is None else teach(asked, corpus, whole, listener)


def _load_whole(config: RunConfig, listener: Listener, *, download: bool = True) -> Corpus:
    listener.stage("corpus", None)
    corpus = corpora.load(
        config.corpus,
        listener,
        text_column=config.text_column,
        label_column=config.label_column,
        multilabel=config.multilabel,
        label_separator=config.label_separator,
        label_columns=config.label_columns,
        download=download,
    )
    corpus.check_trainable()
    return corpus


def _limited(corpus: Corpus, config: RunConfig) -> Corpus:
    return corpus.limited(config.limit, config.classifier.get("seed", 0))


def _finish(
    config: RunConfig,
    corpus: Corpus,
    lesson: Lesson,
    folder: Path,
    resume: bool,
    listener: Noting,
    started: float,
) -> RunResult:
    copies = Copies.of(corpus)
    for notice in copies.notices():
        listener.notice(notice)
    classifier = TextClassifier(**config.classifier)
    classifier.fit(
        corpus.train.texts,
        corpus.train.learned_labels,
        targets=lesson.targets,
        extra=lesson.extra,
        run_folder=folder,
        resume=resume,
        listener=listener,
    )
    write_held(folder, classifier.held_)
    if classifier.history_:
        _draw_curves(classifier, folder, listener)
    test = None
    if corpus.test is not None and config.score_test:
        listener.stage("test", None)
        test = classifier.evaluate(corpus.test.texts, corpus.test.learned_labels)
    classifier.info_ |= lesson.facts | {
        "corpus": corpus_facts(corpus, config),
        "test": test.to_dict() if test else None,
    }
    seconds = time.perf_counter() - started
    write_file(
        folder / "report.json",
        to_json(
            {
                "validation": classifier.validation_.to_dict(),
                "test": classifier.info_["test"],
                "rows": classifier.info_["corpus"]["rows"],
                "copies": copies.to_dict(),
                "seconds": round(seconds, 1),
                "resumed": resume,
                "notices": listener.notices,
            }
        ),
    )
    saved = classifier.save(folder / BUNDLE)
    return RunResult(folder, saved, classifier, classifier.validation_, test, seconds)


def _with_int8(
    result: RunResult, config: RunConfig, corpus: Corpus, listener: Listener
) -> RunResult:
    if not config.int8:
        return result
    done = export_bundle(
        result.bundle, result.folder / INT8, int8=True, learned=corpus.train, listener=listener
    )
    return replace(result, int8=done)


def _draw_curves(classifier: TextClassifier, folder: Path, listener: Listener) -> None:
    try:
        drawn = learning_curves(classifier.history_, classifier.monitor).png()
        write_file(folder / CURVES, drawn)
    except Exception as error:  # hours of training are worth more than their picture
        reason = f"{type(error).__name__}: {error}"
        listener.notice(
            Message(
                f"학습 곡선을 그리지 못했습니다 ({reason})",
                f"could not draw the learning curves ({reason})",
            )
        )
