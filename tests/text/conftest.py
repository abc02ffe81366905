"""Free text for property tests, a check of growth with length, and answers from Java."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def growth() -> Callable[[Callable[[str], object], str, int], float]:
    """Return a function that says how much slower 8 times the text is: 8 if linear, 64 if square.

    It is CPU time, the best of five runs each, taken in turns: the machine may be busy.
    """

    def seconds(work: Callable[[str], object], text: str) -> float:
        start = time.thread_time()
        work(text)
        return time.thread_time() - start

    def measure(work: Callable[[str], object], unit: str, length: int) -> float:
        short = unit * (length // len(unit))
        pairs = [(seconds(work, short), seconds(work, short * 8)) for _ in range(5)]
        return min(pair[1] for pair in pairs) / min(pair[0] for pair in pairs)

    return measure


class InJava:
    """Asks a process that runs Java (``in_java.py``), which starts at the first question."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def okt(self, texts: list[str], **settings: Any) -> list[list[str]]:
        """Return the tokens of kosent's ``Okt(engine="java")``."""
        tokens: list[list[str]] = self._ask("okt", texts, **settings)
        return tokens

    def morphs(self, text: str, **settings: Any) -> list[str]:
        """Return what ``konlpy.tag.Okt().morphs`` does."""
        tokens: list[str] = self._ask("morphs", text, **settings)
        return tokens

    def pos(self, text: str, **settings: Any) -> list[Any]:
        """Return what ``konlpy.tag.Okt().pos`` does: pairs, or strings where they are joined."""
        found = self._ask("pos", text, **settings)
        return [each if isinstance(each, str) else tuple(each) for each in found]

    def tokenize(self, text: str, norm: bool, stem: bool) -> list[str]:
        """Return the library's own tokens with their tags, ``형태소/품사``."""
        tokens: list[str] = self._ask("tokenize", text, norm, stem)
        return tokens

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def _ask(self, name: str, *arguments: Any, **settings: Any) -> Any:
        if self._process is None:
            script = Path(__file__).with_name("in_java.py")
            self._process = subprocess.Popen(
                [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        question = json.dumps([name, arguments, settings]).encode()
        self._process.stdin.write(question + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the process that runs Java has ended; what it said is above"
        return json.loads(answer)


@pytest.fixture(scope="session")
def in_java() -> Iterator[InJava]:
    """Return what asks KoNLPy, and kosent's engine in Java, in a process of their own."""
    asked = InJava()
    yield asked
    asked.close()
