"""The training of an ensemble as a folder: its members' runs, and what came of them together.

::

    runs/20260101-120000-nsmc-best/
      config.json         what was asked, complete: ``--resume`` needs nothing else
      environment.json    versions and machine
      teacher.parquet     what the teacher said, where there is one
      members/
        0-character-ngrams/   an ordinary run, its test split not scored
        1-okt-hybrid/
      validation.safetensors    what the held-out texts got: row numbers and probabilities
      report.html         for people, by `kosent train` (``kosent.reporting``)
      report.json         figures on validation, members' too, and on test, scored once at the end
      bundle/             the ensemble; its presence means that the run is complete
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NamedTuple

from kosent.bundles.place import BUNDLE
from kosent.corpora import Corpus, Split
from kosent.corpora.copies import Copies
from kosent.errors import DataError, UsageError
from kosent.language import Message
from kosent.metrics.multilabel import MultilabelReport
from kosent.metrics.report import Report
from kosent.models.classifier import TextClassifier
from kosent.models.ensemble import Ensemble
from kosent.models.settings import split_of
from kosent.runs.config import (
    MEMBERS,
    EnsembleConfig,
    begun_otherwise,
    check_starts,
    given_cleaning,
    located,
    read_config,
    starts,
)
from kosent.runs.environment import environment
from kosent.runs.folders import CONFIG, begun, locked
from kosent.runs.held import write_held
from kosent.runs.lesson import Lesson
from kosent.runs.members import Member, train_members
from kosent.runs.run import corpus_facts, load_lesson, model_name
from kosent.support import executors
from kosent.support.executors import Executor
from kosent.support.files import write_file
from kosent.support.paths import user_path
from kosent.support.plain import to_python
from kosent.support.processes import processors
from kosent.support.progress import Listener, Noting, Silent
from kosent.support.signed import to_json
from kosent.training.splits import held_out, held_rows

TEACHER = "teacher.parquet"


@dataclass(frozen=True, slots=True)
class EnsembleResult:
    """What a finished run leaves.

    Attributes:
        folder: The run folder.
        bundle: The ensemble's folder.
        ensemble: The ensemble.
        validation: Figures on the validation split.
        test: Figures on the test split, ``None`` for a corpus without one.
        seconds: Seconds from start (or resumption) to end, corpus reading included.
    """

    folder: Path
    bundle: Path
    ensemble: Ensemble
    validation: Report | MultilabelReport
    test: Report | MultilabelReport | None
    seconds: float


def train_ensemble(
    config: EnsembleConfig,
    *,
    folder: str | Path | None = None,
    name: str = "ensemble",
    jobs: int | None = None,
    engine: str | None = None,
    listener: Listener | None = None,
    began: Callable[[Path], None] | None = None,
) -> EnsembleResult:
    """Train the members, fit their weights, and leave everything about it in a folder.

    Args:
        config: What to train.
        folder: The run folder; by default a new one below ``runs/``. No other process can work in
            it until the run ends.
        name: What a new run folder is called, behind time and corpus.
        jobs: Members trained at once, each in a process of its own with its share of the
            processors; by default as many as there are processors.
        engine: ``"ray"`` trains them on a Ray cluster, by default as many at once as it has
            processors but one. What they read must lie at the same path on all its machines.
        listener: Receives progress events and notices.
        began: Called with the run folder when it is there.

    Returns:
        The finished run.

    Raises:
        UsageError: If the configuration is wrong, or the folder holds something already or another
            process works in it.
        DataError: If the corpus cannot be used, or a teacher's texts.
        BundleError: If a teacher is no saved model, or damaged.
        RuntimeSetupError: If the disk refuses, or a member's process dies.
        DownloadError: If the corpus has to be downloaded and cannot.
    """
    executors.check(engine, jobs)
    config.check()
    started = time.perf_counter()
    with begun(folder, config.corpus, name) as target:
        if began is not None:
            began(target)
        noting = Noting(listener or Silent())
        if config.distill is not None:
            config = replace(config, distill=config.distill.sealed())
        corpus, lesson = load_lesson(config.run(0), noting)
        members = [
            located(config.corpus, given_cleaning(member, corpus.language))
            for member in config.members
        ]
        config = replace(config, corpus=members[0][0], members=[each for _, each in members])
        written = to_python(asdict(config)) | {"corpus_fingerprint": corpus.fingerprint}
        written |= starts(config.members)
        write_file(target / "environment.json", to_json(environment()))
        write_file(target / CONFIG, to_json(written))
        return _finish(config, corpus, lesson, target, _Place(jobs, engine), False, noting, started)


def resume_ensemble(
    folder: str | Path,
    *,
    jobs: int | None = None,
    engine: str | None = None,
    listener: Listener | None = None,
) -> EnsembleResult:
    """Go on with a run that was killed: finished members are kept, the others go on.

    Args:
        folder: Its folder.
        jobs: As for :func:`train_ensemble`.
        engine: Likewise.
        listener: Receives progress events and notices.

    Raises:
        DataError: If the folder is no run of an ensemble, or corpus or teacher have changed since.
        UsageError: If the run is complete already, or another process works in it.
    """
    started = time.perf_counter()
    target = user_path(folder)
    config, fingerprint = read_config(target)
    executors.check(engine, jobs)
    with locked(target):
        if (target / BUNDLE).exists():
            raise UsageError(
                f"'{target}': 이미 끝난 학습입니다", f"the run '{target}' is complete already"
            )
        noting = Noting(listener or Silent())
        if config.distill is not None:
            config.distill.check_unchanged()
        corpus, lesson = load_lesson(_taught(config, target).run(0), noting)
        if corpus.fingerprint != fingerprint:
            raise DataError(
                f"'{config.corpus}'의 내용이 그사이 바뀌었습니다. 처음부터 다시 학습하세요",
                f"'{config.corpus}' has changed since the run began; train from the start",
            )
        check_starts(target, config.members)
        return _finish(config, corpus, lesson, target, _Place(jobs, engine), True, noting, started)


def _finish(
    config: EnsembleConfig,
    corpus: Corpus,
    lesson: Lesson,
    folder: Path,
    place: _Place,
    resume: bool,
    listener: Noting,
    started: float,
) -> EnsembleResult:
    if config.distill is not None and not (folder / TEACHER).exists():
        lesson.save(folder / TEACHER)
    copies = Copies.of(corpus)
    for notice in copies.notices():
        listener.notice(notice)
    waiting = unfinished(config, folder)
    if waiting:
        with place.opened(len(waiting), listener) as executor:
            train_unfinished(config, waiting, executor, listener)
    _check_rows(config, folder, corpus.fingerprint)
    ensemble, names = fit_ensemble(config, corpus.train, folder, listener)
    test = None
    if corpus.test is not None:
        listener.stage("test", None)
        test = ensemble.evaluate(corpus.test.texts, corpus.test.learned_labels)
    ensemble.info_ |= lesson.facts | {
        "corpus": corpus_facts(corpus, config),
        "split": split_of(ensemble.members_[0].info_),
        "test": test.to_dict() if test else None,
    }
    seconds = time.perf_counter() - started
    report = {
        "validation": ensemble.validation_.to_dict(),
        "test": ensemble.info_["test"],
        "members": [
            {"folder": name, "weight": weight, **about}
            for name, weight, about in zip(
                names, ensemble.weights_, ensemble.info_["members"], strict=True
            )
        ],
        "rows": ensemble.info_["corpus"]["rows"],
        "copies": copies.to_dict(),
        "seconds": round(seconds, 1),
        "resumed": resume,
        "notices": listener.notices,
    }
    write_file(folder / "report.json", to_json(report))
    saved = ensemble.save(folder / BUNDLE)
    return EnsembleResult(folder, saved, ensemble, ensemble.validation_, test, seconds)


def unfinished(config: EnsembleConfig, folder: Path) -> list[Member]:
    """Return the members that are still to be trained, in the order of starting.

    Args:
        config: The ensemble.
        folder: Their runs are in ``members`` in it.
    """
    members = _members(config, folder)
    order = [members[number] for number in config.order or range(len(members))]
    return [member for member in order if not (member.folder / BUNDLE).exists()]


def train_unfinished(
    config: EnsembleConfig, waiting: Sequence[Member], executor: Executor, listener: Noting
) -> None:
    """Train members, and say a line after each.

    Args:
        config: The ensemble.
        waiting: As of :func:`unfinished`.
        executor: Where.
        listener: Receives progress events and notices; those it has are not given again.
    """
    total, left = len(config.members), len(waiting)

    def done(member: Member) -> None:
        nonlocal left
        left -= 1
        report = json.loads((member.folder / "report.json").read_bytes())
        which = f"{total - left}/{total} {member.folder.name}"
        figures = f"{report['validation']['accuracy']:.4f}, {report['seconds']:.1f} s"
        listener.notice(Message(f"{which}: 검증 {figures}", f"{which}: validation {figures}"))

    listener.stage("members", None)
    known = tuple(listener.notices)
    train_members(waiting, executor, listener, known=known, done=done)


def fit_ensemble(
    config: EnsembleConfig, rows: Split, folder: Path, listener: Listener
) -> tuple[Ensemble, list[str]]:
    """Fit the weights of members that are trained.

    Args:
        config: What was trained.
        rows: The training split, cut to the limit.
        folder: Their runs are in ``members`` in it.
        listener: Receives progress events.

    Returns:
        The ensemble, and the names of its members' run folders.
    """
    members = _members(config, folder)
    listener.stage("weights", None)
    ensemble = Ensemble([TextClassifier.load(member.folder / BUNDLE) for member in members])
    split, *others = (split_of(member.info_) for member in ensemble.members)
    if others.count(split) < len(others):  # it was begun by a kosent that split otherwise
        raise begun_otherwise(folder)
    classes = ensemble.members[0].classes_
    ensemble.fit(*held_out(rows, classes, split))
    write_held(folder, ensemble.held_._replace(rows=held_rows(rows, classes, split)))
    return ensemble, [member.folder.name for member in members]


class _Place(NamedTuple):
    """Where members are trained, as it was asked for."""

    jobs: int | None
    engine: str | None

    def opened(self, most: int, listener: Listener) -> AbstractContextManager[Executor]:
        return executors.opened(self.engine, self.jobs, listener, usual=processors(), most=most)


def _taught(config: EnsembleConfig, folder: Path) -> EnsembleConfig:
    """Let the members find what the teacher said: on another machine they ask it themselves."""
    if config.distill is None:
        return config
    answers = str((folder / TEACHER).absolute())
    return replace(config, distill=replace(config.distill, answers=answers))


def _members(config: EnsembleConfig, folder: Path) -> list[Member]:
    config = _taught(config, folder)
    return [
        Member(config.run(number), folder / MEMBERS / f"{number}-{model_name(arguments)}")
        for number, arguments in enumerate(config.members)
    ]


def _check_rows(config: EnsembleConfig, folder: Path, fingerprint: str) -> None:
    """Refuse a member that has learned from other rows, as on a machine with another file."""
    for member in _members(config, folder):
        written = json.loads((member.folder / CONFIG).read_bytes())
        if written["corpus_fingerprint"] != fingerprint:
            raise DataError(
                f"'{member.folder}'은(는) 다른 내용의 '{config.corpus}'에서 배웠습니다. 모든 "
                "기계에 같은 파일을 두고, 그 폴더를 지운 뒤 --resume으로 이어서 하세요",
                f"'{member.folder}' has learned from another '{config.corpus}'; put the same file "
                "on all machines, remove that folder, and go on with --resume",
            )
