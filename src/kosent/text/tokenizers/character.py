"""Tokens are single characters: Hangul syllables, jamo, letters, emoji."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kosent.text.settings import check_switch
from kosent.text.tokenizers.base import Tokenizer


class Character(Tokenizer):
    """Split into characters (Unicode code points; a syllable is one in NFC).

    Args:
        spaces: Give each run of white space inside the text as one ``" "`` token. Without it
            the text reads the same however it is spaced.
    """

    name = "character"

    def __init__(self, spaces: bool = False) -> None:
        check_switch("spaces", spaces)
        self.spaces = spaces

    def split(self, texts: Sequence[str]) -> list[list[str]]:
        """Split each text into its characters."""
        return list(map(list, self._spaced(texts)))

    def _spaced(self, texts: Iterable[str]) -> Iterator[str]:
        """Give each text with its white space as the setting says."""
        between = " " if self.spaces else ""
        return (between.join(text.split()) for text in texts)
