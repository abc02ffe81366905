"""Cleaning presets: from a raw text to the text that a tokenizer sees.

Every preset first applies :func:`kosent.text.unicode.repair` (NFC, no lone surrogates, no control
or zero-width characters), takes time linear in the length of the text, and gives its own output
unchanged when it is applied twice.

| preset | for | what it does |
|---|---|---|
| ``korean`` | Korean user text; the default | lower case; a character repeated more than 3 times \
is kept 3 times (digits excepted); sentence punctuation, brackets and emoji stand apart from \
words; white space squeezed. Jamo (ㅋㅋ, ㅠㅠ), emoji and punctuation stay: they carry feeling |
| ``source`` | reproducing the NSMC post | its rules (:func:`_source`): drops jamo and emoji |
| ``english`` | reviews such as IMDB's | line breaks of HTML dropped, lower case, punctuation \
apart from words, clitics split (``don't`` -> ``do n't``, ``it's`` -> ``it 's``) |
| ``none`` | text that is clean already | only ``repair`` |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from kosent.errors import unknown_name
from kosent.text.unicode import SYMBOLS, repair, to_nfc

# What stands apart from words: sentence marks, quotes, brackets, in ASCII, CJK and full width.
_MARKS = (
    r".,!?~^:;\"'`()\[\]{}<>…‥·‘’“”«»"
    "、。〈〉《》「」『』【】〔〕〜！？，．：；～（）［］｛｝＂＇"
)
# Variation selector, joiner, the letters of a flag: inside an emoji, never its beginning.
_TAIL = "\ufe0f\u200d\U000e0020-\U000e007f"

# More than 3 of the same in a row; an emoji may carry its variation selector. Digits are
# numbers (10000원) and stay; white space is squeezed elsewhere.
_REPEATED = re.compile(r"([^\d\s\ufe0f]\ufe0f?)\1{3,}")
_KEPT = r"\1\1\1"

# One findall both squeezes white space and sets punctuation apart, at the price of one pass.
# A mark between two digits (3.5, 10,000, 12:30) or an apostrophe between Latin letters stays.
_KOREAN_TOKEN = re.compile(
    rf"[^\s{_MARKS}{SYMBOLS}]+(?:(?:(?<=\d)[.,:](?=\d)|(?<=[a-z])['’](?=[a-z]))"
    rf"[^\s{_MARKS}{SYMBOLS}]+)*"
    rf"|[{_MARKS}]+|[{SYMBOLS}][{SYMBOLS}{_TAIL}]*"
)


def _korean(text: str) -> str:
    text = to_nfc(repair(text).lower())  # lower case may open a composition: H̱ has none, ẖ has
    return " ".join(_KOREAN_TOKEN.findall(_REPEATED.sub(_KEPT, text)))


_SOURCE_DROPPED = re.compile(r"[^가-힣A-Za-z0-9(),!?'`]")
_SOURCE_CLITIC = re.compile(r"(?='s|'ve|n't|'re|'d|'ll)")
_SOURCE_APART = re.compile(r"([,!()?])")


def _source(text: str) -> str:
    """Clean as the NSMC post does, after Kim (2014), "Convolutional Neural Networks for
    Sentence Classification", whose script this rule set comes from.

    Clitics are split before the quotes are dropped (``it's`` -> ``it s``) and before lower case
    (``IT'S`` -> ``its``), in the order of the original.
    """  # noqa: D205
    text = _SOURCE_DROPPED.sub(" ", repair(text))
    if "'" in text:
        text = _SOURCE_CLITIC.sub(" ", text).replace("'", "")
    return " ".join(_SOURCE_APART.sub(r" \1 ", text).split()).lower()


_LINE_BREAK = re.compile(r"<\s{0,4}/?\s{0,4}br\s{0,4}/?\s{0,4}>", re.IGNORECASE)
_ENGLISH_MARKS = r"!-/:-@\[-`{-~…‥‘’“”«»–—"
_CLITIC = r"(?:n't|'(?:s|ve|re|d|ll|m))(?![a-z'])"
_BEFORE_CLITIC = re.compile(rf"(?<=[a-z])(?={_CLITIC})")
_ENGLISH_TOKEN = re.compile(
    rf"{_CLITIC}"
    rf"|[^\s{_ENGLISH_MARKS}{SYMBOLS}]+(?:(?:(?<=\d)[.,:](?=\d)|(?<=[a-z])'(?=[a-z]))"
    rf"[^\s{_ENGLISH_MARKS}{SYMBOLS}]+)*"
    rf"|[.!?…]+|-+|[{_ENGLISH_MARKS}]|[{SYMBOLS}][{SYMBOLS}{_TAIL}]*"
)


def _english(text: str) -> str:
    text = to_nfc(_LINE_BREAK.sub(" ", repair(text)).lower()).replace("’", "'")
    return " ".join(_ENGLISH_TOKEN.findall(_BEFORE_CLITIC.sub(" ", text)))


PRESETS: Mapping[str, Callable[[str], str]] = {
    "korean": _korean,
    "source": _source,
    "english": _english,
    "none": repair,
}


def find_preset(name: str) -> Callable[[str], str]:
    """Look up the cleaning function of a preset.

    Raises:
        UsageError: If there is no preset of that name.
    """
    try:
        return PRESETS[name]
    except (KeyError, TypeError):
        raise unknown_name("텍스트 정리 방식", "cleaning preset", name, PRESETS) from None


def preset_for(language: str) -> str:
    """Return the preset for texts in ``language``: ``"ko"``, ``"en"``, or any other."""
    return {"ko": "korean", "en": "english"}.get(language, "none")


def clean(text: str, preset: str = "korean") -> str:
    """Clean one text.

    Args:
        text: Any string, lone surrogates and NUL included.
        preset: A name in ``PRESETS``.

    Returns:
        The cleaned text in NFC, possibly empty.

    Raises:
        UsageError: If there is no preset of that name.
    """
    return find_preset(preset)(text)
