"""Answers what only Java knows, a line of JSON each: run in a process of its own by a fixture.

A JVM uses signals for itself, SIGSEGV among them, and so does pytest's faulthandler; with both and
a training network in one process, a test run has crashed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from kosent.text.tokenizers import Okt


@cache
def okt(settings: str) -> Okt:
    return Okt(**json.loads(settings), engine="java")


def okt_tokens(texts: Sequence[str], **settings: Any) -> list[list[str]]:
    """Return the tokens of kosent's Okt with its engine in Java, which remembers."""
    return okt(json.dumps(settings))(texts)


def questions() -> dict[str, Callable[..., Any]]:
    Okt(engine="java")(["먼저 시작"])  # kosent starts the JVM, KoNLPy finds it running
    import jpype
    from konlpy.tag import Okt as KonlpyOkt

    konlpy, boolean = KonlpyOkt(), jpype.JClass("java.lang.Boolean")

    def tokenize(text: str, norm: bool, stem: bool) -> list[str]:
        return [str(token) for token in konlpy.jki.tokenize(text, boolean(norm), boolean(stem))]

    return {
        "okt": okt_tokens,
        "morphs": konlpy.morphs,
        "pos": konlpy.pos,
        "tokenize": tokenize,
    }


def main() -> None:
    known = questions()
    for line in sys.stdin.buffer:
        name, arguments, settings = json.loads(line)
        answer = known[name](*arguments, **settings)
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
