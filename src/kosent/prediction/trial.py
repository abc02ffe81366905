"""A stranger's networks on trial: they get so many seconds of a processor together, then fail.

Time that others take of a busy machine does not count. ONNX Runtime looks whether to end between
two operators; a single one is not interrupted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_OFTEN = 0.02  # seconds, at least, between two looks at the clock
# Seconds given, and less each that a run used.
_left: ContextVar[list[float] | None] = ContextVar("left", default=None)


@contextmanager
def on_trial(seconds: float) -> Iterator[None]:
    """Let networks fail once they have computed for so long inside.

    Args:
        seconds: Of a processor, of all of them together. A trial within another one is part of it.
    """
    token = _left.set(_left.get() or [seconds])
    try:
        yield
    finally:
        _left.reset(token)


@contextmanager
def watched() -> Iterator[Any]:
    """Give the options to run a network with, which end it where it is on trial; else ``None``."""
    left = _left.get()
    if left is None:
        yield None
        return
    import onnxruntime

    options, ended = onnxruntime.RunOptions(), threading.Event()
    clock = time.pthread_getcpuclockid(threading.get_ident())
    begun = time.clock_gettime(clock)
    end = begun + sum(left)

    def watch() -> None:
        while not ended.wait(max(_OFTEN, end - time.clock_gettime(clock))):
            options.terminate = time.clock_gettime(clock) >= end

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield options
    finally:
        ended.set()
        watcher.join()
        left.append(begun - time.clock_gettime(clock))
