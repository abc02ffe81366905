"""How punctuation and emoji stand apart from words: one function a way, each in linear time.

All of them squeeze white space. Given their own output they change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from kosent.text.unicode import SYMBOLS

# What stands apart from words: sentence marks, quotes, brackets, in ASCII, CJK and full width.
KOREAN_MARKS = (
    r".,!?~^:;\"'`()\[\]{}<>…‥·‘’“”«»"
    "、。〈〉《》「」『』【】〔〕〜！？，．：；～（）［］｛｝＂＇"
)
# Variation selector, joiner, the letters of a flag: inside an emoji, never its beginning.
_TAIL = "\ufe0f\u200d\U000e0020-\U000e007f"

# One findall both squeezes white space and sets punctuation apart, at the price of one pass.
# A mark between two digits (3.5, 10,000, 12:30) or an apostrophe between Latin letters stays.
_KOREAN_TOKEN = re.compile(
    rf"[^\s{KOREAN_MARKS}{SYMBOLS}]+(?:(?:(?<=\d)[.,:](?=\d)|(?<=[a-z])['’](?=[a-z]))"
    rf"[^\s{KOREAN_MARKS}{SYMBOLS}]+)*"
    rf"|[{KOREAN_MARKS}]+|[{SYMBOLS}][{SYMBOLS}{_TAIL}]*"
)


def korean(text: str) -> str:
    """Set sentence marks, brackets and emoji apart."""
    return " ".join(_KOREAN_TOKEN.findall(text))


_SOURCE_DROPPED = re.compile(r"[^가-힣A-Za-z0-9(),!?'`]")
_SOURCE_CLITIC = re.compile(r"(?='s|'ve|n't|'re|'d|'ll)")
_SOURCE_APART = re.compile(r"([,!()?])")


def source(text: str) -> str:
    """Clean as the NSMC post does, after Kim (2014), "Convolutional Neural Networks for
    Sentence Classification", whose script this rule set comes from.

    Clitics are split before the quotes are dropped (``it's`` -> ``it s``) and before lower case
    (``IT'S`` -> ``its``), in the order of the original.
    """  # noqa: D205
    text = _SOURCE_DROPPED.sub(" ", text)
    if "'" in text:
        text = _SOURCE_CLITIC.sub(" ", text).replace("'", "")
    return " ".join(_SOURCE_APART.sub(r" \1 ", text).split()).lower()


_ENGLISH_MARKS = r"!-/:-@\[-`{-~…‥‘’“”«»–—"
_CLITIC = r"(?:n't|'(?:s|ve|re|d|ll|m))(?![a-z'])"
_BEFORE_CLITIC = re.compile(rf"(?<=[a-z])(?={_CLITIC})")
_ENGLISH_TOKEN = (
    rf"{_CLITIC}"
    rf"|[^\s{_ENGLISH_MARKS}{SYMBOLS}]+(?:(?:(?<=\d)[.,:](?=\d)|(?<=[a-z])'(?=[a-z]))"
    rf"[^\s{_ENGLISH_MARKS}{SYMBOLS}]+)*"
    rf"|[.!?…]+|-+|[{_ENGLISH_MARKS}]|[{SYMBOLS}][{SYMBOLS}{_TAIL}]*"
)


def english(text: str) -> str:
    """Set punctuation apart and split clitics: ``don't`` -> ``do n't``, ``it's`` -> ``it 's``."""
    return " ".join(_english_token().findall(_BEFORE_CLITIC.sub(" ", text.replace("’", "'"))))


@cache
def _english_token() -> re.Pattern[str]:
    """Compile the pattern; 3 ms, at the first use."""
    return re.compile(_ENGLISH_TOKEN)


_KERAS_DROPPED = str.maketrans(dict.fromkeys('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~', " "))


def keras(text: str) -> str:
    """Drop ASCII punctuation but the apostrophe, as Keras' ``Tokenizer`` and its IMDB data do.

    Of ``<br />`` the word ``br`` stays, the seventh most frequent one there.
    """
    return " ".join(text.translate(_KERAS_DROPPED).split())


def keep(text: str) -> str:
    """Leave punctuation and white space as they are."""
    return text


MARKS: Mapping[str, Callable[[str], str]] = {
    "keep": keep,
    "korean": korean,
    "english": english,
    "source": source,
    "keras": keras,
}
