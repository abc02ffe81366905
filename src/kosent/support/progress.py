"""How long work tells whoever watches how far it is; the library itself prints nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from kosent.language import Message


class Listener(Protocol):
    """What a progress display has to understand."""

    def stage(self, name: str, total: int | None) -> None:
        """Begin a stage, such as ``"encode"`` or ``"epoch 1/8"``, of ``total`` steps."""

    def advance(self, steps: int) -> None:
        """Report ``steps`` more steps of the current stage as done."""

    def epoch(self, record: Mapping[str, float]) -> None:
        """Report the figures of an epoch that has ended."""

    def notice(self, message: Message) -> None:
        """Tell the user one thing worth knowing, in one line."""


class Silent:
    """The listener of those who did not ask: it ignores everything."""

    def stage(self, name: str, total: int | None) -> None:
        """Ignore."""

    def advance(self, steps: int) -> None:
        """Ignore."""

    def epoch(self, record: Mapping[str, float]) -> None:
        """Ignore."""

    def notice(self, message: Message) -> None:
        """Ignore."""


class Noting:
    """Passes everything on to another listener and keeps the notices.

    Args:
        listener: The other one.

    Attributes:
        notices: The notices so far.
    """

    def __init__(self, listener: Listener) -> None:
        self.stage = listener.stage
        self.advance = listener.advance
        self.epoch = listener.epoch
        self.notices: list[Message] = []
        self._notice = listener.notice

    def notice(self, message: Message) -> None:
        """Keep the notice and pass it on."""
        self.notices.append(message)
        self._notice(message)


class Count:
    """Turns a running count, as the encoder gives it, into steps for a listener."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self._done = 0

    def __call__(self, done: int, total: int | None) -> None:
        """Report that ``done`` are done by now."""
        self.listener.advance(done - self._done)
        self._done = done


class Steps(Count):
    """Turns the running counts of a stage, as downloads give them, into steps for a listener.

    A count that falls begins the stage anew: the next file of a download.
    """

    def __init__(self, listener: Listener, name: str) -> None:
        super().__init__(listener)
        self.name = name
        self._begun = False

    def __call__(self, done: int, total: int | None) -> None:
        """Report that ``done`` of ``total`` are done by now."""
        if not self._begun or done < self._done:
            self.listener.stage(self.name, total)
            self._begun, self._done = True, 0
        super().__call__(done, total)
