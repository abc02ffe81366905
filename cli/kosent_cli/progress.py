"""Progress on stderr: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kosent.language import Message, said, shown
from kosent_cli.output import say
from kosent_cli.session import Session

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from kosent.support.progress import Listener

_STAGES = {
    "corpus": Message("말뭉치 읽기", "reading the corpus"),
    "download": Message("내려받기", "downloading"),
    "teacher": Message("선생에게 묻기", "asking the teacher"),
    "texts": Message("라벨 없는 글 읽기", "reading texts without labels"),
    "encode": Message("토큰화", "tokenizing"),
    "predict": Message("분류", "predicting"),
    "load": Message("모델 읽기", "loading the model"),
    "audit": Message("글 살피기", "looking at the texts"),
    "duplicates": Message("같은 글 찾기", "looking for duplicates"),
    "suspects": Message("틀린 듯한 라벨 찾기", "looking for likely wrong labels"),
    "test": Message("평가", "scoring"),
    "trials": Message("설정 찾기", "searching settings"),
    "members": Message("모델들의 학습", "training the models"),
    "auto": Message("여러 모델 시험하기", "trying several models"),
    "weights": Message("무게 맞추기", "fitting the weights"),
}
_FIGURES = ("loss", "accuracy", "val_loss", "val_accuracy")


@contextmanager
def display(session: Session) -> Iterator[Listener]:
    """Give the listener that suits stderr."""
    if not _is_terminal():
        yield Lines(session)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), Remaining())
    # Transient: what is to stay are the lines of the epochs, above the bar.
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield Bars(session, progress)


class Lines:
    """One line a stage and one line an epoch."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def stage(self, name: str, total: int | None) -> None:
        """Name the stage; an epoch speaks when it ends."""
        del total
        self.session.check()
        if name in _STAGES:
            say(_STAGES[name])

    def advance(self, steps: int) -> None:
        """Let a Ctrl-C through."""
        del steps
        self.session.check()

    def epoch(self, record: Mapping[str, float]) -> None:
        """Write the figures of an epoch."""
        say(epoch_line(record))

    def notice(self, message: str) -> None:
        """Pass the remark on."""
        say(message)


class Bars(Lines):
    """One bar, for the stage that goes on; epochs and remarks stand above it."""

    def __init__(self, session: Session, progress: Progress) -> None:
        super().__init__(session)
        self.progress = progress
        self.task: TaskID | None = None

    def stage(self, name: str, total: int | None) -> None:
        """Replace the bar."""
        self.session.check()
        if self.task is not None:
            self.progress.remove_task(self.task)
        known = _STAGES.get(name)
        title = shown(known) if known else name.replace("epoch", said("학습", "training"))
        self.task = self.progress.add_task(title, total=total)

    def advance(self, steps: int) -> None:
        """Move the bar."""
        self.session.check()
        if self.task is not None:
            self.progress.advance(self.task, steps)


def epoch_line(record: Mapping[str, float]) -> str:
    """Return the figures of an epoch as a line."""
    figures = "  ".join(f"{name} {record[name]:.4f}" for name in _FIGURES if name in record)
    return f"epoch {record['epoch']:.0f}  {figures}  {record['seconds']:.1f} s"


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()
