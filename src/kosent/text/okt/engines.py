"""The engines that analyse eojeols, and which of them is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from kosent.text.okt.java import Java
    from kosent.text.okt.python import Python

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

    @classmethod
    def cut(cls, eojeol: str) -> list[str]:
        """Return a longer eojeol in parts, none of which takes more than linear time."""

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
    return find(name)(norm, stem, words)


def identity(name: str) -> list[str]:
    """Return what of an engine decides its analyses; two that differ never share a cache.

    Args:
        name: A name in ``ENGINES``.
    """
    if _chosen(name) == "java":
        from kosent.text.okt import java

        return java.identity()
    from kosent.text.okt import python

    return python.identity()


def find(name: str) -> type[Java] | type[Python]:
    """Return an engine's class.

    Args:
        name: A name in ``ENGINES``.
    """
    if _chosen(name) == "java":
        from kosent.text.okt.java import Java

        return Java
    from kosent.text.okt.python import Python

    return Python


def _chosen(name: str) -> str:
    return DEFAULT if name == "auto" else name
