"""Which neighbouring eojeol negate together: ``안 좋다``, ``재미 없지 않다``, ``not a good film``.

A list of forms and no grammar. A pair that is taken together for nothing (``집 안 공기``) costs
little: it is one part of the explanation instead of two. What is written as one eojeol
(``재미없다``) is one part anyway.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kosent.text.unicode import repair

_MOST = 6  # eojeol of a group: "안 안 안 ..." is no negation
_AHEAD = 3  # eojeol between 별로 and what it negates, at most

_SHORT = {"안", "못"}
_NEGATES = re.compile("않|없|못[하해했한할함합]|아[닌닐님닙녔]|아니.")
_NEGATES_WITHIN = re.compile("않|없|못[하해했한할함합]|아[닌닐님닙녔]|아니")
_FORBIDS = re.compile("말[고자아라았길면지]|마[라세시십]")
_BOUND = re.compile(
    "(?:것|수|줄|데|바|적|리)[은는이가도를]?|건|게|거"
)  # 볼 수 없다, 좋은 게 아니다
_ADVERBS = {
    *("별로", "전혀", "결코", "절대", "절대로", "그다지", "그닥", "딱히", "도무지", "도저히"),
    *("하나도", "아무도", "아무것도", "썩"),
}

_ENGLISH = {
    *("not", "no", "never", "without", "hardly", "barely", "scarcely", "cannot", "neither", "nor"),
    *("dont", "didnt", "doesnt", "isnt", "wasnt", "arent", "werent", "cant", "couldnt", "wont"),
    *("wouldnt", "shouldnt", "aint", "havent", "hasnt", "hadnt"),
}
_BETWEEN = {
    *("a", "an", "the", "very", "so", "that", "too", "really", "even", "as", "all", "any", "be"),
    *("been", "at", "much", "particularly", "exactly"),
}
_ENDS = (".", "!", "?", "…", ",", ";", ":", "。", "~")
_OTHER = re.compile(r"[^\w']")


def joined(words: Sequence[str]) -> list[bool]:
    """Tell which eojeol belong to the next one.

    Args:
        words: The eojeol of a text ``(n,)``, as typed.

    Returns:
        ``n - 1`` answers. None goes past the end of a sentence or clause, and no group has more
        than six eojeol.
    """
    plain = [_OTHER.sub("", repair(word).lower().replace("’", "'")) for word in words]
    together = [False] * max(len(words) - 1, 0)
    for first, last in _groups(plain):
        for place in range(max(first, 0), min(last, len(together))):
            together[place] = not words[place].endswith(_ENDS)
    return _limited(together)


def _groups(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Give first and last eojeol of what negates together; some lie outside the text."""
    for place, word in enumerate(words):
        if word in _SHORT:
            yield place, place + 1
        elif word in _ADVERBS:
            yield place, _negated(words, place)
        elif word in _ENGLISH or word.endswith("n't"):
            yield place, _meant(words, place)
        elif place and _negates(words[place - 1], word):
            yield place - 1 - bool(_BOUND.fullmatch(words[place - 1])), place


def _negates(before: str, word: str) -> bool:
    is_forbidden = before.endswith("지") and _FORBIDS.match(word) is not None
    return is_forbidden or _NEGATES.match(word) is not None


def _negated(words: Sequence[str], place: int) -> int:
    """Return where what an adverb such as ``별로`` asks for ends; its own place without that."""
    for ahead in range(place + 1, min(place + 1 + _AHEAD, len(words))):
        if words[ahead] in _SHORT or _NEGATES_WITHIN.search(words[ahead]):
            return ahead
    return place


def _meant(words: Sequence[str], place: int) -> int:
    """Return the word that an English negation is about."""
    end = place + 1
    while end + 1 < len(words) and words[end] in _BETWEEN:
        end += 1
    return end


def _limited(together: list[bool]) -> list[bool]:
    """Cut groups that are too long."""
    run = 1
    for place, same in enumerate(together):
        run = run + 1 if same else 1
        if run > _MOST:
            together[place], run = False, 1
    return together
