"""SIGTERM, as service managers and schedulers send it: what is being written is tidied up first."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from kosent.language import said
from kosent_cli.output import say

TERMINATED = 128 + signal.SIGTERM


@contextmanager
def ended_softly() -> Iterator[None]:
    """Let SIGTERM leave the block as an exception, so that files and processes are closed."""
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    del frame
    signal.signal(number, signal.SIG_IGN)  # a second one would break the tidying
    say(f"kosent: {said('끝내라는 신호를 받아 멈춥니다', 'told to end, and ended')}")
    raise SystemExit(TERMINATED)
