"""Trials trained in a process of its own, which asks after each epoch whether to go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from typing import Any

from kosent import corpora
from kosent.corpora.base import Split
from kosent.errors import DataError, RuntimeSetupError
from kosent.models.classifier import TextClassifier
from kosent.support.executors import Died, Executor, Work, Worker
from kosent.support.processes import Parent
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


class Trials:
    """A process that trains one trial after another.

    Args:
        rows: What all learn from.
        fingerprint: That of their corpus.
        executor: Where.
    """

    def __init__(self, rows: Rows, fingerprint: str, executor: Executor) -> None:
        settings = {"rows": asdict(rows), "fingerprint": fingerprint}
        self._worker = Worker(executor, Work(serve, settings, _TENSORFLOW))

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

        def reply(message: Mapping[str, Any]) -> dict[str, bool]:
            return {"on": goes_on(message["epoch"])}

        try:
            found = self._worker.ask({"arguments": dict(arguments)}, reply)
        except Died as died:
            raise RuntimeSetupError(
                f"학습하던 프로세스가 죽었습니다 ({died.reason})",
                f"its process has died ({died.reason})",
            ) from died
        return None if found is None else Outcome(**found)

    def interrupt(self) -> None:
        """Let the trial that goes on in another thread fail, and all that come."""
        self._worker.close()

    def close(self) -> None:
        """End the process."""
        self._worker.close()
        self._worker.finish()


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


def serve(rows: Mapping[str, Any], fingerprint: str) -> None:
    """Train what the parent asks for until it is gone.

    Args:
        rows: A ``Rows``.
        fingerprint: That of their corpus.
    """
    parent = Parent()
    answers = parent.lines_or_end()
    train = cache(partial(_train_split, Rows(**rows), fingerprint))
    for job in answers:
        trial = _Asking(parent, answers)
        parent.answer(partial(_trained, train, job["arguments"], trial))


def _train_split(rows: Rows, fingerprint: str) -> Split:
    corpus = rows.read(Silent())
    if corpus.fingerprint != fingerprint:
        raise DataError(
            f"'{rows.corpus}'의 내용이 다릅니다. 모든 기계에 같은 파일을 두세요",
            f"'{rows.corpus}' has another content here; put the same file on all machines",
        )
    return corpus.train


def _trained(
    train: Callable[[], Split], arguments: Mapping[str, Any], listener: _Asking
) -> dict[str, Any] | None:
    rows = train()
    started = time.perf_counter()
    model = TextClassifier(**arguments)
    try:
        model.fit(rows.texts, rows.labels, listener=listener)
    except Stopped:
        return None
    figures = model.validation_
    seconds = time.perf_counter() - started
    return asdict(Outcome(figures.accuracy, figures.macro_f1, listener.epochs, seconds))
