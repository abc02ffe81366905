"""Spelling of the internet mended: 하댘ㅋㅋㅋㅋ is 하대ㅋㅋㅋ, 하겟다 is 하겠다."""

from __future__ import annotations

import re
from collections.abc import Callable

from kosent.text.openkorean.dictionary import Dictionary
from kosent.text.openkorean.hangul import CODAS, FIRST, LAST, compose, decompose
from kosent.text.openkorean.tags import ADVERB, CONJUNCTION, EOMI, NOUN

_KOREAN = re.compile("[ㄱ-ㅣ가-힣]+")
_WITH_EMOTION = re.compile("(?<![가-힣])([가-힣]++)(ㅋ+|ㅎ+|[ㅠㅜ]+)")
_REPEATED = re.compile(r"(.)\1{3,}|[ㅠㅜ]{3,}")
_REPEATED_PAIR = re.compile(r"(..)\1{2,}")
_NEVER_WITH_N = frozenset("은는운인텐근른픈닌든던")  # as they are, not 으 or 느 with a ㄴ


class Normalizer:
    """Open Korean Text's normalization.

    Args:
        dictionary: The words that are right as they are.
        begins_with_predicate: Says whether the first token of a text is a verb or an adjective.
    """

    def __init__(
        self, dictionary: Dictionary, begins_with_predicate: Callable[[str], bool]
    ) -> None:
        self._dictionary = dictionary
        self._begins_with_predicate = begins_with_predicate

    def normalize(self, text: str) -> str:
        """Mend each run of Hangul; everything else stays."""
        return _KOREAN.sub(lambda match: self._mend(match.group()), text)

    def _mend(self, run: str) -> str:
        run = _WITH_EMOTION.sub(self._detach, run)
        run = _REPEATED.sub(lambda match: match.group()[:3], run)
        run = _REPEATED_PAIR.sub(lambda match: match.group()[:4], run)
        return self._correct_typos(self._restore_i(run))

    def _detach(self, match: re.Match[str]) -> str:
        """Free a word of the letter that it caught from the laughing or crying after it."""
        word, emotion = match.groups()
        is_a = self._dictionary.is_a
        if is_a(word, NOUN) or is_a(word[-1], EOMI) or is_a(word[-2:], EOMI):
            return word + emotion
        onset, vowel, coda = decompose(word[-1])
        if coda in "ㅋㅎ":  # 하댘
            return word[:-1] + compose(onset, vowel) + emotion
        if coda == " " and vowel == emotion[0] and onset in CODAS and len(word) > 1:  # 머구뮤
            first, second, third = decompose(word[-2])
            if third == " ":
                return word[:-2] + compose(first, second, onset) + emotion
        return word + emotion

    def _restore_i(self, run: str) -> str:
        """Write out the 이 that became a coda: 소린가 is 소리인가."""
        if len(run) < 2 or run[-1] not in "데가지" or not FIRST <= run[-2] <= LAST:
            return run
        onset, vowel, coda = decompose(run[-2])
        if coda != "ㄴ" or run[-2] in _NEVER_WITH_N:
            return run
        noun = run[:-2] + compose(onset, vowel)
        if not self._dictionary.is_a(noun, NOUN) or self._is_right(run):
            return run
        return noun + "인" + run[-1]

    def _is_right(self, run: str) -> bool:
        is_a = self._dictionary.is_a
        return (
            any(is_a(run, tag) for tag in (NOUN, CONJUNCTION, ADVERB))
            or is_a(run[-2:], NOUN)
            or self._begins_with_predicate(run)
        )

    def _correct_typos(self, run: str) -> str:
        for length, typos in self._dictionary.typos:
            before = run
            absent = set()  # no need to go through the whole run for these
            for start in range(len(before) - length + 1):
                part = before[start : start + length]
                if part in typos and part not in absent:
                    mended = run.replace(part, typos[part])
                    if mended == run:
                        absent.add(part)
                    else:
                        absent, run = set(), mended
        return run
