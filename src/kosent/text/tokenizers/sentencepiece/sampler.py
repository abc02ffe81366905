"""Segmentations drawn at random, as text and seed alone decide them.

The library draws by a generator of its own, which gives other numbers in every process (0.2.3).
Here each text's chance comes from a hash of the text and the seed: a text's segmentation is the
same in any process, batch and order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np

from kosent.text.codes import Codes, Flags, Seed, States
from kosent.text.tokenizers.sentencepiece.dropout import Dropout
from kosent.text.tokenizers.sentencepiece.model import Kind, Piece, read_facts, read_pieces
from kosent.text.tokenizers.sentencepiece.steps import NOWHERE, Numbers
from kosent.text.tokenizers.sentencepiece.unigram import Unigram

SPACE = "▁"
# Characters at once: their arrays, 100 bytes a character, stay in the processor's cache.
_AT_ONCE = 32_768


class Draw(Protocol):
    """Draws a segmentation of each of some segments, of which none is empty.

    Attributes:
        longest: Characters of the longest segment it takes: longer ones are cut before.
    """

    longest: int

    def __call__(self, codes: Numbers, first: Flags, states: States, alpha: float) -> Numbers:
        """Draw.

        Args:
            codes: Code points of the segments, one after another, shape (n,), n > 0.
            first: Whether a code point is the first of its segment, shape (n,).
            states: A state of chance for each, shape (n,).
            alpha: As for :meth:`Sampler.ids`.

        Returns:
            For each character the number of the piece that ends with it, or ``NOWHERE``, shape
            (n,).
        """


# By the kind of model.
DRAWS: dict[str, Callable[[Sequence[Piece]], Draw]] = {"unigram": Unigram, "bpe": Dropout}


class Sampler:
    """Draws segmentations.

    Args:
        data: A unigram or BPE model file that the library has taken.
    """

    def __init__(self, data: bytes) -> None:
        facts, pieces = read_facts(data), read_pieces(data)
        (self._unknown,) = (n for n, piece in enumerate(pieces) if piece.kind == Kind.UNKNOWN)
        self._draw = DRAWS[facts.model](pieces)
        self._by_words = _by_words(pieces)
        self._bytes = _bytes(pieces) if facts.byte_fallback else None

    def ids(self, texts: Sequence[str], seed: Seed, alpha: float) -> list[list[int]]:
        """Draw a segmentation of each text.

        Args:
            texts: What the model's normalisation gave.
            seed: Whole numbers from 0 on.
            alpha: The exponent of the probabilities, above 0; for BPE the share of merges left
                out.

        Returns:
            The ids of each text's pieces, in the model's own order.
        """
        given = Codes(texts, seed)
        if not len(given.codes):
            return [[] for _ in texts]
        ends = self._ends(given, alpha)
        places = np.flatnonzero(ends != NOWHERE)
        numbers, rows = self._known(
            ends[places], given.rows[places], given.codes[places].astype(np.int64)
        )
        counts = np.bincount(rows, minlength=len(texts))
        borders = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]).tolist()
        listed: list[int] = numbers.tolist()
        return [listed[start:end] for start, end in pairwise(borders)]

    def _ends(self, given: Codes, alpha: float) -> Numbers:
        """Give for each character the piece that ends with it, or ``NOWHERE``."""
        codes, states = given.codes.astype(np.int64), given.states()
        first = self._segments(given)
        ends = np.empty_like(codes)
        for start, end in _parts(np.flatnonzero(first), len(codes)):
            part = slice(start, end)
            ends[part] = self._draw(codes[part], first[part], states[part], alpha)
        return ends

    def _segments(self, given: Codes) -> Flags:
        """Tell which characters are the first of a segment."""
        first = given.first.copy()
        if self._by_words:
            first |= given.codes == ord(SPACE)
        longest = self._draw.longest
        starts = np.flatnonzero(first)
        sizes = np.diff(starts, append=len(first))
        long = sizes > longest
        for start, size in zip(starts[long].tolist(), sizes[long].tolist(), strict=True):
            first[start : start + size : longest] = True
        return first

    def _known(self, numbers: Numbers, rows: Numbers, codes: Numbers) -> tuple[Numbers, Numbers]:
        """Write unknown characters in bytes, or make one unknown piece of each run of them."""
        unknown = numbers == self._unknown
        if self._bytes is None:
            again = np.zeros_like(unknown)
            again[1:] = unknown[1:] & unknown[:-1] & (rows[1:] == rows[:-1])
            return numbers[~again], rows[~again]
        letters = [chr(code) for code in codes[unknown].tolist()]
        counts = np.ones_like(numbers)
        counts[unknown] = [len(letter.encode()) for letter in letters]
        numbers = np.repeat(numbers, counts)
        written = np.frombuffer("".join(letters).encode(), np.uint8)
        numbers[np.repeat(unknown, counts)] = self._bytes[written]
        return numbers, np.repeat(rows, counts)


def _by_words(pieces: Sequence[Piece]) -> bool:
    """Tell whether no piece goes on over a space, so that each word is a segment of its own."""
    return not any(
        SPACE in piece.text[1:] and piece.kind in (Kind.NORMAL, Kind.USER_DEFINED)
        for piece in pieces
    )


def _bytes(pieces: Sequence[Piece]) -> Numbers:
    """Return the number of each byte's piece, ``<0x00>`` to ``<0xFF>``, shape (256,)."""
    found = [(piece.text, number) for number, piece in enumerate(pieces) if piece.kind == Kind.BYTE]
    return np.array([number for _, number in sorted(found)])


def _parts(starts: Numbers, end: int) -> Iterator[tuple[int, int]]:
    """Cut an array into parts of about ``_AT_ONCE`` at the starts of segments."""
    cuts = starts[np.searchsorted(starts, np.arange(0, end, _AT_ONCE), "right") - 1]
    yield from pairwise([*np.unique(cuts).tolist(), end])
