"""What one request, one connection and all of them together may take."""

from __future__ import annotations

from dataclasses import dataclass, fields

from kosent.support.rules import Rule, count, number

_RULES: dict[str, Rule] = {
    "body": count(1024),
    "texts": count(1, 10_000),
    "characters": count(1),
    "concurrency": count(1, 10_000),
    "timeout": number(0, above=True),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the server.

    Attributes:
        body: Bytes of a request's body.
        texts: Texts of a request.
        characters: Characters of a text.
        concurrency: Requests that wait for a model or are worked on at once; more are refused.
        timeout: Seconds until a request that was read is given up.

    Raises:
        UsageError: If one is no such number.
    """

    body: int = 1 << 20
    texts: int = 100
    characters: int = 10_000
    concurrency: int = 128
    timeout: float = 30.0

    def __post_init__(self) -> None:
        """Check the numbers."""
        for field in fields(self):
            _RULES[field.name].check(field.name, getattr(self, field.name))

    @property
    def slow(self) -> int:
        """Requests of much work (``lanes.Slow``) that wait at once."""
        return max(1, self.concurrency // 8)

    @property
    def held(self) -> int:
        """Bytes of bodies that are held at once, whole or not."""
        return 64 * self.body

    @property
    def connections(self) -> int:
        """Connections that are open at once."""
        return max(64, 8 * self.concurrency)


BODY_SECONDS = 10.0  # until a body must have come
HEADER_SECONDS = 10.0  # until the header of a request must have come
IDLE_SECONDS = 30.0  # between two requests of a connection
HEADER_BYTES = 32 * 1024
# Of a request, so that it takes 1 to 2 s of the thread that others wait for:
MOST_TRACED = 2_000_000  # words times characters of all texts that are followed
MOST_EXPLAINED = 4_000_000  # characters that the model reads to explain all texts
