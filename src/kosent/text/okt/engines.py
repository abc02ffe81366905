"""The engines that analyse eojeols, and which of them is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

ENGINES = ("auto", "java")
DEFAULT = "java"  # what "auto" stands for


class Engine(Protocol):
    """Analyses eojeols as Open Korean Text 2.1 does."""

    def analyse(self, eojeols: Iterable[str]) -> dict[str, str]:
        """Return the analysis of each eojeol (``kosent.text.okt.analyses``).

        Args:
            eojeols: Strings without white space and lone surrogates, none twice.

        Raises:
            RuntimeSetupError: If what the engine needs is not there.
        """


def make_engine(name: str, norm: bool, stem: bool, words: Mapping[str, str]) -> Engine:
    """Start an engine.

    Args:
        name: A name in ``ENGINES``.
        norm: Mend spelling.
        stem: Reduce verbs and adjectives to their dictionary form.
        words: Words of the user's and their tags.

    Raises:
        RuntimeSetupError: If what it needs is not there.
    """
    del name
    from kosent.text.okt.java import Java

    return Java(norm, stem, words)


def identity(name: str) -> list[str]:
    """Return what of an engine decides its analyses; two that differ never share a cache.

    Args:
        name: A name in ``ENGINES``.
    """
    del name
    from kosent.text.okt import java

    return java.identity()
