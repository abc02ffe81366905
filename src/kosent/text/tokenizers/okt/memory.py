"""The analyses known so far: in this process, and on disk for the next.

On disk lie the analyses of eojeols, and the tokens of short texts. Of a text that comes again
neither its eojeols are looked up nor their analyses read: 150,000 reviews take 0.58 s of CPU
instead of 1.64.
"""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import chain

from kosent.text.tokenizers.okt.analyses import Render
from kosent.text.tokenizers.okt.disk import Disk
from kosent.text.tokenizers.okt.engines import Engine

KIND, TEXTS = "okt", "okt-texts"  # of entries in the cache
MOST = 600_000  # eojeols remembered; NSMC has 300,000 cleaned, 400,000 raw
MOST_CHARACTERS = 10_000_000  # of them; NSMC's have 2 million
LONGEST_EOJEOL = 1_000  # characters, on disk
MOST_TEXTS = 250_000  # on disk: NSMC has 200,000
LONGEST_TEXT = 160  # characters; no engine cuts an eojeol of as many

Split = Callable[[str], list[str]]

_BETWEEN = "\x1f"  # white space to str.split: no token holds it


class Memory:
    """Gives tokens, and asks the engine only for what nobody knows.

    Args:
        engine: Starts the engine, on first need.
        render: Turns analyses into tokens.
        keys: Stand for all that decides an analysis, and for all that decides a text's tokens;
            they find both on disk.
        worth: Unknown eojeols from which on reading the disk is cheaper than analysing.
    """

    def __init__(
        self,
        engine: Callable[[], Engine],
        render: Render,
        keys: Callable[[], tuple[str, str]],
        worth: int = 1,
    ) -> None:
        self._make_engine = engine
        self._render = render
        self._make_keys = keys
        self._worth = worth
        self._known: dict[str, tuple[str, ...]] = {}
        self._characters = 0  # of the known eojeols; a thread may miss another's
        self._lines: Mapping[str, str] = {}  # the tokens of the texts that the disk knows
        self._engine: Engine | None = None
        self._texts: Disk | None = None
        self._analyses: Disk | None = None
        self._unread: Disk | None = None
        self._lock = threading.Lock()

    def tokens(self, texts: Sequence[str], split: Split = str.split) -> list[list[str]]:
        """Return the tokens of texts.

        Args:
            texts: Any strings without lone surrogates.
            split: Cuts a text into its eojeols.
        """
        with suppress(KeyError):  # to look first whether all is known takes a third longer
            return _joined(texts, split, self._known)
        if self._texts is None and len(_lacking(texts, split, self._known)) >= self._worth:
            self._open()
        lines = list(map(self._lines.get, texts))
        others = [text for text, line in zip(texts, lines, strict=True) if line is None]
        analysed = iter(self._analysed(others, split) if others else ())
        with _no_garbage_collection():
            return [
                next(analysed) if line is None else line.split(_BETWEEN) if line else []
                for line in lines
            ]

    def _analysed(self, texts: Sequence[str], split: Split) -> list[list[str]]:
        known = self._known  # another thread may begin a new one; this stays whole
        lacking = _lacking(texts, split, known)
        if len(lacking) >= self._worth and self._unread is not None:
            self._read_analyses(known)
            lacking = _lacking(texts, split, known)
        if lacking and self._is_full(lacking):
            known, self._characters = {}, 0
            self._known = known
            lacking = _lacking(texts, split, known)
        if lacking:
            self._learn(known, lacking)
        tokens = _joined(texts, split, known)
        if self._texts is not None:
            self._texts.add(_lines(texts, tokens))
        return tokens

    def _is_full(self, lacking: Sequence[str]) -> bool:
        characters = self._characters + sum(map(len, lacking))
        return len(self._known) + len(lacking) > MOST or characters > MOST_CHARACTERS

    def _learn(self, known: dict[str, tuple[str, ...]], lacking: list[str]) -> None:
        with self._lock:
            if self._engine is None:
                self._engine = self._make_engine()
        analysed = self._engine.analyse(lacking)
        self._take(known, analysed)
        if self._analyses is not None:
            self._analyses.add({k: v for k, v in analysed.items() if len(k) <= LONGEST_EOJEOL})

    def _open(self) -> None:
        with self._lock:
            if self._texts is not None:
                return
            of_analyses, of_texts = self._make_keys()
            self._analyses = self._unread = Disk(KIND, of_analyses, MOST)
            texts = Disk(TEXTS, of_texts, MOST_TEXTS)
            for disk in (self._analyses, texts):
                weakref.finalize(self, disk.write)  # at the end of the process at the latest
            self._lines = texts.read()
            self._texts = texts

    def _read_analyses(self, known: dict[str, tuple[str, ...]]) -> None:
        with self._lock:
            disk, self._unread = self._unread, None
            if disk is not None:
                self._take(known, disk.read())

    def _take(self, known: dict[str, tuple[str, ...]], analyses: Mapping[str, str]) -> None:
        with _no_garbage_collection():
            known.update(zip(analyses, self._render(analyses.values()), strict=True))
        self._characters += sum(map(len, analyses))


def _lines(texts: Sequence[str], tokens: Sequence[Sequence[str]]) -> dict[str, str]:
    """Return the tokens of the texts that are remembered whole, each as a line."""
    return {
        text: _BETWEEN.join(found)
        for text, found in zip(texts, tokens, strict=True)
        if 0 < len(text) <= LONGEST_TEXT and "\n" not in text
    }


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
