"""Open Korean Text's files, read out of the jar that KoNLPy installs; no JVM, no KoNLPy import."""

from __future__ import annotations

import gzip
import importlib.util
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

from kosent.errors import RuntimeSetupError
from kosent.support.signed import sha256

_LIBRARY = "open-korean-text-2.1.0.jar"
_TWITTER = "twitter-text-1.14.7.jar"
_FOLDER = "org/openkoreantext/processor/util/"
_DOMAINS = "generated-sources/com/twitter/TldLists.java"

_Found = TypeVar("_Found")


def read_lists(*names: str) -> list[list[str]]:
    """Read word lists of the library, a word a line, without blank lines.

    Args:
        names: Paths under the library's folder of dictionaries; ``.gz`` files are unpacked.

    Raises:
        RuntimeSetupError: If KoNLPy is not installed, or not with this version of the library.
    """
    contents = _contents(_LIBRARY, *(_FOLDER + name for name in names))
    return [_lines(content, name) for content, name in zip(contents, names, strict=True)]


def read_domains() -> str:
    """Read the source file of Twitter's lists of top-level domains.

    Raises:
        RuntimeSetupError: If KoNLPy is not installed, or not with this version of the lists.
    """
    (content,) = _contents(_TWITTER, _DOMAINS)
    return content.decode("utf-8")


@cache
def checksums() -> tuple[str, ...]:
    """Return the SHA-256 of each jar that is read.

    Raises:
        RuntimeSetupError: If KoNLPy is not installed, or not with these versions.
    """
    return tuple(
        _reading(name, lambda jar: sha256(jar.read_bytes())) for name in (_LIBRARY, _TWITTER)
    )


def _contents(name: str, *paths: str) -> list[bytes]:
    def read(path: Path) -> list[bytes]:
        with zipfile.ZipFile(path) as jar:
            return [jar.read(path) for path in paths]

    return _reading(name, read)


def _reading(name: str, read: Callable[[Path], _Found]) -> _Found:
    """Read a jar, with one clear line for all that can be wrong with it."""
    try:
        return read(_jar(name))
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise RuntimeSetupError(
            f"KoNLPy에 들어 있는 '{name}'을(를) 읽을 수 없습니다 ({error}). "
            "'pip install --force-reinstall konlpy'를 실행하세요",
            f"{name!r}, which comes with KoNLPy, cannot be read ({error}); "
            "run 'pip install --force-reinstall konlpy'",
        ) from error


def _lines(content: bytes, name: str) -> list[str]:
    text = (gzip.decompress(content) if name.endswith(".gz") else content).decode("utf-8")
    return [word for line in text.split("\n") if (word := line.strip())]


def _jar(name: str) -> Path:
    spec = importlib.util.find_spec("konlpy")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeSetupError(
            "okt 토크나이저에는 KoNLPy에 들어 있는 사전이 필요합니다. "
            "'pip install konlpy'를 실행하세요",
            "the okt tokenizer needs the dictionaries that come with KoNLPy; "
            "run 'pip install konlpy'",
        )
    return Path(spec.submodule_search_locations[0], "java", name)
