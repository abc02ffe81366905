"""The user's own words for Okt: a file, or a mapping from word to tag.

A word is known beside Okt's own: where a text holds it, with or without endings behind it, Okt may
read it as one token of that part of speech, and weighs that against its other readings. What it
cannot be: longer than 8 syllables, of anything but Hangul syllables (Okt splits a text at other
characters before it looks a word up), a verb or an adjective (Okt knows their forms from the stems
that it was built with).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from kosent.errors import DataError, KosentError, UsageError, unknown_name
from kosent.support.paths import user_path
from kosent.text.openkorean.tags import LONGEST

USER_TAGS = (
    "Noun",
    "Adverb",
    "Determiner",
    "Exclamation",
    "Josa",
    "Conjunction",
    "Modifier",
    "Suffix",
)

_WORD = re.compile(f"[가-힣]{{1,{LONGEST}}}")


def read_words(path: str | Path) -> dict[str, str]:
    """Read a file of words: UTF-8, a word and its tag a line; ``#`` starts a comment line.

    Args:
        path: The file. A line without a tag is a noun.

    Returns:
        The tag of each word.

    Raises:
        DataError: If the file cannot be read or a line is wrong; the message has its number.
    """
    try:
        text = user_path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(
            f"사용자 사전 '{path}'을(를) 읽을 수 없습니다 ({reason})",
            f"cannot read the user dictionary '{path}' ({reason})",
        ) from error
    except UnicodeDecodeError as error:
        broken = error.object[: error.start].count(b"\n") + 1
        raise DataError(
            f"사용자 사전 '{path}'의 {broken}번째 줄이 UTF-8이 아닙니다",
            f"line {broken} of the user dictionary '{path}' is not UTF-8",
        ) from error
    words: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            _read_line(line, words)
        except KosentError as error:
            raise DataError(
                f"사용자 사전 '{path}'의 {number}번째 줄: {error.korean}",
                f"line {number} of the user dictionary '{path}': {error.english}",
            ) from error
    if not words:
        raise DataError(
            f"사용자 사전 '{path}'에 낱말이 없습니다", f"no word in the user dictionary '{path}'"
        )
    return words


def check_words(words: Mapping[str, str] | None) -> dict[str, str] | None:
    """Check words given as a mapping, and put them into NFC.

    Raises:
        UsageError: If it is no mapping, or a word or tag cannot be used.
    """
    if words is None:
        return None
    if not isinstance(words, Mapping):
        raise UsageError(
            f"user_dictionary 값은 {{낱말: 품사}}여야 합니다. 받은 값: {words!r:.60}. "
            "파일은 read_words로 읽으세요",
            f"user_dictionary must be {{word: tag}}. Received: {words!r:.60}; "
            "read a file with read_words",
        )
    return dict(_checked(word, tag) for word, tag in words.items())


def _read_line(line: str, words: dict[str, str]) -> None:
    fields = line.split()
    if not fields or fields[0].startswith("#"):
        return
    if len(fields) > 2:
        raise UsageError(
            f"낱말과 품사만 쓰세요: {line.strip()!r:.60}",
            f"expected a word and its tag: {line.strip()!r:.60}",
        )
    word, tag = _checked(fields[0], fields[1] if len(fields) == 2 else "Noun")
    if words.setdefault(word, tag) != tag:
        raise UsageError(
            f"'{word}'의 품사가 둘입니다: {words[word]}, {tag}",
            f"'{word}' has two tags: {words[word]}, {tag}",
        )


def _checked(word: object, tag: object) -> tuple[str, str]:
    composed = unicodedata.normalize("NFC", word) if isinstance(word, str) else ""
    if not _WORD.fullmatch(composed):
        raise UsageError(
            f"낱말은 한글 음절 1~{LONGEST}자여야 합니다: {word!r:.60}",
            f"a word must be 1 to {LONGEST} Hangul syllables: {word!r:.60}",
        )
    if not isinstance(tag, str) or tag not in USER_TAGS:
        raise unknown_name("품사", "part of speech", tag, USER_TAGS)
    return composed, tag
