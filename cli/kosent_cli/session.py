"""What one call of ``kosent`` knows beside its options: whether Ctrl-C came, and which run goes on.

SIGTERM, by which service managers, schedulers and ``timeout`` end a process, is a Ctrl-C of another
exit code.

Python loses a Ctrl-C that arrives while it runs a weak reference's callback or a ``__del__``
("Exception ignored in ..."): 1 of 25 in training. So the signal is also remembered, and raised
again at the next step that is reported.
"""

from __future__ import annotations

import shlex
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click

from kosent.language import said

_DEFAULTS = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}


class Session:
    """The state of one call.

    Args:
        arguments: The command line without the program's name.

    Attributes:
        interrupted: Whether Ctrl-C was pressed, or SIGTERM came.
        terminated: Whether it was SIGTERM.
        run_folder: The training run that is going on, if any.
        command: The command line, as a shell reads it.
    """

    def __init__(self, arguments: Sequence[str] = ()) -> None:
        self.interrupted = False
        self.terminated = False
        self.run_folder: Path | None = None
        self.command = shlex.join(["kosent", *arguments])

    def begin(self, folder: Path) -> None:
        """Note the training run that is going on."""
        self.run_folder = folder

    def check(self) -> None:
        """Raise the Ctrl-C that got lost.

        Raises:
            KeyboardInterrupt: If there was one.
        """
        if self.interrupted:
            raise KeyboardInterrupt

    def farewell(self) -> str:
        """Say that the command was interrupted, and how its run goes on."""
        from kosent.runs.folders import is_unfinished

        folder = self.run_folder
        if folder is None or not is_unfinished(folder):
            return said("중단했습니다", "interrupted")
        command = f"kosent train --resume {shlex.quote(str(folder))}"
        return said(
            f"중단했습니다. 이어서 하려면: {command}", f"interrupted; go on with: {command}"
        )

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Remember Ctrl-C inside; it is raised at once as well, as always."""
        ours = threading.current_thread() is threading.main_thread()
        # A shell starts background jobs with SIGINT ignored; that is to stay.
        found = {number: signal.getsignal(number) for number in _DEFAULTS} if ours else {}
        taken = [number for number in found if found[number] == _DEFAULTS[number]]
        unraisable = sys.unraisablehook
        sys.unraisablehook = lambda lost: None if self._is_ours(lost) else unraisable(lost)
        for number in taken:
            signal.signal(number, self._on_signal)
        try:
            yield
        finally:
            for number in taken:
                signal.signal(number, found[number])
            sys.unraisablehook = unraisable

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.interrupted = True
        self.terminated = number == signal.SIGTERM
        if self.terminated:  # a second one would break the tidying
            signal.signal(number, signal.SIG_IGN)
        signal.default_int_handler(number, frame)

    def _is_ours(self, lost: Any) -> bool:
        return self.interrupted and issubclass(lost.exc_type, KeyboardInterrupt)


pass_session = click.make_pass_decorator(Session)
