"""What Java does here, seen from a process of its own: a JVM cannot be started twice."""

from __future__ import annotations

from typing import Any

from kosent.errors import KosentError
from kosent.language import Message
from kosent.support.processes import Parent, ask

SENTENCE = "아버지가방에들어가신다"

_PATIENCE = 120  # seconds


def java() -> dict[str, Any]:
    """Start Java and Okt in a process of its own.

    Returns:
        ``error``, a message and None where there is none; else also ``source`` (as
        ``JavaRuntime``), ``version``, ``home``, ``heap_mb`` (the limit), ``used_mb`` and
        ``tokens`` of ``SENTENCE``.
    """
    try:
        found: dict[str, Any] = ask(_answer, {}, _PATIENCE)
    except (OSError, EOFError) as error:
        return {"error": Message(str(error), str(error))}
    return {**found, "error": found["error"] and Message(*found["error"])}


def _answer() -> None:
    parent = Parent()
    parent.end_with()
    parent.send(here())


def here() -> dict[str, Any]:
    """Start Java and Okt in this process; as ``java``, with an error's two texts, for JSON."""
    try:
        return _started()
    except KosentError as error:
        return {"error": [error.korean, error.english]}


def _started() -> dict[str, Any]:
    from kosent.text.tokenizers.okt import jvm
    from kosent.text.tokenizers.okt.analyses import morphemes
    from kosent.text.tokenizers.okt.java import Java

    (tokens,) = morphemes(Java(False, False, {}).analyse([SENTENCE]).values())
    return {"error": None, **jvm.running(), "tokens": list(tokens)}
