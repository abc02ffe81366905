"""The analyses known so far: in this process, and on disk for the next.

On disk they lie in segments, files that never change: a few per engine and setting, merged when
they become many. All of NSMC's 300,000 eojeols are read in 0.3 s.
"""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import chain, islice

from kosent.storage import sha256
from kosent.text import cache
from kosent.text.okt.analyses import Render
from kosent.text.okt.engines import Engine

KIND = "okt"
MOST = 600_000  # eojeols remembered; NSMC has 300,000 cleaned, 400,000 raw

Split = Callable[[str], list[str]]

_MOST_SEGMENTS = 8
_WRITE_AFTER = 10.0  # seconds: what a kill may cost


class Memory:
    """Gives tokens, and asks the engine only for what nobody knows.

    Args:
        engine: Starts the engine, on first need.
        render: Turns analyses into tokens.
        key: Stands for all that decides an analysis, and finds the analyses on disk.
        worth: Unknown eojeols from which on reading the disk is cheaper than analysing.
    """

    def __init__(
        self, engine: Callable[[], Engine], render: Render, key: Callable[[], str], worth: int = 1
    ) -> None:
        self._make_engine = engine
        self._render = render
        self._make_key = key
        self._worth = worth
        self._known: dict[str, tuple[str, ...]] = {}
        self._engine: Engine | None = None
        self._disk: Disk | None = None
        self._lock = threading.Lock()

    def tokens(self, texts: Sequence[str], split: Split = str.split) -> list[list[str]]:
        """Return the tokens of texts.

        Args:
            texts: Any strings without lone surrogates.
            split: Cuts a text into its eojeols.
        """
        known = self._known  # another thread may begin a new one; this stays whole
        with suppress(KeyError):  # to look first whether all is known takes a third longer
            return _joined(texts, split, known)
        lacking = _lacking(texts, split, known)
        if len(lacking) >= self._worth and self._disk is None:
            self._read_disk(known)
            lacking = _lacking(texts, split, known)
        if lacking and len(known) + len(lacking) > MOST:
            known = self._known = {}
            lacking = _lacking(texts, split, known)
        if lacking:
            self._learn(known, lacking)
        return _joined(texts, split, known)

    def _learn(self, known: dict[str, tuple[str, ...]], lacking: list[str]) -> None:
        with self._lock:
            if self._engine is None:
                self._engine = self._make_engine()
        analysed = self._engine.analyse(lacking)
        known.update(zip(analysed, self._render(analysed.values()), strict=True))
        if self._disk is not None:
            self._disk.add(analysed)

    def _read_disk(self, known: dict[str, tuple[str, ...]]) -> None:
        with self._lock:
            if self._disk is None:
                disk = Disk(self._make_key())
                found = disk.read()
                known.update(zip(found, self._render(found.values()), strict=True))
                weakref.finalize(self, disk.write)  # runs at the end of the process at the latest
                self._disk = disk


class Disk:
    """The analyses of one engine and setting on disk.

    Args:
        key: Stands for all that decides an analysis.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._new: dict[str, str] = {}
        self._written = time.monotonic()
        self._lock = threading.Lock()

    def read(self) -> dict[str, str]:
        """Return what earlier processes have analysed, at most ``MOST``."""
        found: dict[str, str] = {}
        for name in cache.names(KIND, f"{self._key}-"):
            if len(found) < MOST:
                found.update(_segment(name))
        return found if len(found) <= MOST else dict(islice(found.items(), MOST))

    def add(self, analysed: Mapping[str, str]) -> None:
        """Keep analyses, and write them from time to time."""
        with self._lock:
            self._new.update(analysed)
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
        names = cache.names(KIND, f"{self._key}-")
        if len(names) < _MOST_SEGMENTS:
            self._write(new)
            return
        for name in names:
            new = dict(_segment(name)) | new
        written = self._write(dict(islice(new.items(), MOST)))
        for name in names if written else ():
            if name != written:
                cache.remove(KIND, name)

    def _write(self, analyses: Mapping[str, str]) -> str | None:
        text = "\n".join(analyses) + "\n\n" + "\n".join(analyses.values())
        content = text.encode("utf-8")
        name = f"{self._key}-{sha256(content)[:16]}"
        return name if cache.write(KIND, name, content) else None


def _segment(name: str) -> Iterable[tuple[str, str]]:
    content = cache.read(KIND, name)
    if content is None:
        return ()
    eojeols, _, analyses = content.decode("utf-8").partition("\n\n")
    return zip(eojeols.split("\n"), analyses.split("\n"), strict=True)


def _joined(
    texts: Sequence[str], split: Split, known: Mapping[str, tuple[str, ...]]
) -> list[list[str]]:
    """Return the tokens of texts all of whose eojeols are known; KeyError where one is not."""
    get = known.__getitem__
    with _no_garbage_collection():
        return [list(chain.from_iterable(map(get, split(text)))) for text in texts]


def _lacking(texts: Sequence[str], split: Split, known: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the eojeols that are not known, each once."""
    return [each for each in set().union(*map(split, texts)) if each not in known]


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Spare the collector hundreds of thousands of new lists, none of which is in a circle.

    It would take a third of the time of texts whose eojeols are all known.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
