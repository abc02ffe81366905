"""Morphemes from Open Korean Text, through KoNLPy.

KoNLPy (GPL-3.0-or-later) is imported on first use and only here.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from typing import Any

from kosent.errors import RuntimeSetupError
from kosent.text.settings import check_switch
from kosent.text.tokenizers import jvm
from kosent.text.tokenizers.base import Tokenizer
from kosent.text.unicode import replace_surrogates

# Open Korean Text takes time quadratic in the length of an unbroken run: 160 syllables 0.1 s, 400
# 0.6 s, 8,000 minutes. The longest eojeol of an NSMC training review has 144 characters.
MAX_EOJEOL = 160
# Longer ones cannot be kept as KoNLPy would have them: cut short, a syllable costs 0.1 ms instead
# of the 0.6 ms in parts of 160.
PART = 20

# The 150,000 NSMC training reviews hold 358,003 different eojeols; those that recur are among the
# short ones. Long ones would only cost memory.
_REMEMBERED = 200_000
_REMEMBERED_LENGTH = 32


class Okt(Tokenizer):
    """Split into morphemes, the same as ``konlpy.tag.Okt().morphs`` gives.

    Each eojeol (what stands between white space) is sent to Java once and remembered: Okt's
    tokens of a text are exactly those of its eojeols. Differences from KoNLPy are two: white
    space is never a token, and an unbroken run of more than 160 characters, which KoNLPy may
    take minutes for, is cut into parts of 20.

    The JVM starts at the first call. A process forked after that cannot use this tokenizer
    (:mod:`kosent.text.tokenizers.jvm`); spawned ones and threads can.

    Args:
        norm: Let Okt mend spelling (``되나욬`` -> ``되나요``).
        stem: Let Okt reduce verbs and adjectives to their dictionary form.
    """

    name = "okt"

    def __init__(self, norm: bool = False, stem: bool = False) -> None:
        check_switch("norm", norm)
        check_switch("stem", stem)
        self.norm = norm
        self.stem = stem
        self._reset()

    def split(self, texts: Sequence[str]) -> list[list[str]]:
        """Split each text into its morphemes.

        Raises:
            RuntimeSetupError: If no Java is found, or it does not start.
        """
        return [self._morphemes(text) for text in texts]

    def __getstate__(self) -> dict[str, Any]:
        return {"norm": self.norm, "stem": self.stem}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._reset()

    def _reset(self) -> None:
        self._java: _Java | None = None
        self._known: dict[str, tuple[str, ...]] = {}
        self._lock = threading.Lock()

    def _morphemes(self, text: str) -> list[str]:
        tokens: list[str] = []
        for eojeol in text.split():
            if len(eojeol) <= MAX_EOJEOL:
                tokens += self._analyse(eojeol)
            else:
                for start in range(0, len(eojeol), PART):
                    tokens += self._analyse(eojeol[start : start + PART])
        return tokens

    def _analyse(self, eojeol: str) -> tuple[str, ...]:
        known = self._known.get(eojeol)
        if known is not None:
            return known
        tokens = self._engine().morphemes(eojeol)
        if len(eojeol) <= _REMEMBERED_LENGTH:
            if len(self._known) >= _REMEMBERED:
                self._known = {}
            self._known[eojeol] = tokens
        return tokens

    def _engine(self) -> _Java:
        with self._lock:
            if self._java is None:
                self._java = _Java(self.norm, self.stem)
            return self._java


class _Java:
    """KoNLPy's Okt object, its answer joined on the Java side: 5 times cheaper to bring over."""

    def __init__(self, norm: bool, stem: bool) -> None:
        jvm.start()
        import jpype
        from konlpy.tag import Okt as KonlpyOkt

        try:
            self._tokenize = KonlpyOkt().jki.tokenize
        except AttributeError as error:
            raise RuntimeSetupError(
                "이미 실행 중인 Java에 KoNLPy의 jar 파일이 없습니다. "
                "다른 라이브러리보다 kosent의 okt를 먼저 쓰세요",
                "the Java that already runs was started without KoNLPy's jar files; "
                "use kosent's okt before the library that starts it",
            ) from error
        self._join = jpype.JClass("java.lang.String").join
        self._norm = jpype.JClass("java.lang.Boolean")(norm)
        self._stem = jpype.JClass("java.lang.Boolean")(stem)

    def morphemes(self, eojeol: str) -> tuple[str, ...]:
        tagged = self._tokenize(replace_surrogates(eojeol), self._norm, self._stem)
        joined = str(self._join("\n", tagged))  # 형태소/품사, one a line; an eojeol has no \n
        return tuple(sys.intern(line.rpartition("/")[0]) for line in joined.split("\n") if line)
