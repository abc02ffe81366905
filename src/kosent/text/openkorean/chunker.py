"""A text cut into chunks of one kind of character each: Hangul, letters, numbers, links, the rest.

Open Korean Text looks for one kind after another over the whole text, and drops what overlaps
something found before: in ``3시간반`` the number takes ``3시간``, and as ``시간반`` is then no
chunk, ``반`` is left to ``Foreign``. Most texts hold only kinds that cannot overlap, and are cut
in one pass.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from kosent.text.openkorean.twitter import find_cashtags, find_hashtags, find_mentions
from kosent.text.openkorean.urls import LABEL, Span, find_urls

KOREAN = "Korean"  # a chunk that the parser has to read
SPACE = "Space"

Chunk = tuple[str, str]  # text and kind

_HANGUL = "가-힣"
_JAMO = "ㄱ-ㅣ"
_LETTERS = "A-Za-z"
_PUNCTUATION = r"!-/:-@\[-`{-~·…’"
_SIMPLE = re.compile(
    f"([{_HANGUL}]+)|([{_JAMO}]+)|([{_LETTERS}]+)|([{_PUNCTUATION}]+)"
    f"|[^{_HANGUL}{_JAMO}{_LETTERS}{_PUNCTUATION}]+"
)
_SIMPLE_KINDS = ("Foreign", KOREAN, "KoreanParticle", "Alpha", "Punctuation")
# Without one of these there is no number, link or e-mail address.
_NOT_SIMPLE = re.compile(rf"[0-9@＠#＃$]|[{LABEL}]\.|://")

_WHITE = re.compile("([ \t\n\x0b\f\r]+)")
_NUMBER = re.compile(
    r"\$?[0-9]+(?:,[0-9]{3})*(?:[/~:.\-][0-9]+)?(?:천|만|억|조)*"
    "(?:%|원|달러|위안|옌|엔|유로|등|년|월|일|회|시간|시|분|초)?"
)
# Also matches what could be the name of an address, so that no search begins in its midst again.
_EMAIL = re.compile(r"[0-9A-Za-z.\-_]++(?P<host>@[0-9A-Za-z.]+)?")


def _spans(pattern: str | re.Pattern[str]) -> Callable[[str], Iterator[Span]]:
    compiled = re.compile(pattern)
    return lambda text: (match.span() for match in compiled.finditer(text))


def _find_emails(text: str) -> Iterator[Span]:
    return (match.span() for match in _EMAIL.finditer(text) if match["host"])


# In the order in which they are looked for.
_FINDERS: tuple[tuple[str, Callable[[str], Iterable[Span]]], ...] = (
    ("URL", find_urls),
    ("Email", _find_emails),
    ("ScreenName", find_mentions),
    ("Hashtag", find_hashtags),
    ("CashTag", find_cashtags),
    ("Number", _spans(_NUMBER)),
    (KOREAN, _spans(f"[{_HANGUL}]+")),
    ("KoreanParticle", _spans(f"[{_JAMO}]+")),
    ("Alpha", _spans(f"[{_LETTERS}]+")),
    ("Punctuation", _spans(f"[{_PUNCTUATION}]+")),
)


def chunks(text: str) -> list[Chunk]:
    """Cut a text; the chunks joined are the text."""
    listed: list[Chunk] = []
    for part in _WHITE.split(text):
        if not part:
            continue
        if unicodedata.category(part[0])[0] == "Z":
            listed.append((part, SPACE))
        elif _NOT_SIMPLE.search(part):
            listed += _overlapping(part)
        else:
            listed += [
                (match.group(), _SIMPLE_KINDS[match.lastindex or 0])
                for match in _SIMPLE.finditer(part)
            ]
    return listed


def _overlapping(text: str) -> Iterator[Chunk]:
    taken = bytearray(len(text))
    spans: list[tuple[int, int, str]] = []
    for kind, find in _FINDERS:
        for start, end in find(text):
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                spans.append((start, end, kind))
    done = 0
    for start, end, kind in sorted(spans):
        if start > done:
            yield text[done:start], "Foreign"
        yield text[start:end], kind
        done = end
    if done < len(text):
        yield text[done:], "Foreign"
