"""Tokens are what stands between white space."""

from __future__ import annotations

from collections.abc import Sequence

from kosent.support.checks import check_count, check_switch
from kosent.text.tokenizers.base import Tokenizer

START = " start of text "


class Whitespace(Tokenizer):
    """Split at white space.

    Args:
        max_chars: Keep only this many characters of each token. The NSMC post cuts words to
            5, a cheap stemming: Korean endings stand at the end of a word.
        start: Put a token before the first word, as in Keras' IMDB data. It has spaces, so that no
            word equals it.
    """

    name = "whitespace"

    def __init__(self, max_chars: int | None = None, start: bool = False) -> None:
        if max_chars is not None:
            check_count("max_chars", max_chars)
        check_switch("start", start)
        self.max_chars = max_chars
        self.start = start

    def split(self, texts: Sequence[str]) -> list[list[str]]:
        """Split each text into its words."""
        limit = self.max_chars
        rows = [text.split() for text in texts]
        if limit is not None:
            rows = [[word[:limit] for word in row] for row in rows]
        return [[START, *row] for row in rows] if self.start else rows
