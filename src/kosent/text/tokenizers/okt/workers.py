"""Processes that analyse eojeols.

They are plain child processes with pipes, not those of ``multiprocessing``: these would run a
script without a ``__main__`` guard again, are refused to daemons, and fork a process with threads.
A worker that is not needed for 5 seconds ends, and so does one whose parent is gone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import IO

from kosent.support.processes import processors

_MOST = 8
_IDLE = 5.0  # seconds
_START = """
import json, sys
settings = json.loads(sys.stdin.buffer.readline())
sys.path[:] = settings.pop("path")
from kosent.text.tokenizers.okt.worker import serve
serve(**settings)
"""


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
        self._processes: list[subprocess.Popen[bytes]] = []
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
                with suppress(OSError, ValueError):
                    process.communicate()

    def _start(self) -> list[subprocess.Popen[bytes]]:
        if not self._processes or self._started_in != os.getpid():
            self._started_in = os.getpid()
            self._processes = [_started() for _ in range(min(processors(), _MOST))]
            for process in self._processes:
                _send(process, {"path": sys.path, **self._settings})
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


def _shared_out(
    tasks: Iterable[list[str]], processes: list[subprocess.Popen[bytes]]
) -> list[dict[str, str]]:
    remaining = _Shared(tasks)
    with ThreadPoolExecutor(len(processes)) as threads:
        try:
            return list(threads.map(lambda each: _work(each, remaining), processes))
        except BaseException:  # else the threads would first finish what there is
            remaining.drop()
            for process in processes:
                process.kill()
            raise


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 -- our own code in our own Python
        [sys.executable, "-c", _START],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the parent, which ends them
    )


def _work(process: subprocess.Popen[bytes], tasks: _Shared) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        for task in tasks:
            _send(process, task)
            analyses = json.loads(_pipe(process.stdout).readline())
            found.update(zip(task, analyses, strict=True))
    except BaseException:
        tasks.drop()
        raise
    return found


def _send(process: subprocess.Popen[bytes], document: object) -> None:
    pipe = _pipe(process.stdin)
    pipe.write(json.dumps(document).encode() + b"\n")
    pipe.flush()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise EOFError("a worker without pipes")
    return pipe
