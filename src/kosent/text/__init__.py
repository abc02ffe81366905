"""From raw text to ids: cleaning, tokenizers, vocabulary, and the encoder that joins them.

Knows nothing of networks. Importing it loads no tokenizer's engine (no JVM, no SentencePiece).
"""

from kosent.text.cleaning import PRESETS, Cleaner, clean
from kosent.text.cleaning.rules import Rules
from kosent.text.encoding.encoder import EncodedTexts, TextEncoder
from kosent.text.vocabulary import PADDING_ID, UNKNOWN_ID, Vocabulary

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
