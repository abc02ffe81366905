"""Open Korean Text itself, in Java, through the interface that KoNLPy (GPL-3.0-or-later) adds.

A call costs more than most eojeols, and bringing a Java list over costs 5 times a joined string.
So eojeols go in lumps, a line each: Okt gives a line break as a token of its own. The call
releases the GIL, and threads use all cores.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from itertools import islice
from typing import Any, ClassVar

from kosent.errors import RuntimeSetupError
from kosent.support.processes import processors
from kosent.text.openkorean.jar import checksums
from kosent.text.tokenizers.okt import jvm
from kosent.text.tokenizers.okt.analyses import pack

_LUMP = 100  # eojeols a call
_PART = 20  # characters
_THREADS = 8
# What can stand next to a line break without becoming one token with it, as emoji do.
_PLAIN = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣa-zA-Z0-9.,!?~^;:\-]+")
_LINE_BREAK = "\n/Foreign"
_BETWEEN = "\x1f"

_lock = threading.Lock()
_threads: ThreadPoolExecutor | None = None


class Java:
    """Analyses eojeols in Java.

    Args:
        norm: Mend spelling.
        stem: Reduce verbs and adjectives to their dictionary form.
        words: Words of the user's and their tags. Okt's dictionary is one for the whole JVM; with
            words, Okt is loaded a second time (100 MB), so that nobody else meets them.

    Raises:
        RuntimeSetupError: If no Java is found, or it does not start.
    """

    # Time is quadratic in the length of an unbroken run: 160 syllables take 0.1 s, 400 0.6 s,
    # 8,000 minutes. Cut short, a syllable costs 0.1 ms instead of the 0.6 ms in parts of 160.
    whole: ClassVar[int] = 160
    worth: ClassVar[int] = 1  # Java takes longer to start than the disk to be read

    @staticmethod
    def identity() -> list[str]:
        """Return the version of KoNLPy and the checksums of the jars that it brings."""
        jars = checksums()
        return ["java", version("konlpy"), *jars]

    def __init__(self, norm: bool, stem: bool, words: Mapping[str, str]) -> None:
        jvm.start()
        import jpype

        self._loader = _own_loader() if words else None
        try:
            okt = self._class("kr.lucypark.okt.OktInterface")()
        except (TypeError, AttributeError) as error:
            raise RuntimeSetupError(
                "이미 실행 중인 Java에 KoNLPy의 jar 파일이 없습니다. "
                "다른 라이브러리보다 kosent의 okt를 먼저 쓰세요",
                "the Java that already runs was started without KoNLPy's jar files; "
                "use kosent's okt before the library that starts it",
            ) from error
        self._add(words)
        self._tokenize = okt.tokenize
        self._join = jpype.JClass("java.lang.String").join
        self._norm = jpype.JClass("java.lang.Boolean")(norm)
        self._stem = jpype.JClass("java.lang.Boolean")(stem)

    @classmethod
    def cut(cls, eojeol: str) -> list[str]:
        """Return an eojeol in parts of 20."""
        return [eojeol[start : start + _PART] for start in range(0, len(eojeol), _PART)]

    def analyse(self, eojeols: Iterable[str]) -> dict[str, str]:
        """Return the analysis of each eojeol."""
        jvm.start()  # the clear error in a forked process, instead of a hang
        lumps = list(_lumps(eojeols))
        results: dict[str, str] = {}
        for analysed in _in_threads(self._lump, lumps):
            results.update(analysed)
        return results

    def _lump(self, eojeols: Sequence[str]) -> dict[str, str]:
        tokens = self._tokens("\n".join(eojeols))
        if len(eojeols) == 1:
            return {eojeols[0]: pack(tokens)}
        groups: list[list[tuple[str, str]]] = [[]]
        for token in tokens:
            if token == ("\n", "Foreign"):
                groups.append([])
            else:
                groups[-1].append(token)
        if len(groups) == len(eojeols):
            return {each: pack(group) for each, group in zip(eojeols, groups, strict=True)}
        return {each: pack(self._tokens(each)) for each in eojeols}

    def _tokens(self, text: str) -> list[tuple[str, str]]:
        tagged = str(self._join(_BETWEEN, self._tokenize(text, self._norm, self._stem)))
        split = [token.rpartition("/") for token in tagged.split(_BETWEEN)]
        return [(morpheme, tag) for morpheme, _, tag in split if morpheme]

    def _add(self, words: Mapping[str, str]) -> None:
        if not words:
            return
        provider = self._singleton("org.openkoreantext.processor.util.KoreanDictionaryProvider")
        tags = self._singleton("org.openkoreantext.processor.util.KoreanPos")
        dictionary = provider.koreanDictionary()
        for word, tag in words.items():
            dictionary.get(getattr(tags, tag)()).add(word)

    def _class(self, name: str) -> Any:
        import jpype

        return jpype.JClass(name, loader=self._loader) if self._loader else jpype.JClass(name)

    def _singleton(self, name: str) -> Any:
        return getattr(self._class(f"{name}$"), "MODULE$")


def _own_loader() -> Any:
    """Return a class loader that shares no class of Okt with others."""
    import jpype

    paths = jvm.classpath()
    url = jpype.JClass("java.net.URL")
    urls = [jpype.JClass("java.io.File")(path).toURI().toURL() for path in paths]
    platform = jpype.JClass("java.lang.ClassLoader").getPlatformClassLoader()
    return jpype.JClass("java.net.URLClassLoader")(url[:](urls), platform)


def _lumps(eojeols: Iterable[str]) -> Iterator[list[str]]:
    plain = []
    for eojeol in eojeols:
        if _PLAIN.fullmatch(eojeol):
            plain.append(eojeol)
        else:
            yield [eojeol]
    remaining = iter(plain)
    while lump := list(islice(remaining, _LUMP)):
        yield lump


def _in_threads(work: Any, lumps: list[list[str]]) -> Iterable[dict[str, str]]:
    if len(lumps) < 4:
        return map(work, lumps)
    return _pool().map(work, lumps)


def _pool() -> ThreadPoolExecutor:
    """Return the threads, always the same: a new one would have to be made known to Java."""
    global _threads
    with _lock:
        if _threads is None:
            count = min(processors(), _THREADS)
            _threads = ThreadPoolExecutor(count, thread_name_prefix="kosent-okt")
        return _threads
