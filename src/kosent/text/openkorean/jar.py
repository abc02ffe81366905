"""Open Korean Text's files, read out of the jar that KoNLPy installs; no JVM, no KoNLPy import."""

from __future__ import annotations

import gzip
import importlib.util
import zipfile
from pathlib import Path

from kosent.errors import RuntimeSetupError
from kosent.storage import sha256

_LIBRARY = "open-korean-text-2.1.0.jar"
_TWITTER = "twitter-text-1.14.7.jar"
_FOLDER = "org/openkoreantext/processor/util/"
_DOMAINS = "generated-sources/com/twitter/TldLists.java"


def read_lists(*names: str) -> list[list[str]]:
    """Read word lists of the library, a word a line, without blank lines.

    Args:
        names: Paths under the library's folder of dictionaries; ``.gz`` files are unpacked.

    Raises:
        RuntimeSetupError: If KoNLPy is not installed, or not with this version of the library.
    """
    try:
        with zipfile.ZipFile(_jar(_LIBRARY)) as jar:
            return [_lines(jar.read(_FOLDER + name), name) for name in names]
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise _unusable(_LIBRARY, error) from error


def read_domains() -> str:
    """Read the source file of Twitter's lists of top-level domains.

    Raises:
        RuntimeSetupError: If KoNLPy is not installed, or not with this version of the lists.
    """
    try:
        with zipfile.ZipFile(_jar(_TWITTER)) as jar:
            return jar.read(_DOMAINS).decode("utf-8")
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise _unusable(_TWITTER, error) from error


def checksums() -> list[str]:
    """Return the SHA-256 of each jar that is read.

    Raises:
        RuntimeSetupError: If KoNLPy is not installed, or not with these versions.
    """
    found = []
    for name in (_LIBRARY, _TWITTER):
        try:
            found.append(sha256(_jar(name).read_bytes()))
        except OSError as error:
            raise _unusable(name, error) from error
    return found


def _lines(content: bytes, name: str) -> list[str]:
    text = (gzip.decompress(content) if name.endswith(".gz") else content).decode("utf-8")
    return [word for line in text.split("\n") if (word := line.strip())]


def _jar(name: str) -> Path:
    found = importlib.util.find_spec("konlpy")
    if found is None or not found.submodule_search_locations:
        raise RuntimeSetupError(
            "okt 토크나이저에는 KoNLPy에 들어 있는 사전이 필요합니다. "
            "'pip install konlpy'를 실행하세요",
            "the okt tokenizer needs the dictionaries that come with KoNLPy; "
            "run 'pip install konlpy'",
        )
    return Path(found.submodule_search_locations[0], "java", name)


def _unusable(name: str, error: Exception) -> RuntimeSetupError:
    return RuntimeSetupError(
        f"KoNLPy에 들어 있는 '{name}'을(를) 읽을 수 없습니다 ({error}). "
        "'pip install --force-reinstall konlpy'를 실행하세요",
        f"{name!r}, which comes with KoNLPy, cannot be read ({error}); "
        "run 'pip install --force-reinstall konlpy'",
    )
