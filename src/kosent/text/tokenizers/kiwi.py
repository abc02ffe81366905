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
from kosent.text.settings import check_switch
from kosent.text.tokenizers.base import Tokenizer
from kosent.text.unicode import replace_surrogates

# Kiwi takes time quadratic in the length of an unbroken run of Latin letters: 10,000 0.04 s,
# 80,000 2.1 s. The longest NSMC review has 146 characters.
LONGEST = 4000


class Kiwi(Tokenizer):
    """Split at the borders of Kiwi's morphemes.

    The model (500 MB of memory) is loaded at the first call. Texts of more than 4,000 characters
    are analysed in parts, cut at white space where there is any.

    Args:
        surface: Give pieces of the text itself, of which nothing is lost. Otherwise Kiwi's
            morphemes in their dictionary form.
    """

    name = "kiwi"
    packages = ("kiwipiepy", "kiwipiepy_model")

    def __init__(self, surface: bool = True) -> None:
        check_switch("surface", surface)
        self.surface = surface
        self._reset()

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

    def __getstate__(self) -> dict[str, Any]:
        return {"surface": self.surface}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._reset()

    def _reset(self) -> None:
        self._engine: Any = None
        self._lock = threading.Lock()

    def _morphemes(self, text: str) -> list[str]:
        tokens: list[str] = []
        for part in _parts(replace_surrogates(text)):
            found = self._loaded().tokenize(part)
            if self.surface:
                tokens += _slices(part, [(token.start, token.end) for token in found])
            else:
                tokens += [token.form for token in found]
        return tokens

    def _loaded(self) -> Any:
        with self._lock:
            if self._engine is None:
                self._engine = _engine_class()()
            return self._engine


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
