"""The parts of speech of Open Korean Text.

Words of Korean have a number, which is their place in ``WORD_TAGS`` and the library's own number:
ties between two readings of a text are decided by the sum of these numbers.
"""

from __future__ import annotations

WORD_TAGS = (
    "Noun",
    "Verb",
    "Adjective",
    "Adverb",
    "Determiner",
    "Exclamation",
    "Josa",
    "Eomi",
    "PreEomi",
    "Conjunction",
    "Modifier",
    "VerbPrefix",
    "Suffix",
)
NOUN, VERB, ADJECTIVE, ADVERB, DETERMINER, EXCLAMATION = range(6)
JOSA, EOMI, PRE_EOMI, CONJUNCTION, MODIFIER, VERB_PREFIX, SUFFIX = range(6, 13)

LONGEST = 8  # syllables of a word
