"""A stranger's networks on trial: they get so many seconds of a processor together, then fail.

Time that others take of a busy machine does not count. ONNX Runtime looks whether to end between
two operators; a single one is not interrupted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_OFTEN = 0.02  # seconds, at least, between two looks at the clock
_current: ContextVar[_Trial | None] = ContextVar("trial", default=None)


class _Trial:
    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._lock = threading.Lock()

    @contextmanager
    def watched(self, options: Any) -> Iterator[None]:
        clock = _clock()
        begun, ended = clock(), threading.Event()

        def watch() -> None:
            while not ended.wait(max(_OFTEN, self._left - (clock() - begun))):
                if clock() - begun >= self._left:
                    options.terminate = True

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()
            with self._lock:
                self._left -= clock() - begun


@contextmanager
def on_trial(seconds: float) -> Iterator[None]:
    """Let networks fail once they have computed for so long inside.

    Args:
        seconds: Of a processor, of all of them together. A trial within another one is part of it.
    """
    if _current.get() is not None:
        yield
        return
    token = _current.set(_Trial(seconds))
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def watched() -> Iterator[Any]:
    """Give the options to run a network with, which end it where it is on trial; else ``None``."""
    trial = _current.get()
    if trial is None:
        yield None
        return
    import onnxruntime

    options = onnxruntime.RunOptions()
    with trial.watched(options):
        yield options


def _clock() -> Callable[[], float]:
    """Return the clock of what this thread has computed."""
    if not hasattr(time, "pthread_getcpuclockid"):  # macOS
        return time.monotonic
    thread = time.pthread_getcpuclockid(threading.get_ident())
    return lambda: time.clock_gettime(thread)
