"""Morphemes from Kiwi (Lee, 2024), an optional package: ``pip install 'kosent[kiwi]'``.

Kiwi's own morphemes are dictionary forms: ``했다`` is ``하``, ``었``, ``다``, whose letters are not
those of the text. By default the tokens here are pieces of the text itself, cut wherever one of
Kiwi's morphemes begins or ends (``했``, ``다``): joined, they are the text without white space.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import Any

from kosent.errors import RuntimeSetupError, UsageError
from kosent.support.checks import check_switch
from kosent.text.tokenizers.base import Tokenizer
from kosent.text.unicode import replace_surrogates

# Kiwi takes time quadratic in the length of an unbroken run of Latin letters: 10,000 0.04 s,
# 80,000 2.1 s. The longest NSMC review has 146 characters.
LONGEST = 4000

_SLIPS = "basic_with_continual"  # Kiwi's name for them

_engines: list[Any] = []  # none yet, or one
_forked: list[Any] = []  # a parent's, whose threads a child lacks: to end it would wait for them
_lock = threading.Lock()


class Kiwi(Tokenizer):
    """Split at the borders of Kiwi's morphemes.

    The model (500 MB of memory) is loaded at the first call, once for a process. Texts of more than
    4,000 characters are analysed in parts, cut at white space where there is any.

    Args:
        surface: Give pieces of the text itself, of which nothing is lost. Otherwise Kiwi's
            morphemes in their dictionary form.
        norm: Let Kiwi mend spelling before it looks for morphemes: common slips, letters carried
            over to the next syllable, a coda of laughter (``안됔ㅋㅋ`` -> ``안돼ㅋㅋㅋ``). Takes
            twice as long.
        join: Give tokens with their part of speech, as ``형태소/품사``; only without ``surface``,
            whose pieces have none.
    """

    name = "kiwi"
    packages = ("kiwipiepy", "kiwipiepy_model")

    def __init__(self, surface: bool = True, norm: bool = False, join: bool = False) -> None:
        for name, value in (("surface", surface), ("norm", norm), ("join", join)):
            check_switch(name, value)
        if surface and join:
            raise UsageError(
                "join은 surface=false와 함께 씁니다: 글 그대로의 조각에는 품사가 없습니다",
                "join goes with surface=false: pieces of the text have no part of speech",
            )
        self.surface = surface
        self.norm = norm
        self.join = join

    def split(self, texts: Sequence[str]) -> list[list[str]]:
        """Split each text into its morphemes.

        Raises:
            RuntimeSetupError: If ``kiwipiepy`` is not installed.
        """
        parts = [list(_parts(replace_surrogates(text))) for text in texts]
        pieces = [piece for part in parts for piece in part]
        found = zip(pieces, _engine().tokenize(pieces, **self._how()), strict=True)
        return [
            [
                token
                for piece, morphemes in islice(found, len(part))
                for token in self._tokens(piece, morphemes)
            ]
            for part in parts
        ]

    def identity(self) -> list[str]:
        """Return the versions of Kiwi and its model, which decide the tokens.

        Raises:
            RuntimeSetupError: If ``kiwipiepy`` is not installed.
        """
        _engine_class()
        return super().identity()

    def _how(self) -> dict[str, Any]:
        return {"typos": _SLIPS, "normalize_coda": True} if self.norm else {}

    def _tokens(self, text: str, morphemes: Sequence[Any]) -> list[str]:
        if self.surface:
            return _slices(text, [(each.start, each.end) for each in morphemes])
        if self.join:
            return [f"{each.form}/{each.tag}" for each in morphemes]
        return [each.form for each in morphemes]


def _engine() -> Any:
    """Return Kiwi with its model, loaded once for all tokenizers of the process."""
    with _lock:
        if not _engines:
            _engines.append(_engine_class()())
        return _engines[0]


def _begin_anew() -> None:
    """Let a forked child load its own: Kiwi works on lists of texts with threads."""
    global _lock
    _lock = threading.Lock()
    _forked.extend(_engines)
    _engines.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


def _engine_class() -> Any:
    try:
        import kiwipiepy
    except ImportError as error:
        raise RuntimeSetupError(
            "kiwi 토크나이저에는 kiwipiepy가 필요합니다: pip install 'kosent[kiwi]'",
            "the tokenizer kiwi needs kiwipiepy: pip install 'kosent[kiwi]'",
        ) from error
    return kiwipiepy.Kiwi


def _parts(text: str) -> Iterator[str]:
    start = 0
    while len(text) - start > LONGEST:
        end = text.rfind(" ", start + 1, start + LONGEST)
        end = end if end > start else start + LONGEST
        yield text[start:end]
        start = end
    yield text[start:]


def _slices(text: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    """Cut a text at both ends of each span, and at white space, which is dropped."""
    borders = sorted({0, len(text), *(border for span in spans for border in span)})
    return [word for start, end in pairwise(borders) for word in text[start:end].split()]
