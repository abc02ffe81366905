"""A cell trained in a process of its own, so that memory and TensorFlow's state end with it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from kosent.errors import DataError, RuntimeSetupError
from kosent.evaluation.bench import systems, tasks
from kosent.evaluation.bench.cells import Key, Result, packed, packed_shares
from kosent.evaluation.bench.systems import Lesson
from kosent.evaluation.bench.tasks import Question, Task
from kosent.metrics.report import report
from kosent.support.executors import Crew, Died, Work
from kosent.support.files import code_sha256
from kosent.support.processes import Parent
from kosent.support.progress import Silent

_FIRST = 100  # texts asked before the clock starts


def trained_cell(
    question: Question, key: Key, weights: Path | None, patience: float, crew: Crew
) -> Result:
    """Train a cell in a process of its own.

    Args:
        question: How the task is made.
        key: Which cell.
        weights: The folder of weights that the system takes, if it takes one.
        patience: Seconds until the process is ended.
        crew: Where it runs.

    Raises:
        KosentError: What the system raises.
        RuntimeSetupError: If its process dies or takes too long.
    """
    settings = {
        "question": asdict(question),
        "system": key.system,
        "rows": key.rows,
        "seed": key.seed,
        "fingerprint": key.fingerprint,
        "weights": None if weights is None else str(weights),
    }
    try:
        return Result(**crew.ask(Work(serve, settings), patience))
    except Died as died:
        if died.late:
            raise RuntimeSetupError(
                f"{patience / 60:g}분이 지나 멈추었습니다",
                f"stopped after {patience / 60:g} minutes",
            ) from died
        raise RuntimeSetupError(
            f"학습하던 프로세스가 죽었습니다 ({died.reason})",
            f"its process has died ({died.reason})",
        ) from died


def serve(
    question: Mapping[str, Any],
    system: str,
    rows: int | None,
    seed: int,
    fingerprint: str,
    weights: str | None,
) -> None:
    """Train a cell and send what it gave, or the error that was raised, to the parent."""
    parent = Parent()
    parent.end_with()

    def result() -> dict[str, Any]:
        task = tasks.prepare(Question(**question), Silent(), download=False)
        if task.fingerprint != fingerprint:
            raise DataError(
                f"'{task.name}'의 내용이 그사이 바뀌었습니다",
                f"'{task.name}' has changed meanwhile",
            )
        folder = None if weights is None else Path(weights)
        return asdict(measured(task, system, rows, seed, folder))

    parent.answer(result)


def measured(task: Task, system: str, rows: int | None, seed: int, weights: Path | None) -> Result:
    """Train a system on a task and score it on the test split."""
    train, test = task.train(rows, seed), task.test
    systems.warm(system)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        trained = systems.train(system, weights, Lesson(train, seed), Path(folder))
        learned = time.perf_counter()
        trained.answers(test.texts[:_FIRST])
        ready = time.perf_counter()
        answers = trained.answers(test.texts)
        done = time.perf_counter()
    scores = report(test.labels, answers.labels, task.corpus.label_names)
    sure = answers.confidences
    return Result(
        train_rows=len(train),
        accuracy=scores.accuracy,
        macro_f1=scores.macro_f1,
        train_seconds=learned - started,
        texts_per_second=len(test) / (done - ready),
        size=trained.size,
        labels=packed(tasks.numbered(answers.labels, task.names)),
        confidences=None if sure is None else packed_shares(sure),
        code=code(),
    )


@cache
def code() -> str:
    """Return the SHA-256 of kosent's code."""
    return code_sha256(Path(__file__).resolve().parents[2])
