"""Cleaning presets: from a raw text to the text that a tokenizer sees.

Every preset applies the rules ``invisible`` and ``nfc`` first, takes time linear in the length of
the text, and gives its own output unchanged when it is applied twice.

| preset | for | what it does |
|---|---|---|
| ``korean`` | Korean user text; the default | lower case; a character repeated more than 3 times \
is kept 3 times (digits excepted); sentence punctuation, brackets and emoji stand apart from \
words; white space squeezed. Jamo (ㅋㅋ, ㅠㅠ), emoji and punctuation stay: they carry feeling |
| ``source`` | reproducing the NSMC post | its rules \
(:func:`kosent.text.cleaning.punctuation.source`): drops jamo and emoji |
| ``english`` | reviews such as IMDB's | line breaks of HTML dropped, lower case, punctuation \
apart from words, clitics split (``don't`` -> ``do n't``, ``it's`` -> ``it 's``) |
| ``none`` | text that is clean already | only ``invisible`` and ``nfc`` |

Single rules of a preset (:class:`kosent.text.cleaning.rules.Rules`) are switched by name:
``clean(text, "korean", repeats=2, urls=True)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kosent.errors import unknown_name
from kosent.text.cleaning.rules import Rules, check_names

# Saved encoders name them: what a preset does never changes.
PRESETS: Mapping[str, Rules] = {
    "korean": Rules(lower=True, repeats=3, marks="korean"),
    "source": Rules(marks="source"),
    "english": Rules(breaks=True, lower=True, marks="english"),
    "none": Rules(),
}

MANY = 32  # texts from which on they are cleaned at once: NumPy's calls cost as much as twenty


class Cleaner:
    """A preset, with rules of it switched: call it with a text.

    Args:
        preset: A name in ``PRESETS``.
        options: Values for rules by name, instead of the preset's.

    Attributes:
        preset: As given.
        options: As given.
        rules: What both come to.

    Raises:
        UsageError: If there is no such preset or rule, or a value cannot be used.
    """

    def __init__(self, preset: str = "korean", options: Mapping[str, Any] | None = None) -> None:
        self.preset = preset
        self.options: dict[str, Any] = dict(options or {})
        rules = find_preset(preset)
        check_names(self.options)
        self.rules = replace(rules, **self.options)
        self._steps = tuple(step for _, step in self.rules.steps())

    def __call__(self, text: str) -> str:
        """Clean one text."""
        for step in self._steps:
            text = step(text)
        return text

    def all(self, texts: list[str]) -> list[str]:
        """Clean texts, each as it would be alone."""
        if len(texts) >= MANY:
            from kosent.text.cleaning.together import clean_together, is_covered

            if is_covered(self.rules):
                return clean_together(texts, self.rules, self)
        return list(map(self, texts))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cleaner) and self.rules == other.rules

    def __hash__(self) -> int:
        return hash(self.rules)

    def __reduce__(self) -> tuple[type[Cleaner], tuple[str, dict[str, Any]]]:
        """Pickle by preset and options: the steps are functions."""
        return Cleaner, (self.preset, self.options)


def find_preset(name: str) -> Rules:
    """Look up the rules of a preset.

    Raises:
        UsageError: If there is no preset of that name.
    """
    try:
        return PRESETS[name]
    except (KeyError, TypeError):
        raise unknown_name("텍스트 정리 방식", "cleaning preset", name, PRESETS) from None


def preset_for(language: str) -> str:
    """Return the preset for texts in ``language``: ``"ko"``, ``"en"``, or any other."""
    return {"ko": "korean", "en": "english"}.get(language, "none")


def clean(text: str, preset: str = "korean", **options: Any) -> str:
    """Clean one text.

    Args:
        text: Any string, lone surrogates and NUL included.
        preset: A name in ``PRESETS``.
        **options: Values for rules (:class:`kosent.text.cleaning.rules.Rules`) instead of the
            preset's. For many texts build a :class:`Cleaner` once.

    Returns:
        The cleaned text, in NFC unless that is switched off; possibly empty.

    Raises:
        UsageError: If there is no such preset or rule, or a value cannot be used.
    """
    return Cleaner(preset, options)(text)
