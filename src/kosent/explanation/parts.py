"""The parts of a text that are left out and explained: eojeol, as places in the text as typed.

An eojeol is what stands between white space. Two things are done to it:

* Neighbouring eojeol that negate belong together (:mod:`kosent.explanation.negation`).
* Korean written without spaces is cut, where the script changes and into runs of two to four
  syllables (:mod:`kosent.explanation.unspaced`): not words, but places.

A text with more parts than can be asked about has neighbouring parts joined.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from itertools import pairwise

from kosent.explanation.negation import joined
from kosent.explanation.unspaced import cut

Span = tuple[int, int]

_EOJEOL = re.compile(r"\S+")
_SENTENCE_END = (".", "!", "?", "…", "。", "~")
_CLAUSE_END = (",", ";", ":", "、")


class Border(IntEnum):
    """What stands between two parts; a text is divided at the strongest first."""

    NEGATION = 0  # inside a negation
    INSIDE = 1  # inside an eojeol
    SPACE = 2
    CLAUSE = 3
    SENTENCE = 4


@dataclass(frozen=True)
class Layout:
    """A text in parts, which are in order, do not overlap and cover all but white space.

    Attributes:
        text: The text as typed.
        spans: Start and end of each part, in code points.
        borders: What stands between each part and the one before, one fewer than parts.
    """

    text: str
    spans: tuple[Span, ...]
    borders: tuple[Border, ...]

    def __len__(self) -> int:
        return len(self.spans)

    @property
    def everything(self) -> int:
        """The mask of all parts."""
        return (1 << len(self.spans)) - 1

    @cached_property
    def _pieces(self) -> list[tuple[str, str]]:
        """Each part, and the white space before it."""
        ends = [0, *(end for _, end in self.spans)]
        return [
            (self.text[before:start], self.text[start:end])
            for before, (start, end) in zip(ends, self.spans, strict=False)
        ]

    def kept(self, mask: int) -> str:
        """Return the text with some of its parts, as somebody could have typed it.

        Args:
            mask: A bit for each part that stays, the lowest for the first.

        Returns:
            Those parts, between which the white space is that of the text; with all of them the
            text itself.
        """
        if mask == self.everything:
            return self.text
        found: list[str] = []
        gap = ""
        for number, (before, part) in enumerate(self._pieces):
            gap = gap or before
            if mask >> number & 1:
                found += [gap, part] if found else [part]
                gap = ""
        return "".join(found)


def layout(text: str, most: int, *, grouped: bool = True) -> Layout:
    """Divide a text.

    Args:
        text: Any string.
        most: Parts at most; with more, neighbours are joined to runs of similar numbers.
        grouped: Show neighbouring eojeol that negate as one part; otherwise they are parts of their
            own that are told apart last.
    """
    spans, borders = _divided(text)
    if grouped:
        spans, borders = _joined(spans, borders, [each == Border.NEGATION for each in borders])
    if len(spans) > most:
        runs = [number * most // len(spans) for number in range(len(spans))]
        same = [one == other for one, other in pairwise(runs)]
        spans, borders = _joined(spans, borders, same)
    return Layout(text, tuple(spans), tuple(borders))


def _divided(text: str) -> tuple[list[Span], list[Border]]:
    """Return eojeol, cut where they have to be, and the borders between them."""
    eojeol = [match.span() for match in _EOJEOL.finditer(text)]
    words = [text[start:end] for start, end in eojeol]
    together = joined(words)
    alone = len(words) == 1
    spans: list[Span] = []
    borders: list[Border] = []
    for number, ((start, _), word) in enumerate(zip(eojeol, words, strict=True)):
        pieces = cut(word, alone=alone)
        if number:
            before = words[number - 1]
            borders.append(Border.NEGATION if together[number - 1] else _after(before))
        borders += [Border.INSIDE] * (len(pieces) - 1)
        spans += [(start + first, start + last) for first, last in pieces]
    return spans, borders


def _after(word: str) -> Border:
    if word.endswith(_SENTENCE_END):
        return Border.SENTENCE
    return Border.CLAUSE if word.endswith(_CLAUSE_END) else Border.SPACE


def _joined(
    spans: list[Span], borders: list[Border], together: list[bool]
) -> tuple[list[Span], list[Border]]:
    """Join parts with the next one where it is said so."""
    found, left = spans[:1], []
    for span, border, same in zip(spans[1:], borders, together, strict=True):
        if same:
            found[-1] = (found[-1][0], span[1])
        else:
            found.append(span)
            left.append(border)
    return found, left
