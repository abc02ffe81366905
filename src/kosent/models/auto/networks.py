"""Candidates that Keras trains, each in a process of its own, some at once.

A process of its own gives its memory back, can be ended when it takes too long, and leaves the
caller without TensorFlow. It hands over a folder: what it is to learn lies there, and what came of
it. A finished candidate stays when a killed run goes on, a begun one goes on from its checkpoint.
"""

from __future__ import annotations

import json
import resource
import signal
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from kosent.models.auto.rows import Rows, Split
from kosent.models.classifier import TextClassifier
from kosent.support.files import write_file
from kosent.support.label_sets import names_of
from kosent.support.processes import Child, Parent, processors, share_of

Probabilities = npt.NDArray[np.float32]

TEXTS, MODEL, HELD = "texts.json", "model.kosent", "held.npy"
# How much more processor time than it should take, and a minute, ends a candidate. Processor time,
# so that other work on the machine does not decide what a model is made of; by the clock, for one
# that waits for nothing, it is more.
_PATIENCE, _HANGING = 4.0, 10.0


@dataclass(frozen=True, slots=True)
class Job:
    """A network to train.

    Attributes:
        name: What it is called.
        settings: Arguments of ``TextClassifier``.
        seconds: What it should take.
    """

    name: str
    settings: dict[str, Any]
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job.

    Attributes:
        name: That of the job.
        model: File of the trained model in int8; ``None`` where it was not finished.
        held: Its probabilities of the held-out rows ``(n, classes)``, likewise.
        seconds: What it took, the start of its process included.
        failure: Why it was not finished.
    """

    name: str
    model: Path | None
    held: Probabilities | None
    seconds: float
    failure: str | None = None


def write_rows(folder: Path, rows: Rows, split: Split) -> None:
    """Leave the texts for the processes.

    Args:
        folder: Where.
        rows: The texts.
        split: What is learned, and what is held out.
    """
    content = {
        "texts": rows.texts,
        "labels": rows.labels,
        "numbers": rows.numbers.tolist(),
        "sets": None if rows.marks is None else names_of(rows.marks, np.asarray(rows.labels)),
        "weights": None if rows.weights is None else rows.weights.tolist(),
        "held": split.held.tolist(),
    }
    write_file(folder / TEXTS, json.dumps(content).encode("utf-8", "surrogatepass"))


class Trainings:
    """Networks in training, as many at once as there are processors; leaving it ends them.

    Args:
        folder: Where :func:`write_rows` has left the texts; each network gets a folder below it.
        jobs: In the order of starting.
    """

    def __init__(self, folder: Path, jobs: Sequence[Job]) -> None:
        self._folder = folder
        self._jobs = jobs
        self._children: set[Child] = set()
        self._over = False

    def __enter__(self) -> Self:
        """Start."""
        most = max(1, min(processors(), len(self._jobs)))
        self._environment = share_of(most)
        self._pool = ThreadPoolExecutor(most)
        self._futures = [self._pool.submit(self._run, job) for job in self._jobs]
        return self

    def __exit__(self, *_: object) -> None:
        """End what has not ended."""
        self._over = True
        for child in list(self._children):
            child.kill()
        self._pool.shutdown(cancel_futures=True)

    def __iter__(self) -> Iterator[Outcome]:
        """Give what came of each, in the order of their ends."""
        return (future.result() for future in as_completed(self._futures))

    def _run(self, job: Job) -> Outcome:
        """Train one network in a process of its own; it is ended where it takes too long."""
        began = time.perf_counter()
        folder = self._folder / job.name
        told = {
            "folder": str(folder),
            "settings": job.settings,
            "seconds": ceil(_PATIENCE * (job.seconds + 15)),
        }
        child = Child(serve, told, self._environment)
        self._children.add(child)
        if self._over:
            child.kill()
        patience = threading.Timer(_HANGING * (job.seconds + 60), child.kill)
        patience.daemon = True
        patience.start()
        code = 0
        try:
            answers = list(child.lines())
            code, said = child.wait()
        finally:
            late = not patience.is_alive() or code == -signal.SIGXCPU
            patience.cancel()
            self._children.discard(child)
        seconds = time.perf_counter() - began
        answer = answers[-1] if answers else {}
        if answer.get("done"):
            return Outcome(job.name, folder / MODEL, np.load(folder / HELD), seconds)
        reason = answer.get("failed") or said.rpartition("\n")[2] or f"exit code {code}"
        return Outcome(job.name, None, None, seconds, "out of time" if late else str(reason))


def serve(folder: str, settings: dict[str, Any], seconds: int) -> None:
    """Train one network in a process of its own.

    Args:
        folder: Its folder; the texts lie in the one above.
        settings: Arguments of ``TextClassifier``.
        seconds: Processor time after which the system ends it.
    """
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, most))
    parent = Parent()
    parent.end_with()
    try:
        _train(Path(folder), settings)
        last: dict[str, Any] = {"done": True}
    except Exception as error:
        traceback.print_exc()
        last = {"failed": f"{type(error).__name__}: {error}"}
    parent.send(last)


def _train(folder: Path, settings: dict[str, Any]) -> None:
    if (folder / HELD).exists():  # written last
        return
    rows = json.loads((folder.parent / TEXTS).read_bytes().decode("utf-8", "surrogatepass"))
    texts, weights = rows["texts"], rows["weights"]
    labels = rows["sets"] or [rows["labels"][number] for number in rows["numbers"]]
    begun = folder.exists()
    folder.mkdir(exist_ok=True)
    classifier = TextClassifier(**settings).fit(
        texts, labels, weights, run_folder=folder, resume=begun
    )
    small = in_int8(classifier)
    small.save(folder / MODEL, overwrite=True)
    held = small.predict_proba([texts[row] for row in rows["held"]])
    write_npy(folder / HELD, held)


def in_int8(classifier: TextClassifier) -> TextClassifier:
    """Return a trained classifier with its weights reduced to int8."""
    from copy import copy

    from kosent.models.trained import Trained

    small = copy(classifier)
    trained = classifier.trained_
    small.trained_ = Trained.of(
        trained.design, trained.weights(), trained.network.classes, int8=True
    )
    return small


def write_npy(path: Path, array: Probabilities) -> None:
    """Write an array; the file appears whole or not at all."""
    from io import BytesIO

    buffer = BytesIO()
    np.save(buffer, array)
    write_file(path, buffer.getvalue())
