"""What Java does here, seen from a process of its own: a JVM cannot be started twice."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from kosent.errors import KosentError
from kosent.support.language import Message

SENTENCE = "아버지가방에들어가신다"

_PROBE = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from kosent.text.tokenizers.okt.probe import here
print(json.dumps(here()))
"""
_PATIENCE = 120  # seconds


def java() -> dict[str, Any]:
    """Start Java and Okt in a process of its own.

    Returns:
        ``error``, a message and None where there is none; else also ``source`` (as
        ``JavaRuntime``), ``version``, ``home``, ``heap_mb`` (the limit), ``used_mb`` and
        ``tokens`` of ``SENTENCE``.
    """
    command = [sys.executable, "-c", _PROBE, json.dumps(sys.path)]
    try:
        done = subprocess.run(  # noqa: S603 -- our own code in our own Python
            command, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
        found: dict[str, Any] = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired) as error:
        return {"error": Message(str(error), str(error))}
    except ValueError:
        last = done.stderr.strip().rpartition("\n")[2] or f"exit code {done.returncode}"
        return {"error": Message(last, last)}
    return {**found, "error": found["error"] and Message(*found["error"])}


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
