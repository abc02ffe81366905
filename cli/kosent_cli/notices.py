"""What the library logs, as lines for the user."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from kosent.language import Message
from kosent_cli.output import say


class _Notices(logging.Handler):
    """Shows the library's warnings as lines."""

    def emit(self, record: logging.LogRecord) -> None:
        say(record.msg if isinstance(record.msg, Message) else record.getMessage())


@contextmanager
def library_notices() -> Iterator[None]:
    """Show what the library logs inside."""
    handler = _Notices(logging.WARNING)
    logger = logging.getLogger("kosent")
    passed_on, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = passed_on
