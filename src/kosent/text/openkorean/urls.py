"""Internet addresses in a text: the spans that twitter-text 1.14.7 finds, in linear time.

Its regular expression starts anew behind every character that may stand before an address, reads
all labels from there, and tries 1,562 top-level domains behind each: 4,000 characters of ``a.a.a.``
took 10 s. Here every label and every dot is read once, from the text's end to its beginning: what
follows the next dot answers for this one. The expression itself stands in this module's test.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from kosent.text.openkorean.jar import read_domains

Span = tuple[int, int]

CASELESS = re.ASCII | re.IGNORECASE  # Java ignores the case of ASCII letters only
LATIN = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268"
LATIN += "\u026f\u0272\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
LABEL = f"0-9A-Za-z{LATIN}"  # what a part of a domain name begins and ends with

_LETTER = re.compile(f"[{LABEL}]")
_LABEL_AND_MORE = re.compile(rf"[{LABEL}\-_]+")
# Where a host or its protocol may begin: behind what may stand before it, or with the text.
_BEGINNING = re.compile(
    rf"(?:(?<=[^A-Z0-9@＠$#＃\u202a-\u202e])|^)(?=[{LABEL}]|(?<=://))", CASELESS
)
_PROTOCOL = re.compile("https?://", CASELESS)
_AFTER_PROTOCOL = re.compile("(?<=http://)|(?<=https://)", CASELESS)
# What Java's [.[^\p{Punct}\s\p{Z}\p{InGeneralPunctuation}]] holds.
_ANYTHING = re.compile(r"[^!-\-/:-@\[-`{-~\t-\r \xa0\u1680\u2000-\u206f\u3000]+")
_PUNYCODE = re.compile("xn--[0-9a-z]+", CASELESS)
_OVER = re.compile(r"(?=[^0-9A-Za-z@]|\Z)")
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_HEAD = 2  # characters by which top-level domains are looked up, the length of the shortest
_ENOUGH = ("co", "tv")  # countries' domains that need neither a protocol nor a path


def find_urls(text: str) -> Iterator[Span]:
    """Find URLs, each with the character before it."""
    tops = _tops(text)
    if not tops:
        return
    hosts = _Hosts(text, tops)
    done = 0
    for match in _BEGINNING.finditer(text):
        first = match.start()
        start = max(first - 1, 0)
        if start < done:
            continue
        end = hosts.end(first)
        if end is not None:
            rest = _REST.match(text, end)
            done = rest.end() if rest else end
            yield start, done


class _Top(NamedTuple):
    """The top-level domains behind a dot: where the one of each kind ends, None without one."""

    generic: int | None
    country: int | None
    punycode: int | None
    enough: bool  # whether the country's needs neither a protocol nor a path


class _Label(NamedTuple):
    """Characters that a label may hold, with a dot behind them."""

    start: int
    dot: int
    plain: int  # from here on without an underscore, as the name before a top-level domain is


class _Hosts:
    """All that can be a host in a text.

    Args:
        text: The text.
        tops: The top-level domains, by the dot before them.
    """

    def __init__(self, text: str, tops: dict[int, _Top]) -> None:
        self._text = text
        self._tops = tops
        self._labels = list(_labels(text))
        self._starts = [label.start for label in self._labels]
        self._further = self._look_ahead()

    def end(self, first: int) -> int | None:
        """Return where the host ends that begins at a place, or behind a protocol there."""
        protocol = _PROTOCOL.match(self._text, first)
        end = self._end(protocol.end(), True) if protocol else None
        if end is None:
            end = self._end(first, _AFTER_PROTOCOL.match(self._text, first) is not None)
        return end

    def _look_ahead(self) -> dict[int, int | None]:
        """Return for each label's dot where a host ends that has its name behind that dot."""
        further: dict[int, int | None] = {}
        behind = {each.start - 1: each for each in self._labels if self._is_letter(each.start)}
        for label in reversed(self._labels):
            following = behind.get(label.dot)
            end = None
            if following is not None:
                end = further[following.dot]
                top = self._tops.get(following.dot)
                if end is None and top is not None and following.plain == following.start:
                    end = _first(top.generic, top.country, top.punycode)
            further[label.dot] = end
        return further

    def _end(self, first: int, after_protocol: bool) -> int | None:
        place = bisect_right(self._starts, first) - 1
        label = self._labels[place] if place >= 0 else None
        end = None
        if label is not None and first < label.dot and self._is_letter(first):
            end = self._further[label.dot]
            if end is None and first >= label.plain:
                end = self._short_end(label.dot, after_protocol)
        return self._unicode_end(first) if end is None and after_protocol else end

    def _short_end(self, dot: int, after_protocol: bool) -> int | None:
        """Return where a host without subdomains ends, whose name ends at a dot."""
        top = self._tops.get(dot)
        if top is None:
            return None
        country = top.country
        if not (country is None or top.enough or after_protocol):
            country = country if self._text.startswith("/", country) else None
        return _first(top.generic, top.punycode, country)

    def _unicode_end(self, first: int) -> int | None:
        """Return where a host of any letters ends, which only a protocol makes one."""
        letters = _ANYTHING.match(self._text, first)
        dot = letters.end() if letters else -1
        while (dot := self._text.rfind(".", first + 1, max(dot, 0))) > first:
            top = self._tops.get(dot)
            end = _first(top.generic, top.country) if top else None
            if end is not None:
                return end
        return None

    def _is_letter(self, place: int) -> bool:
        return _LETTER.match(self._text, place) is not None


def _first(*ends: int | None) -> int | None:
    return next((end for end in ends if end is not None), None)


def _labels(text: str) -> Iterator[_Label]:
    for match in _LABEL_AND_MORE.finditer(text):
        start, dot = match.span()
        if text.startswith(".", dot) and _LETTER.match(text, dot - 1):
            yield _Label(start, dot, text.rfind("_", start, dot) + 1 or start)


def _tops(text: str) -> dict[int, _Top]:
    tops: dict[int, _Top] = {}
    lower = text.translate(_LOWER)
    domains = _domains()
    dot = text.find(".")
    while dot >= 0:
        top = _top(lower, dot + 1, domains.get(lower[dot + 1 : dot + 1 + _HEAD], ()))
        if top is not None:
            tops[dot] = top
        dot = text.find(".", dot + 1)
    return tops


def _top(lower: str, place: int, domains: Iterable[tuple[str, bool]]) -> _Top | None:
    generic = country = None
    enough = False
    for domain, is_country in domains:
        if not lower.startswith(domain, place):
            continue
        end = place + len(domain)
        if _OVER.match(lower, end) is None:
            continue
        if not is_country and generic is None:
            generic = end
        if is_country and country is None:
            country, enough = end, domain in _ENOUGH
    match = _PUNYCODE.match(lower, place)
    if generic is None and country is None and match is None:
        return None
    return _Top(generic, country, match.end() if match else None, enough)


@cache
def _domains() -> dict[str, list[tuple[str, bool]]]:
    """Return the top-level domains and whether they are a country's, by their first two letters.

    The lists have them in the order in which the library tries them.
    """
    domains: dict[str, list[tuple[str, bool]]] = {}
    _, *lists = read_domains().split("Arrays.asList(")
    for part, is_country in zip(lists, (False, True), strict=True):
        for domain in re.findall('"([^"]+)"', part):
            domains.setdefault(domain[:_HEAD], []).append((domain, is_country))
    return domains


def _rest_of_an_url() -> re.Pattern[str]:
    """Return what may follow a host: a port, a path, a query."""
    letters = f"{LATIN}\u0400-\u04ff"
    last = rf"a-z0-9=_#/\-+{letters}"  # what a path may end with
    others = r"!*';:,.$%\[\]~|&@"
    general = f"[{others}{last}]"
    brackets = rf"\((?:{general}++\)|{general}*+\({general}++\){general}*+\))"
    path = f"(?>(?:(?:[{others}]|{brackets})*+[{last}]++)*+)(?:{brackets})*+"
    query = r"\?[a-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@]*[a-z0-9_&=#/]"
    return re.compile(rf"(?::[0-9]++)?(?:/{path})?(?:{query})?", CASELESS)


_REST = _rest_of_an_url()
