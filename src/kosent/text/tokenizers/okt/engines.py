"""The engines that analyse eojeols, and which of them is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar, Protocol

ENGINES = ("auto", "python", "java")
DEFAULT = "python"  # what "auto" stands for


class Engine(Protocol):
    """Analyses eojeols as Open Korean Text 2.1 does.

    Attributes:
        whole: Characters up to which no eojeol is cut.
        worth: Eojeols from which on reading the disk is cheaper than analysing them.
    """

    whole: ClassVar[int]
    worth: ClassVar[int]

    def __init__(self, norm: bool, stem: bool, words: Mapping[str, str]) -> None:
        """Take the settings: mend spelling, dictionary forms, the user's words with their tags.

        Raises:
            RuntimeSetupError: If what the engine needs is not there.
        """

    @staticmethod
    def identity() -> list[str]:
        """Return what decides its analyses; engines that differ in it never share a cache.

        Raises:
            RuntimeSetupError: If what the engine needs is not there.
        """

    @classmethod
    def cut(cls, eojeol: str) -> list[str]:
        """Return a longer eojeol in parts, none of which takes more than linear time."""

    def analyse(self, eojeols: Iterable[str]) -> dict[str, str]:
        """Return the analysis of each eojeol (``kosent.text.tokenizers.okt.analyses``).

        Args:
            eojeols: Strings without white space and lone surrogates, none twice.

        Raises:
            RuntimeSetupError: If what the engine needs is not there.
        """


def find(name: str) -> type[Engine]:
    """Return an engine's class.

    Args:
        name: A name in ``ENGINES``.
    """
    if (DEFAULT if name == "auto" else name) == "java":
        from kosent.text.tokenizers.okt.java import Java

        return Java
    from kosent.text.tokenizers.okt.python import Python

    return Python
