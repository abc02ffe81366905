"""What an executor is, and how a work is asked of it: once more where its process was lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from kosent import errors

Take = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Work:
    """What a process does.

    Attributes:
        function: A function at the top of a module; it talks through
            :class:`kosent.support.processes.Parent`, and each of its works ends with ``answer``.
        settings: Its arguments, as JSON holds them.
        environment: What its process gets beside what all get.
        folder: A folder that it works in, which it gets as its argument ``folder``. On another
            machine it is a copy, which comes back when the work is done.
    """

    function: Callable[..., None]
    settings: Mapping[str, Any]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None


class Process(Protocol):
    """A process that does a :class:`Work`."""

    def send(self, document: object) -> None:
        """Send a line; ``OSError`` if it has died."""

    def receive(self) -> Any:
        """Return what it says next; ``EOFError`` if it has ended."""

    def collect(self) -> None:
        """Bring its folder back."""

    def kill(self) -> None:
        """End it; another thread may do this."""

    def wait(self) -> tuple[int, str]:
        """Return its exit code and the last that it has said."""


class Executor(Protocol):
    """A place where processes run.

    Attributes:
        jobs: How many works are to be done at once.
        tries: How often a work is begun whose process is killed or whose machine is gone.
    """

    jobs: int
    tries: int

    def start(self, work: Work) -> Process:
        """Start a process; ``EOFError`` if its machine is lost on the way."""

    def again(self, reason: str) -> None:
        """Note that a work is begun anew."""


class Died(Exception):  # noqa: N818 -- each caller makes an error of its own of it
    """A process has ended without an answer.

    Attributes:
        code: Its exit code.
        said: The last that it has said.
        late: Whether it was ended because it took too long.
    """

    def __init__(self, code: int, said: str, late: bool) -> None:
        super().__init__(code, said)
        self.code = code
        self.said = said
        self.late = late

    @property
    def reason(self) -> str:
        """The last line that it has said, or its exit code."""
        return self.said.rpartition("\n")[2] or f"exit code {self.code}"


class Bug(Died):
    """A work has raised what is no ``KosentError``; ``said`` is the traceback."""


class Worker:
    """A process somewhere that does what it is asked for; it starts with the first question.

    Args:
        executor: Where.
        work: What it does.
    """

    def __init__(self, executor: Executor, work: Work) -> None:
        self._executor = executor
        self._work = work
        self._process: Process | None = None
        self._closed = False
        self._late = False

    def ask(
        self, request: object = None, take: Take = lambda _: None, patience: float | None = None
    ) -> Any:
        """Return what a work gives.

        A work is equal to the bit each time, so that of one that is begun anew only those messages
        are passed on that had not come before; the others get the replies that they got.

        Args:
            request: Is sent first, if it is not ``None``.
            take: Is given each message before the answer; its reply is sent if it is not ``None``.
            patience: Seconds until the process is ended.

        Raises:
            KosentError: What the work raises.
            Bug: If it raises another error.
            Died: If its process ends without an answer, or ``close`` is called.
        """
        replies: list[Any] = []
        left = self._executor.tries
        while True:
            left -= 1
            try:
                message = self._tried(request, take, replies, patience)
            except _EndedError as error:
                died = self._ended(error)
                if not left or self._closed or died.code >= 0:
                    raise died from error
                self._executor.again(died.reason)
            except BaseException:
                self._drop()  # it may wait for a reply that does not come
                raise
            else:
                return self._given(message)

    def close(self) -> None:
        """End the process for good, also one that another thread asks, whose ``ask`` ends then."""
        self._closed = True
        process = self._process
        if process is not None:
            process.kill()

    def finish(self) -> None:
        """Wait for the end of a process that ends by itself or is closed, and let go of it."""
        if self._process is not None:
            self._process.wait()
        self._process = None

    def _tried(
        self, request: object, take: Take, replies: list[Any], patience: float | None
    ) -> Any:
        process = self._begun()
        with _Alarm(patience, self._too_late):
            _send(process, request)
            number = 0
            while not _is_answer(message := _received(process)):
                if number == len(replies):
                    replies.append(take(message))
                _send(process, replies[number])
                number += 1
        with _ends():
            process.collect()
        return message

    def _begun(self) -> Process:
        if self._closed:
            raise _EndedError("it was closed")
        if self._process is None:
            with _ends():
                self._process = self._executor.start(self._work)
        if self._closed:  # meanwhile
            self._process.kill()
        return self._process

    def _given(self, message: Mapping[str, Any]) -> Any:
        if "bug" in message:
            self._drop()
            raise Bug(1, message["bug"], False)
        if "error" in message:
            kind, korean, english = message["error"]
            raise getattr(errors, kind)(korean, english)
        return message["done"]

    def _too_late(self) -> None:
        self._late = True
        self.close()

    def _ended(self, error: Exception) -> Died:
        """Return how the process has ended, and let go of it."""
        process, self._process = self._process, None
        if process is None:
            return Died(-1, str(error), self._late)
        code, said = process.wait()
        return Died(code, said, self._late)

    def _drop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()


class _Alarm:
    """Calls a function after some seconds inside, if there is a limit."""

    def __init__(self, seconds: float | None, ring: Callable[[], None]) -> None:
        self._timer = None if seconds is None else threading.Timer(seconds, ring)

    def __enter__(self) -> None:
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()


class _EndedError(Exception):
    """A process has ended, or could not be started."""


@contextmanager
def _ends() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError) as error:
        raise _EndedError(str(error)) from error


def _send(process: Process, document: object) -> None:
    if document is not None:
        with _ends():
            process.send(document)


def _received(process: Process) -> Any:
    with _ends():
        return process.receive()


def _is_answer(message: Any) -> bool:
    return isinstance(message, dict) and not message.keys().isdisjoint({"done", "error", "bug"})
