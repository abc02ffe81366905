"""Drawing by a BPE model: each merge is left out with the probability ``alpha``.

BPE-dropout (Provilkov et al., 2020) as the library does it: the merges that are possible are taken
from the best one down, and one that was left out stays out, whatever happens beside it. Here each
round merges the best pair of every segment at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kosent.text.codes import Flags, States, uniform
from kosent.text.tokenizers.sentencepiece.model import Kind, Piece
from kosent.text.tokenizers.sentencepiece.steps import NOWHERE, Numbers, Steps

# Odd numbers that give each pair a draw of its own.
_LEFT, _RIGHT = np.uint64(0xD1B54A32D192ED03), np.uint64(0xABC98388FB8FAC03)


@dataclass(frozen=True)
class _Symbols:
    """What the segments consist of at a time, one symbol after another.

    Attributes:
        numbers: Which symbol it is, shape (n,).
        lasts: Its last character, shape (n,).
        sizes: Its characters, shape (n,).
        owners: The segment it belongs to, ascending, shape (n,).
    """

    numbers: Numbers
    lasts: Numbers
    sizes: Numbers
    owners: Numbers

    def merged(self, left: Numbers, numbers: Numbers, open_: Flags) -> _Symbols:
        """Make one symbol of each of some pairs, and leave out those that are not open."""
        new = {name: value.copy() for name, value in vars(self).items()}
        new["numbers"][left] = numbers
        new["lasts"][left] = self.lasts[left + 1]
        new["sizes"][left] += self.sizes[left + 1]
        stays = open_.copy()
        stays[left + 1] = False
        return _Symbols(**{name: value[stays] for name, value in new.items()})


class Dropout:
    """Draws as the library's ``SampleEncode`` of BPE models does.

    Unused pieces take no part: they are never merged.

    Args:
        pieces: The model's pieces in the order of their ids.

    Attributes:
        longest: Characters of the longest segment; each merge in it takes a round.
    """

    longest = 512

    def __init__(self, pieces: Sequence[Piece]) -> None:
        (self._unknown,) = (n for n, piece in enumerate(pieces) if piece.kind == Kind.UNKNOWN)
        normal = {p.text: n for n, p in enumerate(pieces) if p.kind == Kind.NORMAL}
        self._user = {p.text: n for n, p in enumerate(pieces) if p.kind == Kind.USER_DEFINED}
        self._users = re.compile(
            "|".join(map(re.escape, sorted(self._user, key=len, reverse=True))), re.DOTALL
        )
        self._scores = np.array([piece.score for piece in pieces])
        symbols = _symbols(normal, self._user, len(pieces))
        self._count = len(pieces)
        letters = [(ord(text), number) for text, number in symbols.items() if len(text) == 1]
        codes, numbers = np.array(letters, np.int64).reshape(-1, 2).T
        self._letters = Steps(np.zeros_like(codes), codes, numbers)
        self._merges = _merges(normal, symbols)

    def __call__(self, codes: Numbers, first: Flags, states: States, alpha: float) -> Numbers:
        """Draw a segmentation of each segment, as ``Draw`` says."""
        ends = np.full(len(codes), NOWHERE, np.int64)
        now = self._begun(codes, first)
        while len(now.numbers):
            left, merged = self._possible(now, states, alpha)
            open_ = np.isin(now.owners, now.owners[left])
            ends[now.lasts[~open_]] = now.numbers[~open_]
            best = _best(self._scores[merged], now.owners[left])
            now = now.merged(left[best], merged[best], open_)
        ends[ends >= self._count] = self._unknown
        return ends

    def _begun(self, codes: Numbers, first: Flags) -> _Symbols:
        """Give the symbols to begin with: characters, and what the user defined."""
        symbols = self._letters(np.zeros_like(codes), codes)
        symbols[symbols == NOWHERE] = self._count
        inside = np.zeros(len(codes), np.bool_)  # a symbol that goes on
        if self._user:
            text = codes.astype("<u4").tobytes().decode("utf-32-le")
            starts = [*np.flatnonzero(first).tolist(), len(text)]
            for start, end in pairwise(starts):
                for match in self._users.finditer(text, start, end):
                    inside[match.start() : match.end() - 1] = True
                    symbols[match.end() - 1] = self._user[match.group()]
        lasts = np.flatnonzero(~inside)
        owners = np.cumsum(first, dtype=np.int64)[lasts]
        return _Symbols(symbols[lasts], lasts, np.diff(lasts, prepend=-1), owners)

    def _possible(self, now: _Symbols, states: States, alpha: float) -> tuple[Numbers, Numbers]:
        """Give the pairs that may be merged, by their left symbol, and what they become."""
        left = np.flatnonzero(now.owners[1:] == now.owners[:-1])
        merged = self._merges(now.numbers[left], now.numbers[left + 1])
        left, merged = left[merged != NOWHERE], merged[merged != NOWHERE]
        # Where a pair is and how long its sides are decides: as long as both stay, it stays.
        sizes = now.sizes.astype(np.uint64)
        own = states[now.lasts[left]] + sizes[left] * _LEFT + sizes[left + 1] * _RIGHT
        kept = uniform(own) >= alpha
        return left[kept], merged[kept]


def _symbols(normal: dict[str, int], user: dict[str, int], count: int) -> dict[str, int]:
    """Number what can be merged: pieces, and characters that are only parts of pieces."""
    characters = sorted(set("".join(normal)) - set(normal) - set(user))
    return normal | {character: count + 1 + n for n, character in enumerate(characters)}


def _merges(normal: dict[str, int], symbols: dict[str, int]) -> Steps:
    """Make the table of the pairs of symbols whose texts together are a piece."""
    found = [
        (symbols[piece[:place]], symbols[piece[place:]], number)
        for piece, number in normal.items()
        for place in range(1, len(piece))
        if piece[:place] in symbols and piece[place:] in symbols
    ]
    firsts, seconds, results = np.array(found, np.int64).reshape(-1, 3).T
    return Steps(firsts, seconds, results)


def _best(scores: NDArray[np.float64], owners: Numbers) -> Numbers:
    """Give, of each owner, the place of its best score, the first of equal ones."""
    if not len(owners):
        return owners
    firsts = np.flatnonzero(np.diff(owners, prepend=NOWHERE))
    top = np.maximum.reduceat(scores, firsts)
    best: Numbers = np.flatnonzero(scores == np.repeat(top, np.diff(firsts, append=len(owners))))
    leftmost: Numbers = best[np.diff(owners[best], prepend=NOWHERE) != 0]
    return leftmost
