"""What Twitter calls links in a text: URLs, mentions, hashtags and cashtags.

Open Korean Text finds them with the regular expressions of twitter-text 1.14.7 (Apache License
2.0, https://github.com/twitter/twitter-text). The lists of top-level domains are read from that
library's jar, which KoNLPy installs. Which characters are letters, in a hashtag, is decided by the
Unicode version of the running Python, as it is by that of the running Java there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from kosent.text.openkorean.jar import read_domains

Span = tuple[int, int]

_CASELESS = re.ASCII | re.IGNORECASE  # Java ignores the case of ASCII letters only

_LATIN = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268"
_LATIN += "\u026f\u0272\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
LABEL = f"0-9A-Za-z{_LATIN}"  # what a part of a domain name begins and ends with

_MENTION = re.compile(
    r"(?:[^a-z0-9_!#$%&*@＠]|^|(?:^|[^a-z0-9_+~.-])RT:?)"
    r"[@＠]+[a-z0-9_]{1,20}(?:/[a-z][a-z0-9_\-]{0,24})?",
    _CASELESS,
)
_SPACES = "\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_LINE_END = r"[\r\x85\u2028\u2029]?\Z"  # Java's $
_CASHTAG = re.compile(
    rf"(?:^|[{_SPACES}])\$[a-z]{{1,6}}(?:[._][a-z]{{1,2}})?(?={_LINE_END}|[\s!-/:-@\[-`{{-~])",
    _CASELESS,
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


def find_urls(text: str) -> Iterator[Span]:
    """Find URLs, each with the character before it."""
    return (match.span() for match in _url().finditer(text))


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


@cache
def _url() -> re.Pattern[str]:
    generic, country = _domains()
    over = rf"(?=[^0-9A-Za-z@]|{_LINE_END})"
    generic, country = f"(?:{generic}){over}", f"(?:{country}){over}"
    label = f"[{LABEL}]"
    subdomains = rf"(?>(?:{label}[{LABEL}\-_]*)?{label}\.)+"
    name = rf"(?:{label}[{LABEL}\-]*)?{label}\."
    punycode = "xn--[0-9a-z]+"
    # What Java's [.[^\p{Punct}\s\p{Z}\p{InGeneralPunctuation}]] holds.
    anything = r"[^!-\-/:-@\[-`{-~\t-\r \xa0\u1680\u2000-\u206f\u3000]"
    after_protocol = "(?:(?<=http://)|(?<=https://))"
    domain = (
        rf"(?:{subdomains}{name}(?:{generic}|{country}|{punycode})"
        rf"|{name}(?:{generic}|{punycode}|(?:co|tv){over})"
        rf"|{after_protocol}(?:{name}{country}|{anything}+\.(?:{generic}|{country}))"
        rf"|{name}{country}(?=/))"
    )
    query = r"\?[a-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@]*[a-z0-9_&=#/]"
    before = "(?:[^A-Z0-9@＠$#＃\u202a-\u202e]|^)"
    pattern = rf"{before}(?:https?://)?{domain}(?::[0-9]++)?(?:/{_path()})?(?:{query})?"
    return re.compile(pattern, _CASELESS)


def _path() -> str:
    letters = f"{_LATIN}\u0400-\u04ff"
    general = rf"[a-z0-9!*';:=+,.$/%#\[\]\-_~|&@{letters}]"
    brackets = rf"\((?:{general}+|{general}*\({general}+\){general}*)\)"
    last = rf"(?:[a-z0-9=_#/\-+{letters}]|{brackets})"
    return rf"(?:{general}*(?:{brackets}{general}*)*{last}|@{general}+/)*+"


def _domains() -> tuple[str, str]:
    """Return the generic and the country domains, each as alternatives of a pattern."""
    _, generic, country = read_domains().split("Arrays.asList(")
    first, second = (
        "|".join(re.escape(name) for name in re.findall('"([^"]+)"', part))
        for part in (generic, country)
    )
    return first, second
