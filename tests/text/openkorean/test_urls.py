"""Internet addresses: the spans of twitter-text's regular expression, without its time."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.text.openkorean.chunker import chunks
from kosent.text.openkorean.engine import Engine
from kosent.text.openkorean.jar import read_domains
from kosent.text.openkorean.urls import CASELESS, LABEL, LATIN, find_urls


@cache
def librarys_expression() -> re.Pattern[str]:
    """Return twitter-text 1.14.7's pattern of a URL in Python's notation, part by part."""
    _, generic, country = (
        "|".join(re.escape(name) for name in re.findall('"([^"]+)"', part))
        for part in read_domains().split("Arrays.asList(")
    )
    over = r"(?=[^0-9A-Za-z@]|[\r\x85\u2028\u2029]?\Z)"
    generic, country = f"(?:{generic}){over}", f"(?:{country}){over}"
    label = f"[{LABEL}]"
    subdomains = rf"(?>(?:{label}[{LABEL}\-_]*)?{label}\.)+"
    name = rf"(?:{label}[{LABEL}\-]*)?{label}\."
    punycode = "xn--[0-9a-z]+"
    anything = r"[^!-\-/:-@\[-`{-~\t-\r \xa0\u1680\u2000-\u206f\u3000]"
    domain = (
        rf"(?:{subdomains}{name}(?:{generic}|{country}|{punycode})"
        rf"|{name}(?:{generic}|{punycode}|(?:co|tv){over})"
        rf"|(?:(?<=http://)|(?<=https://))"
        rf"(?:{name}{country}|{anything}+\.(?:{generic}|{country}))"
        rf"|{name}{country}(?=/))"
    )
    letters = f"{LATIN}\u0400-\u04ff"
    general = rf"[a-z0-9!*';:=+,.$/%#\[\]\-_~|&@{letters}]"
    brackets = rf"\((?:{general}+|{general}*\({general}+\){general}*)\)"
    last = rf"[a-z0-9=_#/\-+{letters}]"
    path = rf"(?:(?:{general}*(?:{brackets}{general}*)*{last}|{brackets})|@{general}+/)*+"
    query = r"\?[a-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@]*[a-z0-9_&=#/]"
    before = "(?:[^A-Z0-9@＠$#＃\u202a-\u202e]|^)"
    return re.compile(
        rf"{before}(?:https?://)?{domain}(?::[0-9]++)?(?:/{path})?(?:{query})?", CASELESS
    )


PIECES = """
a . . - / : :// http:// https:// HTTP:// www. .com .co.kr .kr .co .tv .COM .한국 .भारतम् .भारत
xn-- .xn--a .vermögensberatung 한글 é _ @ # ( ) ! ? = & 1 $ % ~ , t.co/ ＠ \u202a
"""
TEXTS = st.lists(st.sampled_from([*PIECES.split(), "\u3000", "\x85"]), max_size=16).map("".join)


@given(TEXTS)
def test_spans_are_those_of_the_librarys_expression(text: str) -> None:
    expected = [match.span() for match in librarys_expression().finditer(text)]
    assert list(find_urls(text)) == expected


@pytest.mark.slow
def test_tokens_are_the_librarys(in_java: Any) -> None:
    """Java is asked about two thousand at once, on lines of their own, as a call costs most."""
    draw = random.Random(7)  # noqa: S311
    texts = ["".join(draw.choices(PIECES.split(), k=draw.randint(1, 16))) for _ in range(2_000)]
    ours = [f"{token}/{tag}" for text in texts for token, tag in Engine().tag(text)]
    theirs = in_java.tokenize("\n".join(texts), False, False)
    assert [each for each in theirs if each != "\n/Foreign"] == ours


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("naver.com", ["naver.com"]),
        ("(naver.com)", ["(naver.com"]),
        ("t.co 그리고 t.kr", ["t.co"]),
        ("t.kr/", ["t.kr/"]),
        ("http://t.kr", ["http://t.kr"]),
        ("http://한글.한국 한글.한국", ["http://한글.한국"]),
        ("a_b.com", ["_b.com"]),
        ("a_b.c.com", ["a_b.c.com"]),
        ("a.com.net.b", ["a.com.net"]),
        ("a.com@b", []),
        ("a.com/x!(y)", ["a.com/x"]),  # as the library's does: a path does not end in "!(y)"
        ("a.com/x(y)(z)", ["a.com/x(y)(z)"]),
        ("a.com/!?q=1!", ["a.com/"]),
        ("a.com:80/?q=1!", ["a.com:80/?q=1"]),
        ("1.5점 a..com x.y", []),
    ],
)
def test_by_hand(text: str, urls: list[str]) -> None:
    assert [text[start:end] for start, end in find_urls(text)] == urls


def test_no_domain_begins_with_one_that_is_tried_before_it() -> None:
    """Else what follows a domain could make the library take the longer one."""
    for part in read_domains().split("Arrays.asList(")[1:]:
        domains = re.findall('"([^"]+)"', part)
        for place, domain in enumerate(domains):
            assert not [other for other in domains[place + 1 :] if other.startswith(domain)] or (
                domain.isascii()  # ends where letters and digits end
            )


@pytest.mark.parametrize(
    ("unit", "length"),
    [
        ("a.", 32_000),
        ("a-", 32_000),
        ("http://가.", 32_000),
        ("_a.com@", 8_000),
        ("a.com ", 4_000),
        ("a.com/!(b)", 4_000),
        ("x.com/!(y.com/!)", 4_000),
        ("a@b-", 4_000),
    ],
)
def test_time_is_linear(
    growth: Callable[[Callable[[str], object], str, int], float], unit: str, length: int
) -> None:
    """Eight times the text, up to 256,000 characters; 2.5 for each doubling would be 15.6 times."""
    assert growth(lambda text: list(find_urls(text)), unit, length) < 15.6
    assert growth(chunks, unit, min(length, 8_000)) < 15.6
