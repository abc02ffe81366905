"""What Twitter calls links in a text, URLs aside: mentions, hashtags and cashtags.

Open Korean Text finds them with the regular expressions of twitter-text 1.14.7 (Apache License
2.0, https://github.com/twitter/twitter-text). Which characters are letters, in a hashtag, is
decided by the Unicode version of the running Python, as it is by that of the running Java there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from kosent.text.openkorean.urls import CASELESS, Span

_MENTION = re.compile(
    r"(?:[^a-z0-9_!#$%&*@＠]|^|(?:^|[^a-z0-9_+~.-])RT:?)"
    r"[@＠]+[a-z0-9_]{1,20}(?:/[a-z][a-z0-9_\-]{0,24})?",
    CASELESS,
)
_SPACES = "\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_LINE_END = r"[\r\x85\u2028\u2029]?\Z"  # Java's $
_CASHTAG = re.compile(
    rf"(?:^|[{_SPACES}])\$[a-z]{{1,6}}(?:[._][a-z]{{1,2}})?(?={_LINE_END}|[\s!-/:-@\[-`{{-~])",
    CASELESS,
)

_HASHES = "#＃"
_NOT_AFTER_HASH = ("\ufe0f", "\u20e3")  # they make an emoji of it
_HASHTAG_MARKS = frozenset("_\u200c\u200d\ua67e\u05be\u05f3\u05f4～〜゛゜゠・〃\u0f0b\u0f0c·")
_HASHTAG_LETTERS = frozenset(  # private-use characters that a mobile carrier gave a meaning
    chr(code)
    for first, last in (
        (0xF870, 0xF87F),
        (0xF882, 0xF882),
        (0xF884, 0xF89F),
        (0xF8B8, 0xF8B8),
        (0xF8C1, 0xF8D6),
    )
    for code in range(first, last + 1)
)


def find_mentions(text: str) -> Iterator[Span]:
    """Find @names, each with the character before it."""
    return (match.span() for match in _MENTION.finditer(text))


def find_cashtags(text: str) -> Iterator[Span]:
    """Find $symbols, each with the white space before it."""
    return (match.span() for match in _CASHTAG.finditer(text))


def find_hashtags(text: str) -> Iterator[Span]:
    """Find #words, each with the character before it."""
    done = 0
    for place, character in enumerate(text):
        if character not in _HASHES:
            continue
        start = max(place - 1, 0)
        if start < done or (place and not _may_precede(text[start])):
            continue
        end = place + 1
        if text[end : end + 1] in _NOT_AFTER_HASH:
            continue
        while end < len(text) and _in_hashtag(text[end]):
            end += 1
        if any(_is_letter(c) for c in text[place + 1 : end]):
            done = end
            yield start, end


def _may_precede(character: str) -> bool:
    return character in "\ufe0e\ufe0f" or not (character == "&" or _in_hashtag(character))


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM" or character in _HASHTAG_LETTERS


def _in_hashtag(character: str) -> bool:
    return (
        _is_letter(character)
        or unicodedata.category(character) == "Nd"
        or character in _HASHTAG_MARKS
    )
