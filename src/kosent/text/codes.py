"""Texts as one array of code points, and chance that a text and a seed decide alone.

Arrays let a noise, or a tokenizer that draws, treat a thousand texts with a few NumPy calls. Each
code point's draw is a number of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom
number generators", 2014), whose state starts at a hash of the text and of the seed: the same text
gets the same draws alone, in any batch and on any machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Seed = int | tuple[int, ...]
Flags = NDArray[np.bool_]
Draws = NDArray[np.float64]
States = NDArray[np.uint64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST_SYLLABLE, _LAST_SYLLABLE = 0xAC00, 0xD7A3
_WHITE = np.array([chr(code).isspace() for code in range(0x3002)])  # U+3000 is the last


class Codes:
    """The code points of some texts, one text after another.

    Args:
        texts: Any strings, lone surrogates included.
        seed: Whole numbers from 0 on, which decide the draws together with each text.

    Attributes:
        joined: All texts as one.
        codes: int32, its code points, shape (n,).
        lengths: int64, characters of each text, shape (texts,).
        first: Whether a code point is its text's first, shape (n,).
        last: Whether it is its last, shape (n,).
    """

    def __init__(self, texts: Sequence[str], seed: Seed) -> None:
        self._texts = texts
        self._seed = seed
        self.joined = "".join(texts)
        encoded = self.joined.encode("utf-32-le", "surrogatepass")
        self.codes = np.frombuffer(encoded, "<i4").astype(np.int32)
        self.lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        ends = np.cumsum(self.lengths)
        filled = self.lengths > 0
        self.first = np.zeros(len(self.codes), np.bool_)
        self.first[(ends - self.lengths)[filled]] = True
        self.last = np.zeros(len(self.codes), np.bool_)
        self.last[ends[filled] - 1] = True

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """Number of the text that each code point belongs to, shape (n,)."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    @property
    def syllables(self) -> Flags:
        """Which code points are composed Hangul syllables, shape (n,)."""
        return (self.codes >= _FIRST_SYLLABLE) & (self.codes <= _LAST_SYLLABLE)

    @property
    def white(self) -> Flags:
        """Which code points are white space, shape (n,)."""
        return _WHITE[np.minimum(self.codes, len(_WHITE) - 1)]

    def draws(self, stream: int = 0) -> Draws:
        """Return a number from 0 to 1 (excluded) for each code point, shape (n,).

        Args:
            stream: Another number, another draw.
        """
        return uniform(self.states(stream))

    def states(self, stream: int = 0) -> States:
        """Return the state that gives each code point's draw, shape (n,).

        Args:
            stream: As for :meth:`draws`.
        """
        starts = np.cumsum(self.lengths) - self.lengths
        places = (np.arange(len(self.codes)) - starts[self.rows] + 1).astype(np.uint64)
        return _keys(self._texts, self._seed, stream)[self.rows] + places * _STEP

    def after(self, flags: Flags) -> Flags:
        """Tell which code points come right after a flagged one of the same text."""
        shifted = np.zeros_like(flags)
        shifted[1:] = flags[:-1]
        return shifted & ~self.first

    def before(self, flags: Flags) -> Flags:
        """Tell which code points come right before a flagged one of the same text."""
        shifted = np.zeros_like(flags)
        shifted[:-1] = flags[1:]
        return shifted & ~self.last

    def texts_of(self, codes: NDArray[np.int32], counts: NDArray[np.int64]) -> list[str]:
        """Return the texts after each code point became ``counts`` others, given in ``codes``."""
        joined = codes.astype("<i4").tobytes().decode("utf-32-le", "surrogatepass")
        sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        return cut(joined, np.diff(sums[_offsets(self.lengths)]))


def draws_by_text(texts: Sequence[str], seed: Seed, stream: int = 0) -> Draws:
    """Return a number from 0 to 1 (excluded) for each text, shape (texts,).

    Args:
        texts: Any strings.
        seed: As for :class:`Codes`.
        stream: Another number, another draw.
    """
    return uniform(_keys(texts, seed, stream))


def uniform(states: States) -> Draws:
    """Return a number from 0 to 1 (excluded) for each state."""
    return np.ldexp((_mixed(states) >> np.uint64(11)).astype(np.float64), -53)


def cut(joined: str, lengths: NDArray[np.int64]) -> list[str]:
    """Cut a string into texts of these lengths."""
    offsets = _offsets(lengths).tolist()
    return [joined[start:end] for start, end in pairwise(offsets)]


def _offsets(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])


def _keys(texts: Sequence[str], seed: Seed, stream: int) -> States:
    """Hash each text, seed and stream to 64 bits, shape (texts,)."""
    entropy = (stream, *(seed if isinstance(seed, tuple) else (seed,)))
    (start,) = np.random.SeedSequence(entropy).generate_state(1, np.uint64)
    sums = (crc32(text.encode("utf-8", "surrogatepass")) for text in texts)
    return _mixed(np.fromiter(sums, np.uint64, len(texts)) * _STEP ^ start)


def _mixed(states: States) -> States:
    """Return SplitMix64's output for each state."""
    states = (states ^ (states >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    states = (states ^ (states >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return states ^ (states >> np.uint64(31))
