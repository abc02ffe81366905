"""Morphemes from Open Korean Text, the same as KoNLPy's Okt gives."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from kosent.errors import unknown_name
from kosent.support.checks import check_setting, check_switch
from kosent.support.signed import sha256
from kosent.text.stream import chunks
from kosent.text.tokenizers.base import Tokenizer
from kosent.text.tokenizers.okt.analyses import renderer
from kosent.text.tokenizers.okt.dictionary import check_words
from kosent.text.tokenizers.okt.engines import ENGINES, find
from kosent.text.tokenizers.okt.memory import Memory
from kosent.text.tokenizers.okt.tags import TAGS
from kosent.text.unicode import replace_surrogates


class Okt(Tokenizer):
    """Split into morphemes, the same as ``konlpy.tag.Okt`` gives.

    Each eojeol (what stands between white space) is analysed once and remembered, in this process
    and on disk (:mod:`kosent.text.cache`). Differences from KoNLPy are two: white space is never a
    token, and an unbroken run of more than 8,000 syllables, for which KoNLPy takes minutes, is
    cut into parts of 100.

    Args:
        norm: Let Okt mend spelling (``되나욬`` -> ``되나요``).
        stem: Let Okt reduce verbs and adjectives to their dictionary form.
        join: Give tokens with their part of speech, as ``형태소/품사``.
        tags: Keep only tokens of these parts of speech, such as ``("Noun", "Verb")``.
        user_dictionary: Words Okt shall know, each with its tag, as
            :func:`kosent.text.tokenizers.okt.dictionary.read_words` gives them. It travels with a
            model.
        engine: ``"python"``, which ``"auto"`` stands for, computes the analyses without Java.
            ``"java"`` runs Open Korean Text through KoNLPy: the JVM starts at the first need, a
            process forked after that cannot use this tokenizer, and eojeols of more than 160
            characters are cut into parts of 20, since its time grows with their square.
    """

    name = "okt"

    def __init__(
        self,
        norm: bool = False,
        stem: bool = False,
        join: bool = False,
        tags: Sequence[str] | None = None,
        user_dictionary: Mapping[str, str] | None = None,
        engine: str = "auto",
    ) -> None:
        for name, value in (("norm", norm), ("stem", stem), ("join", join)):
            check_switch(name, value)
        if engine not in ENGINES:
            raise unknown_name("okt 엔진", "okt engine", engine, ENGINES)
        self.norm = norm
        self.stem = stem
        self.join = join
        self.tags = None if tags is None else _checked_tags(tags)
        self.user_dictionary = check_words(user_dictionary)
        self.engine = engine
        self._reset()

    def split(self, texts: Sequence[str]) -> list[list[str]]:
        """Split each text into its morphemes.

        Raises:
            RuntimeSetupError: If the engine is Java, and none is found or it does not start.
        """
        tokens: list[list[str]] = []
        for chunk in chunks(texts):
            long = max(map(len, chunk)) > self._engine.whole
            split = self._eojeols if long else str.split
            tokens += self._memory.tokens(_without_surrogates(chunk), split)
        return tokens

    def _eojeols(self, text: str) -> list[str]:
        whole, cut = self._engine.whole, self._engine.cut
        words = text.split()
        return [part for word in words for part in (cut(word) if len(word) > whole else (word,))]

    def identity(self) -> list[str]:
        """Return the engine's versions."""
        return self._engine.identity()

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.setting_names()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._reset()

    def _reset(self) -> None:
        norm, stem, words = self.norm, self.stem, self.user_dictionary or {}
        join, tags = self.join, self.tags
        engine = self._engine = find(self.engine)

        def keys() -> tuple[str, str]:  # knows nothing of self, which would outlive its last use
            analyses = [1, engine.identity(), norm, stem, sorted(words.items())]
            return _key(analyses), _key([*analyses, join, tags])

        self._memory = Memory(
            lambda: engine(norm, stem, words),
            renderer(join, None if tags is None else frozenset(tags)),
            keys,
            engine.worth,
        )


def _key(decisive: list[Any]) -> str:
    return sha256(json.dumps(decisive).encode())[:32]


def _without_surrogates(texts: list[str]) -> list[str]:
    try:
        "".join(texts).encode()  # 5 times as quick as to look for them in each text
    except UnicodeEncodeError:
        return [replace_surrogates(text) for text in texts]
    return texts


def _checked_tags(tags: Sequence[str]) -> tuple[str, ...]:
    listed = isinstance(tags, list | tuple) and len(tags) > 0  # a str would be one of letters
    check_setting(
        "tags", tags, listed, "품사 이름의 목록이어야", "a list of names of parts of speech"
    )
    for tag in tags:
        if tag not in TAGS:
            raise unknown_name("품사", "part of speech", tag, TAGS)
    return tuple(tags)
