"""Trials trained in a process of its own, which asks after each epoch whether to go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, NoReturn

from kosent import corpora, errors
from kosent.corpora.base import Split
from kosent.errors import KosentError, RuntimeSetupError
from kosent.models.classifier import TextClassifier
from kosent.support.processes import Child, Parent
from kosent.support.progress import Listener, Silent

_TENSORFLOW = {"TF_CPP_MIN_LOG_LEVEL": "3"}


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows are learned from: the training split of a corpus, and nothing else.

    Attributes:
        corpus: Name of a corpus, or path of a user's own.
        text_column: Text column of a user's own file; found by its name when ``None``.
        label_column: Label column, likewise.
        limit: Use at most this many rows, classes in proportion.
        seed: Seed of that choice.
    """

    corpus: str
    text_column: str | None = None
    label_column: str | None = None
    limit: int | None = None
    seed: int = 0

    def train(self, listener: Listener) -> Split:
        """Read the training split; the test split is let go unseen."""
        return self.read(listener).train

    def read(self, listener: Listener) -> corpora.Corpus:
        """Read the corpus without its test split.

        Raises:
            KosentError: As :func:`kosent.corpora.load` does.
        """
        loaded = corpora.load(
            self.corpus,
            listener,
            text_column=self.text_column,
            label_column=self.label_column,
        )
        alone = replace(loaded, test=None)
        alone.check_trainable()
        return alone.limited(self.limit, self.seed)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial gave on the validation split.

    Attributes:
        accuracy: Share of right predictions.
        macro_f1: Mean of the classes' F1.
        epochs: Epochs trained.
        seconds: Seconds of the training.
    """

    accuracy: float
    macro_f1: float
    epochs: int
    seconds: float


class Worker:
    """A process that trains one trial after another.

    Args:
        rows: What all learn from.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._child: Child | None = None

    def run(
        self, arguments: Mapping[str, Any], goes_on: Callable[[Mapping[str, float]], bool]
    ) -> Outcome | None:
        """Train a trial.

        Args:
            arguments: Those of ``TextClassifier``.
            goes_on: Is told the record of each epoch; says whether there is to be another.

        Returns:
            What it gave, ``None`` where it was not to go on.

        Raises:
            KosentError: What training raises.
            RuntimeSetupError: If the process dies, as it does when memory runs out.
        """
        if self._child is None:
            self._child = Child(serve, {"rows": asdict(self._rows)}, _TENSORFLOW)
        try:
            self._child.send({"arguments": dict(arguments)})
            while True:
                answer = self._child.receive()
                if "epoch" not in answer:
                    break
                self._child.send({"on": goes_on(answer["epoch"])})
        except (EOFError, OSError) as error:
            self._died(error)
        if "error" in answer:
            raise getattr(errors, answer["error"])(answer["korean"], answer["english"])
        return None if answer["outcome"] is None else Outcome(**answer["outcome"])

    def close(self) -> None:
        """End the process."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()

    def _died(self, error: Exception) -> NoReturn:
        child, self._child = self._child, None
        code, said = child.wait() if child is not None else (0, "")
        reason = said.rpartition("\n")[2] or f"exit code {code}"
        raise RuntimeSetupError(
            f"학습하던 프로세스가 죽었습니다 ({reason})", f"its process has died ({reason})"
        ) from error


class Stopped(Exception):  # noqa: N818 -- no error: the parent has seen enough
    """A trial that is not to go on."""


class _Asking(Silent):
    """Sends each epoch's record and waits for the answer."""

    def __init__(self, parent: Parent, answers: Iterator[Any]) -> None:
        self._parent = parent
        self._answers = answers
        self.epochs = 0

    def epoch(self, record: Mapping[str, float]) -> None:
        """Ask."""
        self.epochs += 1
        self._parent.send({"epoch": dict(record)})
        if not next(self._answers)["on"]:
            raise Stopped


def serve(rows: Mapping[str, Any]) -> None:
    """Train what the parent asks for until it is gone."""
    parent = Parent()
    answers = parent.lines()
    train: Split | None = None
    for job in answers:
        try:
            train = train or Rows(**rows).train(Silent())
            parent.send({"outcome": _trained(train, job["arguments"], parent, answers)})
        except StopIteration:  # the parent has gone between two epochs
            return
        except KosentError as error:
            kind = type(error).__name__
            parent.send({"error": kind, "korean": error.korean, "english": error.english})


def _trained(
    train: Split, arguments: Mapping[str, Any], parent: Parent, answers: Iterator[Any]
) -> dict[str, Any] | None:
    listener = _Asking(parent, answers)
    started = time.perf_counter()
    model = TextClassifier(**arguments)
    try:
        model.fit(train.texts, train.labels, listener=listener)
    except Stopped:
        return None
    figures = model.validation_
    seconds = time.perf_counter() - started
    return asdict(Outcome(figures.accuracy, figures.macro_f1, listener.epochs, seconds))
