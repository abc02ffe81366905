"""What earlier processes have found out, on disk for the next: strings by strings.

They lie in segments, files that never change: a few per kind and key, merged when they become many.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from itertools import islice

from kosent.support.signed import sha256
from kosent.text import cache

_MOST_SEGMENTS = 8
_WRITE_AFTER = 10.0  # seconds: what a kill may cost


class Disk:
    """A mapping on disk, of strings that are not empty to strings, all without line breaks.

    Args:
        kind: What sort of entry of the cache it is.
        key: Stands for all that decides the values.
        most: How many are read, and added by one process.
    """

    def __init__(self, kind: str, key: str, most: int) -> None:
        self._kind = kind
        self._key = key
        self._most = most
        self._room = most
        self._new: dict[str, str] = {}
        self._written = time.monotonic()
        self._lock = threading.Lock()

    def read(self) -> dict[str, str]:
        """Return what earlier processes have added, the newest first, at most ``most``."""
        analyses: dict[str, str] = {}
        for name in self._names():
            if len(analyses) < self._most:
                analyses.update(self._segment(name))
        return (
            analyses if len(analyses) <= self._most else dict(islice(analyses.items(), self._most))
        )

    def add(self, analyses: Mapping[str, str]) -> None:
        """Keep what was found, as long as there is room, and write it from time to time."""
        with self._lock:
            if len(analyses) > self._room:
                return
            self._room -= len(analyses)
            self._new.update(analyses)
            due = time.monotonic() - self._written > _WRITE_AFTER
        if due:
            self.write()

    def write(self) -> None:
        """Write what is new as a segment, and merge the segments when they are many."""
        with self._lock:
            new, self._new = self._new, {}
            self._written = time.monotonic()
        if not new or cache.folder() is None:
            return
        names = self._names()
        if len(names) < _MOST_SEGMENTS:
            self._write(new)
            return
        for name in names:
            new = dict(self._segment(name)) | new
        written = self._write(dict(islice(new.items(), self._most)))
        for name in names if written else ():
            if name != written:
                cache.remove(self._kind, name)

    def _names(self) -> list[str]:
        return cache.names(self._kind, f"{self._key}-")

    def _write(self, analyses: Mapping[str, str]) -> str | None:
        text = "\n".join(analyses) + "\n\n" + "\n".join(analyses.values())
        content = text.encode("utf-8")
        name = f"{self._key}-{sha256(content)[:16]}"
        return name if cache.write(self._kind, name, content) else None

    def _segment(self, name: str) -> Iterable[tuple[str, str]]:
        content = cache.read(self._kind, name)
        if content is None:
            return ()
        keys, _, values = content.decode("utf-8").partition("\n\n")
        return zip(keys.split("\n"), values.split("\n"), strict=True)
