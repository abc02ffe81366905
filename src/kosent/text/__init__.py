"""From raw text to ids: cleaning, tokenizers, vocabulary, and the encoder that joins them.

Knows nothing of networks. Importing it loads no tokenizer's engine (no JVM, no SentencePiece).
"""

from typing import TYPE_CHECKING, Any

from kosent.text.cleaning import PRESETS, Cleaner, clean
from kosent.text.cleaning.rules import Rules
from kosent.text.encoding.encoded import EncodedTexts
from kosent.text.vocabulary import PADDING_ID, UNKNOWN_ID, Vocabulary

if TYPE_CHECKING:
    from kosent.text.encoding.encoder import TextEncoder

__all__ = [
    "PADDING_ID",
    "PRESETS",
    "UNKNOWN_ID",
    "Cleaner",
    "EncodedTexts",
    "Rules",
    "TextEncoder",
    "Vocabulary",
    "clean",
]


def __getattr__(name: str) -> Any:
    if name == "TextEncoder":  # prediction needs neither its settings nor its learning
        from kosent.text.encoding.encoder import TextEncoder

        return TextEncoder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
