"""Texts to tokens with their tags, as Open Korean Text gives them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kosent.errors import UsageError
from kosent.support.files import code_sha256
from kosent.text.openkorean.chunker import KOREAN, SPACE, chunks
from kosent.text.openkorean.dictionary import Dictionary
from kosent.text.openkorean.jar import checksums
from kosent.text.openkorean.normalizer import Normalizer
from kosent.text.openkorean.parse import Parser, Token
from kosent.text.openkorean.tags import WORD_TAGS

_PREDICATES = ("Verb", "Adjective")
_ENDINGS = ("Eomi", "PreEomi")


class Engine:
    """Splits texts into the tokens of Open Korean Text 2.1.0, without a JVM.

    :meth:`tag` gives what KoNLPy's ``Okt().jki.tokenize(text, norm, stem)`` does, for any text:
    white space, links, emoji and control characters included. Where the library asks which
    characters are letters (in hashtags only), the answer follows the running Python's Unicode
    version, as it follows the running Java's there.

    The dictionaries are loaded on first use and shared by all engines. An engine may be used from
    threads, after fork, and pickled (with its added words).

    Args:
        norm: Mend spelling first (``되나욬`` -> ``되나요``).
        stem: Give verbs and adjectives in their dictionary form.
    """

    def __init__(self, norm: bool = False, stem: bool = False) -> None:
        self._norm = norm
        self._stem = stem
        self._added: dict[str, str] = {}
        self._tools: _Tools | None = None

    def tag(self, eojeol: str) -> tuple[Token, ...]:
        """Return the tokens of a text, which may hold white space, with their tags.

        Takes time linear in the text's length. Texts that come sorted take a little less.

        Raises:
            RuntimeSetupError: If KoNLPy, whose dictionaries are read, is not installed.
        """
        return self.tag_all([eojeol])[0]

    def tag_all(self, eojeols: Iterable[str]) -> list[tuple[Token, ...]]:
        """Return the tokens of each text with their tags; hundreds cost a third each.

        Raises:
            RuntimeSetupError: If KoNLPy, whose dictionaries are read, is not installed.
        """
        tools = self._tools or self._load()
        if self._norm:
            eojeols = map(tools.normalizer.normalize, eojeols)
        cut = [chunks(eojeol) for eojeol in eojeols]
        runs = [text for listed in cut for text, kind in listed if kind == KOREAN]
        parsed = tools.parser.parse_all(runs)
        return [tuple(self._joined(_tokens(listed, parsed), tools.dictionary)) for listed in cut]

    def add_words(self, words: Mapping[str, str]) -> None:
        """Add words to the dictionary, as the library's ``addWordsToDictionary`` does.

        A word that stands alone, or with a josa, is one token from now on. There is no promise
        for a word inside a longer run of Hangul: another reading may have a better score, and a
        word of more than eight syllables is never found there. Verbs and adjectives are added as
        the forms that are given: they are not conjugated, and ``stem`` leaves them as they are.

        Args:
            words: For each word its tag, such as ``Noun``.

        Raises:
            UsageError: If a word is not all Hangul syllables, or there is no such tag for words.
        """
        for word, tag in words.items():
            _check_word(word, tag)
        self._added = self._added | dict(words)
        self._tools = None

    def _load(self) -> _Tools:
        shared = _shared_tools()
        if self._added:
            self._tools = _make_tools(shared.dictionary.with_words(self._added))
        else:
            self._tools = shared
        return self._tools

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_tools": None}

    def _joined(self, tokens: Iterable[Token], dictionary: Dictionary) -> list[Token]:
        """Join endings to their verb or adjective, and leave white space out."""
        joined: list[Token] = []
        previous = None
        for text, tag in tokens:
            if tag in _ENDINGS and previous in _PREDICATES:
                if not self._stem:
                    joined[-1] = (joined[-1][0] + text, joined[-1][1])
                continue
            previous = tag
            if self._stem and tag in _PREDICATES:
                joined.append((dictionary.stems[tag].of(text), tag))
            elif tag != SPACE:
                joined.append((text, tag))
        return joined


def _tokens(
    cut: Iterable[tuple[str, str]], parsed: Mapping[str, tuple[Token, ...]]
) -> Iterator[Token]:
    for text, kind in cut:
        if kind == KOREAN:
            yield from parsed[text]
        else:
            yield text, kind


def identity() -> list[str]:
    """Return what decides the tokens, for the keys of caches, dictionaries read or not.

    Returns:
        The checksums of this package's code and of the two jars, and the Unicode version.

    Raises:
        RuntimeSetupError: If KoNLPy, whose dictionaries are read, is not installed.
    """
    return [_own_code(), *checksums(), unicodedata.unidata_version]


@cache
def _own_code() -> str:
    return code_sha256(Path(__file__).parent)


@dataclass(frozen=True)
class _Tools:
    dictionary: Dictionary
    parser: Parser
    normalizer: Normalizer


@cache
def _shared_tools() -> _Tools:
    # No lock: threads that begin at once may load twice, but a fork cannot leave one locked.
    return _make_tools(Dictionary())


def _make_tools(dictionary: Dictionary) -> _Tools:
    parser = Parser(dictionary)

    def begins_with_predicate(text: str) -> bool:
        first, kind = chunks(text)[0]
        return kind == KOREAN and parser.parse(first)[0][1] in _PREDICATES

    return _Tools(dictionary, parser, Normalizer(dictionary, begins_with_predicate))


def _check_word(word: str, tag: str) -> None:
    if tag not in WORD_TAGS:
        raise UsageError(
            f"단어에 줄 수 있는 품사가 아닙니다: {tag!r} ({word!r}). 쓸 수 있는 품사: "
            f"{', '.join(WORD_TAGS)}",
            f"{tag!r} is no tag that a word can have ({word!r}); use one of {', '.join(WORD_TAGS)}",
        )
    if [kind for _, kind in chunks(word)] != [KOREAN]:
        raise UsageError(
            f"한글 음절로만 된 단어를 주세요. 받은 것: {word!r}",
            f"give words of Hangul syllables only; received {word!r}",
        )
