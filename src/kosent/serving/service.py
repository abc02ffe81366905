"""What answers: models, and threads that run them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from kosent.serving import answering, lanes, refusals
from kosent.serving.asked import Asked, asked
from kosent.serving.body import Bodies, parsed
from kosent.serving.limits import Limits
from kosent.serving.metrics import Metrics
from kosent.serving.models import Models, Served

_SMALL = 32 * 1024  # bytes of a body whose JSON is read in the event loop: 0.2 ms


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask.

    Attributes:
        token: What must be shown, where something must.
        hosts: The names under which the server may be called; all where it is ``None``.
        origins: The web pages that may ask from a browser, beside the server's own.
    """

    token: bytes | None = None
    hosts: tuple[str, ...] | None = None
    origins: tuple[str, ...] = ()


@dataclass(slots=True)
class Service:
    """Answers requests to predict.

    Args:
        models: The models.
        limits: What a request may take.
        access: Who may ask.
        say: Writes a line to the log.

    Attributes:
        stopping: Whether the server is about to end.
        metrics: What is counted.
        bodies: Reads the bodies of requests.
    """

    models: Models
    limits: Limits = field(default_factory=Limits)
    access: Access = field(default_factory=Access)
    say: Callable[[str], None] = print
    stopping: bool = field(default=False, init=False)
    metrics: Metrics = field(default_factory=Metrics, init=False)
    bodies: Bodies = field(init=False)
    _quick: lanes.Quick = field(init=False)
    _slow: lanes.Slow = field(init=False)

    def __post_init__(self) -> None:
        """Make what the limits bound."""
        self.bodies = Bodies(self.limits.body, self.limits.held)
        self._quick = lanes.Quick(self.limits.concurrency, self.metrics.batch)
        self._slow = lanes.Slow(self.limits.slow)
        for served in self.models:
            self.metrics.serves(served)

    async def predict(self, body: bytes) -> bytes:
        """Return the answer to a request's body.

        Raises:
            Refusal: If it cannot be answered.
            KosentError: If the library refuses.
        """
        try:
            async with asyncio.timeout(self.limits.timeout):
                if len(body) > _SMALL:
                    return await self._slow.run(self._answered, body)
                wanted, served = self._checked(body)
                if wanted.slow:
                    return await self._slow.run(answering.answered, wanted, served)
                predicted = await self._quick.predict(served.predictor, wanted.texts)
                return answering.document(wanted, served, predicted)
        except TimeoutError:
            raise refusals.took_too_long(self.limits.timeout) from None

    def _answered(self, body: bytes) -> bytes:
        return answering.answered(*self._checked(body))

    def _checked(self, body: bytes) -> tuple[Asked, Served]:
        wanted = asked(parsed(body), self.limits)
        served = self.models.find(wanted.model)
        answering.check(wanted, served)
        self.metrics.texts(served.name, len(wanted.texts))
        return wanted, served

    def close(self) -> None:
        """End the threads."""
        self._quick.close()
        self._slow.close()
