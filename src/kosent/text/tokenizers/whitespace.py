"""Tokens are what stands between white space."""

from __future__ import annotations

from collections.abc import Sequence

from kosent.text.settings import check_count
from kosent.text.tokenizers.base import Tokenizer


class Whitespace(Tokenizer):
    """Split at white space.

    Args:
        max_chars: Keep only this many characters of each token. The NSMC post cuts words to
            5, a cheap stemming: Korean endings stand at the end of a word.
    """

    name = "whitespace"

    def __init__(self, max_chars: int | None = None) -> None:
        if max_chars is not None:
            check_count("max_chars", max_chars)
        self.max_chars = max_chars

    def split(self, texts: Sequence[str]) -> list[list[str]]:
        """Split each text into its words."""
        limit = self.max_chars
        if limit is None:
            return [text.split() for text in texts]
        return [[word[:limit] for word in text.split()] for text in texts]
