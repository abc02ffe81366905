"""The report of a training run, from its folder: of one model, or of an ensemble.

Figures are those that the run recorded. The test split is not read: of it there is what
``report.json`` says.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kosent.bundles.manifest import read_manifest
from kosent.bundles.place import BUNDLE
from kosent.corpora import Corpus
from kosent.errors import DataError, KosentError
from kosent.models.held import HeldOut
from kosent.models.loading import load
from kosent.plotting.curves import learning_curves
from kosent.prediction.estimator import Estimator
from kosent.prediction.mistakes import Mistake, mistakes_of
from kosent.prediction.several import mistakes_of_sets
from kosent.reporting.calibration import calibration_parts, temperature_line
from kosent.reporting.data import (
    copies_table,
    labels_table,
    reading_table,
    rows_table,
    split_parts,
)
from kosent.reporting.figures import Scores, main_figures, read_scores, score_parts
from kosent.reporting.page import write_page
from kosent.reporting.parts import Commands, Page, Paragraph, Part, Pictures, Reader, Section, Table
from kosent.reporting.settings import ensemble_commands, run_command, settings_table
from kosent.reporting.tried import members_table, tried_parts
from kosent.reporting.wrongs import mistake_parts, suspect_parts
from kosent.runs.config import (
    EnsembleConfig,
    RunConfig,
    is_ensemble_run,
    read_config,
    read_run_config,
)
from kosent.runs.held import read_held
from kosent.runs.run import load_rows
from kosent.support.label_sets import names_of
from kosent.support.paths import user_path
from kosent.support.progress import Silent

FILE = "report.html"


@dataclass(frozen=True, slots=True)
class _Run:
    """What a run folder and its corpus say.

    Attributes:
        folder: The folder.
        config: What was asked.
        report: Its ``report.json``.
        environment: Its ``environment.json``.
        manifest: That of its model.
        model: The model.
        held: What held-out texts got; ``None`` where an older kosent kept none.
        corpus: The corpus as it was learned; ``None`` where it is not there, or has changed.
    """

    folder: Path
    config: RunConfig | EnsembleConfig
    report: dict[str, Any]
    environment: dict[str, Any]
    manifest: dict[str, Any]
    model: Estimator
    held: HeldOut | None
    corpus: Corpus | None

    @property
    def info(self) -> dict[str, Any]:
        """Where the model comes from."""
        info: dict[str, Any] = self.manifest["info"]
        return info

    @property
    def auto(self) -> bool:
        """Whether ``auto`` made the model, which has learned the held-out texts in the end."""
        return "auto" in self.info


def write_run_report(folder: str | Path, *, texts: bool = True, command: str | None = None) -> Path:
    """Write the report of a finished run into its folder.

    Args:
        folder: A run folder, of ``kosent train`` or ``kosent.runs``.
        texts: Whether texts of the data may stand in it: the worst mistakes and the likely wrong
            labels.
        command: The command line that made the run; by default one that would make it again.

    Returns:
        The file, ``report.html``.

    Raises:
        DataError: If the folder is no finished run.
        BundleError: If its model is damaged.
        RuntimeSetupError: If matplotlib is missing, or the disk refuses.
    """
    reader, run = Reader(), _read(user_path(folder))
    path = run.folder / FILE
    write_page(_page(reader, run, texts, command), path, reader)
    return path


def _read(folder: Path) -> _Run:
    several = is_ensemble_run(folder)
    config, fingerprint = read_config(folder) if several else read_run_config(folder)[:2]
    try:
        written = (folder / "report.json").read_bytes(), (folder / "environment.json").read_bytes()
        report, environment = map(json.loads, written)
    except (OSError, ValueError) as error:
        raise DataError(
            f"'{folder}'은(는) 끝난 학습이 아닙니다 (report.json을 읽을 수 없음)",
            f"'{folder}' is no finished run (no readable report.json)",
        ) from error
    return _Run(
        folder=folder,
        config=config,
        report=report,
        environment=environment,
        manifest=read_manifest(folder / BUNDLE),
        model=load(folder / BUNDLE),
        held=read_held(folder),
        corpus=_corpus(
            config.run(0) if isinstance(config, EnsembleConfig) else config, fingerprint
        ),
    )


def _corpus(config: RunConfig, fingerprint: str) -> Corpus | None:
    """Return the corpus of a run if it is still there and the same; nothing is downloaded."""
    try:
        corpus = load_rows(config, Silent(), download=False)
    except KosentError:
        return None
    return corpus if corpus.fingerprint == fingerprint else None


def _page(reader: Reader, run: _Run, texts: bool, command: str | None) -> Page:
    validation = read_scores(run.report["validation"])
    test = run.report["test"] and read_scores(run.report["test"])
    corpus = Path(run.config.corpus).name
    parts = reader("검증", "validation"), reader("시험", "test")
    title = reader(f"학습 보고서: {corpus}", f"Training report: {corpus}")
    labels = len(run.manifest["labels"])
    about = reader(
        f"{run.folder.name} · 라벨 {labels}개 · {run.report['seconds']:.1f}초",
        f"{run.folder.name} · {labels} labels · {run.report['seconds']:.1f} s",
    )
    scored = [(parts[0], validation), *([(parts[1], test)] if test else [])]
    sections = [
        Section(
            "summary", reader("요약", "Summary"),
            [main_figures(reader, scores, where) for where, scores in scored],
        ),
        Section("data", reader("자료", "Data"), _data(reader, run, scored)),
        Section("settings", reader("설정", "Settings"), [_settings(reader, run)]),
        Section("auto", reader("겨룬 모델", "Models tried"), _tried(reader, run)),
        Section("curves", reader("학습 곡선", "Learning curves"), _curves(reader, run)),
    ]  # fmt: skip
    names = ("validation", "test")
    for name, (where, scores) in zip(names, scored, strict=False):
        heading = reader(f"점수: {where}", f"Figures: {where}")
        sections.append(Section(name, heading, score_parts(reader, scores)))
    sections += _of_held(reader, run, texts)
    return Page(title, about, [*sections, _repeat(reader, run, command)], texts)


def _data(reader: Reader, run: _Run, scored: Sequence[tuple[str, Scores]]) -> list[Part]:
    parts: list[Part] = [
        rows_table(reader, run.report["rows"]),
        copies_table(reader, run.report["copies"]),
    ]
    where = reader("검증한 글", "validation texts")
    if run.corpus is None:
        counts = {name: {k: s.support for k, s in each.per_class.items()} for name, each in scored}
        missing = reader(
            "말뭉치가 없거나 바뀌어 글의 길이와 틀린 글은 보이지 않습니다.",
            "The corpus is gone or has changed: lengths and mistakes are not shown.",
        )
        return [*parts, labels_table(reader, counts), Paragraph(missing, urgent=True)]
    train = run.corpus.train
    parts += [labels_table(reader, {"train": train.label_counts()}), *split_parts(reader, train)]
    if run.held is not None:
        if run.auto:
            where = reader("학습한 글", "texts that were learned")
        held = [train.texts[row] for row in run.held.rows.tolist()]
        parts.append(reading_table(reader, run.model, held, where))
    return parts


def _settings(reader: Reader, run: _Run) -> Table:
    if isinstance(run.config, EnsembleConfig):
        return settings_table(reader, run.config.members, None)
    used = None if run.auto else run.info.get("parameters")
    return settings_table(reader, [run.config.classifier], used)


def _tried(reader: Reader, run: _Run) -> list[Part]:
    parts = tried_parts(reader, run.info["auto"]) if run.auto else []
    if "members" in run.info:
        parts.append(members_table(reader, run.info["members"], run.manifest["weights"]))
    return parts


def _curves(reader: Reader, run: _Run) -> list[Part]:
    history = run.info.get("history")
    if not history or len(history) < 2 or "val_loss" not in history[0]:
        return []  # what is solved has one record and no curve
    monitor = run.info["parameters"].get("monitor", "accuracy")
    return [Pictures([learning_curves(history, monitor, language=reader.language)])]


def _of_held(reader: Reader, run: _Run, texts: bool) -> list[Section]:
    """Return what the answers of the held-out texts say, beside the figures."""
    held = run.held
    if held is None:
        return []
    several = held.truth.ndim == 2
    if several:
        pairs = held.probabilities.ravel(), held.truth.astype(np.bool_).ravel()
        calibration = calibration_parts(reader, *pairs, pairs=True)
    else:
        calibration = calibration_parts(reader, held.probabilities.max(axis=1), held.right)
    calibration += temperature_line(reader, run.info.get("calibration"))
    sections = [Section("calibration", reader("확률의 보정", "Calibration"), calibration)]
    if not texts or run.corpus is None:
        return sections
    shown = [run.corpus.train.texts[row] for row in held.rows.tolist()]
    lines = run.corpus.train.lines
    places = None if lines is None else [lines[row] for row in held.rows.tolist()]
    wrong = mistake_parts(reader, _mistakes(run, held, shown), places, run.model, run.auto)
    sections.append(Section("mistakes", reader("가장 확신한 틀린 답", "Worst mistakes"), wrong))
    if not several:
        numbers = held.truth.astype(np.int32)
        suspects = suspect_parts(reader, shown, run.manifest["labels"], numbers, held.probabilities)
        heading = reader("틀린 듯한 라벨", "Likely wrong labels")
        sections.append(Section("suspects", heading, suspects))
    return sections


def _mistakes(run: _Run, held: HeldOut, texts: Sequence[str]) -> list[Mistake]:
    classes = run.model.classes_
    if held.truth.ndim == 2:
        own = names_of(held.truth.astype(np.bool_), classes)
        return mistakes_of_sets(run.model, texts, own, held.probabilities)
    return mistakes_of(classes, texts, classes[held.truth].tolist(), held.probabilities)


def _repeat(reader: Reader, run: _Run, command: str | None) -> Section:
    if command is not None:
        lines = [command]
    elif isinstance(run.config, EnsembleConfig):
        lines = ensemble_commands(run.config)
    else:
        lines = [run_command(run.config)]
    environment = run.environment
    rows = [["Python", environment["python"]]]
    rows += [[name, version or "-"] for name, version in environment["packages"].items()]
    rows += [
        [reader("시스템", "system"), environment["system"]],
        [reader("프로세서", "processors"), str(environment["processors"])],
    ]
    table = Table(reader("환경", "Environment"), ["", reader("판", "version")], rows, words=[1])
    return Section("repeat", reader("다시 하기", "Repeat it"), [Commands(lines), table])
