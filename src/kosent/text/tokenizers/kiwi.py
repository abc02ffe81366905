"""Morphemes from Kiwi (Lee, 2024), an optional package: ``pip install 'kosent[kiwi]'``.

Kiwi's own morphemes are dictionary forms: ``했다`` is ``하``, ``었``, ``다``, whose letters are not
those of the text. By default the tokens here are pieces of the text itself, cut wherever one of
Kiwi's morphemes begins or ends (``했``, ``다``): joined, they are the text without white space.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from kosent.errors import RuntimeSetupError
from kosent.support.checks import check_switch
from kosent.text.tokenizers.base import Tokenizer
from kosent.text.unicode import replace_surrogates

# Kiwi takes time quadratic in the length of an unbroken run of Latin letters: 10,000 0.04 s,
# 80,000 2.1 s. The longest NSMC review has 146 characters.
LONGEST = 4000

_engines: list[Any] = []  # none yet, or one
_lock = threading.Lock()


class Kiwi(Tokenizer):
    """Split at the borders of Kiwi's morphemes.

    The model (500 MB of memory) is loaded at the first call, once for a process. Texts of more than
    4,000 characters are analysed in parts, cut at white space where there is any.

    Args:
        surface: Give pieces of the text itself, of which nothing is lost. Otherwise Kiwi's
            morphemes in their dictionary form.
    """

    name = "kiwi"
    packages = ("kiwipiepy", "kiwipiepy_model")

    def __init__(self, surface: bool = True) -> None:
        check_switch("surface", surface)
        self.surface = surface

    def split(self, texts: Sequence[str]) -> list[list[str]]:
        """Split each text into its morphemes.

        Raises:
            RuntimeSetupError: If ``kiwipiepy`` is not installed.
        """
        return [self._morphemes(text) for text in texts]

    def identity(self) -> list[str]:
        """Return the versions of Kiwi and its model, which decide the tokens.

        Raises:
            RuntimeSetupError: If ``kiwipiepy`` is not installed.
        """
        _engine_class()
        return super().identity()

    def _morphemes(self, text: str) -> list[str]:
        tokens: list[str] = []
        engine = _engine()
        for part in _parts(replace_surrogates(text)):
            morphemes = engine.tokenize(part)
            if self.surface:
                tokens += _slices(part, [(token.start, token.end) for token in morphemes])
            else:
                tokens += [token.form for token in morphemes]
        return tokens


def _engine() -> Any:
    """Return Kiwi with its model, loaded once for all tokenizers of the process."""
    with _lock:
        if not _engines:
            _engines.append(_engine_class()())
        return _engines[0]


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
