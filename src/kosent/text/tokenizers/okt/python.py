"""Open Korean Text's analyses computed in Python (:mod:`kosent.text.openkorean`), without Java."""

from __future__ import annotations

import re
import threading
import time
import weakref
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import ClassVar

from kosent.support.processes import processors
from kosent.text.openkorean import engine
from kosent.text.tokenizers.okt.analyses import pack
from kosent.text.tokenizers.okt.workers import Workers, WorkersError

# 80,000 characters are a second's work, and to start the workers takes half of one. So much at
# once, or in batches that follow each other as those of a long file do, is taken for a beginning.
_MANY = 30_000
_MANY_WHEN_RUNNING = 4_000
_FOLLOWS = 1.0  # seconds after the batch before
_PART = 100  # syllables of a run that is cut
_RUN = re.compile("[가-힣]++")
_LEAST, _CHUNK = 1_000, 8_000  # characters of a worker's task: many eojeols cost less together


class Python:
    """Analyses eojeols in Python: small batches here, large ones in worker processes.

    Args:
        norm: Mend spelling.
        stem: Reduce verbs and adjectives to their dictionary form.
        words: Words of the user's and their tags.
    """

    whole: ClassVar[int] = 8_000
    worth: ClassVar[int] = 2_000  # 0.2 s, as all of NSMC from the disk

    @staticmethod
    def identity() -> list[str]:
        """Return the hash of the engine's code, and what else decides its analyses."""
        return ["python", *engine.identity()]

    def __init__(self, norm: bool, stem: bool, words: Mapping[str, str]) -> None:
        self._engine = engine.Engine(norm=norm, stem=stem)
        if words:
            self._engine.add_words(words)
        self._workers = Workers(norm, stem, words)
        self._lock = threading.Lock()
        self._last, self._row = -_FOLLOWS, 0  # when a batch came, characters of those in a row
        weakref.finalize(self, self._workers.close)

    @classmethod
    def cut(cls, eojeol: str) -> list[str]:
        """Return an eojeol cut into parts of 100 inside runs of more than 8,000 syllables.

        They are for the processes to share, and a syllable then costs 21 µs instead of 35. KoNLPy
        takes minutes for such a run; whatever else an eojeol holds is never cut.
        """
        places = [
            place
            for run in _RUN.finditer(eojeol)
            if run.end() - run.start() > cls.whole
            for place in range(run.start() + _PART, run.end(), _PART)
        ]
        return [eojeol[start:end] for start, end in pairwise((0, *places, len(eojeol)))]

    def analyse(self, eojeols: Iterable[str]) -> dict[str, str]:
        """Return the analysis of each eojeol."""
        waiting = list(eojeols)
        characters = sum(map(len, waiting))
        if self._are_many(characters) and processors() > 1:
            with self._lock:  # one batch at a time keeps all cores busy
                try:
                    return self._workers.analyse(_tasks(waiting, characters))
                except WorkersError:  # no processes to be had here: then without
                    pass
        return dict(zip(waiting, map(pack, self._engine.tag_all(waiting)), strict=True))

    def _are_many(self, characters: int) -> bool:
        """Say whether the workers are worth it for so much, after what came just before it."""
        now = time.monotonic()
        follows = now - self._last < _FOLLOWS
        self._last, self._row = now, characters + (self._row if follows else 0)
        enough = characters >= min(_MANY, _MANY_WHEN_RUNNING)
        return enough and (self._workers.running or self._row >= _MANY)


def _tasks(eojeols: Iterable[str], characters: int) -> Iterator[list[str]]:
    """Cut so many characters into tasks, two or more for each worker."""
    most = min(_CHUNK, max(characters // (2 * processors()), _LEAST))
    task: list[str] = []
    size = 0
    for eojeol in eojeols:
        task.append(eojeol)
        size += len(eojeol)
        if size >= most:
            yield task
            task, size = [], 0
    if task:
        yield task
