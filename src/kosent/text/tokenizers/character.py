"""Tokens are single characters: Hangul syllables, jamo, letters, emoji."""

from __future__ import annotations

from collections.abc import Sequence

from kosent.support.checks import check_switch
from kosent.text.tokenizers.base import Tokenizer


class Character(Tokenizer):
    """Split into characters (Unicode code points; a syllable is one in NFC).

    Args:
        spaces: Give each run of white space inside the text as one ``" "`` token. Without it
            the text reads the same however it is spaced.
        edges: Also put a ``" "`` before and after the text, so that its first and last word look
            the same to n-grams as those between.
    """

    name = "character"

    def __init__(self, spaces: bool = False, edges: bool = False) -> None:
        check_switch("spaces", spaces)
        check_switch("edges", edges)
        self.spaces = spaces
        self.edges = edges

    def split(self, texts: Sequence[str]) -> list[list[str]]:
        """Split each text into its characters."""
        return list(map(list, self.characters(texts)))

    def characters(self, texts: Sequence[str]) -> list[str]:
        """Return each text with white space as the settings say."""
        return list(map(self._spaced, texts))

    def _spaced(self, text: str) -> str:
        """Write white space inside and around a text as the settings say."""
        words = (" " if self.spaces else "").join(text.split())
        return f" {words} " if self.edges and words else words
