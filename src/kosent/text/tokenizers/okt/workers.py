"""Processes that analyse eojeols.

A worker that is not needed for 5 seconds ends, and so does one whose parent is gone.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from kosent.support.processes import Child, processors
from kosent.text.tokenizers.okt.worker import serve

_MOST = 8
_IDLE = 5.0  # seconds


class WorkersError(Exception):
    """The processes cannot be started, or have died."""


class Workers:
    """As many processes as there are processors, at most 8, started when they are first needed.

    Args:
        norm: Mend spelling.
        stem: Reduce verbs and adjectives to their dictionary form.
        words: Words of the user's and their tags.
    """

    def __init__(self, norm: bool, stem: bool, words: Mapping[str, str]) -> None:
        self._settings = {"norm": norm, "stem": stem, "words": dict(words)}
        self._processes: list[Child] = []
        self._started_in: int | None = None
        self._idle: threading.Timer | None = None
        self._lock = threading.RLock()

    @property
    def running(self) -> bool:
        """Whether the processes have been started and not ended."""
        return bool(self._processes)

    def analyse(self, tasks: Iterable[list[str]]) -> dict[str, str]:
        """Return the analysis of each eojeol of all tasks.

        Raises:
            WorkersError: If the processes cannot be started, or one has died.
        """
        with self._lock:
            self._stay()
            try:
                done = _shared_out(tasks, self._start())
            except (OSError, EOFError, ValueError) as error:
                self.close()
                raise WorkersError(str(error)) from error
            except BaseException:  # Ctrl-C: their answers are half read
                self.close()
                raise
            self._leave()
        return {eojeol: analysis for part in done for eojeol, analysis in part.items()}

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            processes, self._processes = self._processes, []
            if self._started_in != os.getpid():  # a fork's copy: they are the parent's
                return
            for process in processes:
                process.kill()
            for process in processes:
                process.wait()

    def _start(self) -> list[Child]:
        if not self._processes or self._started_in != os.getpid():
            self._started_in = os.getpid()
            count = min(processors(), _MOST)
            self._processes = [Child(serve, self._settings) for _ in range(count)]
        return self._processes

    def _stay(self) -> None:
        if self._idle is not None:
            self._idle.cancel()

    def _leave(self) -> None:
        self._idle = threading.Timer(_IDLE, self.close)
        self._idle.daemon = True
        self._idle.start()


class _Shared:
    """Tasks that threads take one by one; the first failure leaves the others none."""

    def __init__(self, tasks: Iterable[list[str]]) -> None:
        self._tasks = iter(tasks)
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[list[str]]:
        while True:
            with self._lock:
                task = next(self._tasks, None)
            if task is None:
                return
            yield task

    def drop(self) -> None:
        with self._lock:
            self._tasks = iter(())


def _shared_out(tasks: Iterable[list[str]], processes: list[Child]) -> list[dict[str, str]]:
    remaining = _Shared(tasks)
    with ThreadPoolExecutor(len(processes)) as threads:
        try:
            return list(threads.map(lambda each: _work(each, remaining), processes))
        except BaseException:  # else the threads would first finish what there is
            remaining.drop()
            for process in processes:
                process.kill()
            raise


def _work(process: Child, tasks: _Shared) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        for task in tasks:
            process.send(task)
            found.update(zip(task, process.receive(), strict=True))
    except BaseException:
        tasks.drop()
        raise
    return found
