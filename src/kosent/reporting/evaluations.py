"""The report of a model that was scored on a corpus."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from kosent.evaluation.evaluate import Answers, Evaluation
from kosent.evaluation.stress import Stress
from kosent.prediction.mistakes import Mistake, mistakes_of
from kosent.prediction.several import mistakes_of_sets
from kosent.reporting.calibration import calibration_parts
from kosent.reporting.data import labels_table, length_parts, reading_table
from kosent.reporting.figures import main_figures, score_parts
from kosent.reporting.page import check_name, write_page
from kosent.reporting.parts import Commands, Page, Part, Reader, Section, Table
from kosent.reporting.wrongs import mistake_parts, suspect_parts
from kosent.support.classes import class_numbers
from kosent.support.label_sets import known_sets
from kosent.support.paths import user_path
from kosent.text.noise import NOISES


def write_evaluation_report(
    evaluation: Evaluation,
    path: str | Path,
    *,
    texts: bool = True,
    stress: Stress | None = None,
    command: str | None = None,
) -> Path:
    """Write the report of an evaluation.

    Args:
        evaluation: What ``evaluate_bundle`` returned.
        path: The file, which is replaced where it exists.
        texts: Whether texts of the data may stand in it.
        stress: The same rows under noise, where that was measured.
        command: The command line that made it.

    Returns:
        The file.

    Raises:
        UsageError: If its name does not end in ``.html``.
        RuntimeSetupError: If matplotlib is missing, or the disk refuses.
    """
    check_name(path)
    reader, target = Reader(), user_path(path)
    sections = _sections(reader, evaluation, texts, stress)
    if command is not None:
        sections.append(Section("repeat", reader("다시 하기", "Repeat it"), [Commands([command])]))
    name = evaluation.corpus
    title = reader(f"평가 보고서: {name}", f"Evaluation report: {name}")
    about = f"{evaluation.bundle} · {name} ({evaluation.split})"
    write_page(Page(title, about, sections, texts), target, reader)
    return target


def _sections(
    reader: Reader, evaluation: Evaluation, texts: bool, stress: Stress | None
) -> list[Section]:
    scores, answers = evaluation.report, evaluation.answers
    sections = [
        Section(
            "summary", reader("요약", "Summary"), [main_figures(reader, scores, evaluation.split)]
        ),
        Section("data", reader("자료", "Data"), _data(reader, evaluation)),
        Section("figures", reader("점수", "Figures"), score_parts(reader, scores)),
        Section("calibration", reader("확률의 보정", "Calibration"), _calibration(reader, answers)),
    ]
    if stress is not None:
        parts = [stress_table(reader, stress)]
        sections.append(Section("stress", reader("흩뜨린 글에서", "Robustness"), parts))
    if texts:
        sections += _wrong(reader, answers, evaluation.learned)
    return sections


def _data(reader: Reader, evaluation: Evaluation) -> list[Part]:
    answers = evaluation.answers
    counts = Counter(
        label
        for each in answers.labels
        for label in (each if isinstance(each, list | tuple) else (each,))
    )
    rows = [
        [reader("평가한 글", "texts scored"), f"{len(answers.texts):,}"],
        [reader("정리하면 빈 글", "cleaned to nothing"), f"{evaluation.blank:,}"],
        [reader("길어서 잘린 글", "cut, being too long"), f"{evaluation.cut:,}"],
    ]
    where = reader("평가한 글", "texts scored")
    return [
        Table(reader("글", "Texts"), ["", reader("글", "texts")], rows),
        labels_table(reader, {evaluation.split: counts}),
        *length_parts(reader, answers.texts),
        reading_table(reader, answers.classifier, answers.texts, where),
    ]


def _calibration(reader: Reader, answers: Answers) -> list[Part]:
    model, probabilities = answers.classifier, answers.probabilities
    if model.thresholds_ is not None:
        truth = known_sets(answers.labels, len(probabilities), model.classes_).marks
        return calibration_parts(reader, probabilities.ravel(), truth.ravel(), pairs=True)
    predicted = model.classes_[probabilities.argmax(axis=1)].tolist()
    right = np.array([one == other for one, other in zip(predicted, answers.labels, strict=True)])
    return calibration_parts(reader, probabilities.max(axis=1), right)


def stress_table(reader: Reader, found: Stress) -> Table:
    """Return what noise costs."""
    rows = [[reader("(깨끗한 글)", "(clean)"), "-", "-", f"{found.accuracy:.4f}", "-", "-", ""]]
    rows += [
        [
            *each.cells(),
            reader(NOISES[each.noise].summary.korean, NOISES[each.noise].summary.english),
        ]
        for each in found.noises
    ]
    head = [
        reader("잡음", "noise"),
        reader("흩뜨릴 몫", "rate"),
        reader("바뀐 글", "texts changed"),
    ]
    head += [reader("정확도", "accuracy"), reader("차이", "difference"), "95 %", ""]
    caption = reader(
        f"글 {found.rows:,}개를 흩뜨렸을 때의 정확도 (시드 {found.seed})",
        f"Accuracy on {found.rows:,} texts under noise (seed {found.seed})",
    )
    return Table(caption, head, rows, words=[6])


def _wrong(reader: Reader, answers: Answers, learned: bool) -> list[Section]:
    parts = mistake_parts(reader, _mistakes(answers), answers.lines, answers.classifier, False)
    sections = [Section("mistakes", reader("가장 확신한 틀린 답", "Worst mistakes"), parts)]
    model = answers.classifier
    known = set(model.classes_.tolist())
    if model.thresholds_ is not None or learned:
        return sections  # a model says nothing of labels that it learned
    rows = [row for row, label in enumerate(answers.labels) if label in known]
    suspects = suspect_parts(
        reader,
        [answers.texts[row] for row in rows],
        model.classes_.tolist(),
        class_numbers([answers.labels[row] for row in rows], model.classes_),
        answers.probabilities[rows],
    )
    heading = reader("틀린 듯한 라벨", "Likely wrong labels")
    return [*sections, Section("suspects", heading, suspects)]


def _mistakes(answers: Answers) -> list[Mistake]:
    model, given = answers.classifier, (answers.texts, answers.labels, answers.probabilities)
    if model.thresholds_ is not None:
        return mistakes_of_sets(model, *given)
    return mistakes_of(model.classes_, *given)
