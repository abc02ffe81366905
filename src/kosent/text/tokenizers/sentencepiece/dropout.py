"""Drawing by a BPE model: each merge is left out with the probability ``alpha``.

BPE-dropout (Provilkov et al., 2020) as the library does it: the merges that are possible are taken
from the best one down, and one that was left out stays out, whatever happens beside it. Here each
round merges the best pair of every segment at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from kosent.text.codes import Flags, States, uniform
from kosent.text.tokenizers.sentencepiece.model import Kind, Piece
from kosent.text.tokenizers.sentencepiece.steps import NOWHERE, Numbers, Steps

# Odd numbers that give each pair a draw of its own.
_LEFT, _RIGHT = np.uint64(0xD1B54A32D192ED03), np.uint64(0xABC98388FB8FAC03)


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
        """Draw a segmentation of each segment; :data:`Draw` says of what and how."""
        ends = np.full(len(codes), NOWHERE, np.int64)
        symbols, lasts = self._begun(codes, first)
        owners = np.cumsum(first)[lasts] - 1
        while len(symbols):
            left, merged = self._possible(symbols, lasts, owners, states, alpha)
            open_ = np.isin(owners, owners[left])
            ends[lasts[~open_]] = symbols[~open_]
            best = _best(self._scores[merged], owners[left])
            taken = left[best]
            symbols[taken], lasts[taken] = merged[best], lasts[taken + 1]
            open_[taken + 1] = False
            symbols, lasts, owners = symbols[open_], lasts[open_], owners[open_]
        ends[ends >= self._count] = self._unknown
        return ends

    def _begun(self, codes: Numbers, first: Flags) -> tuple[Numbers, Numbers]:
        """Give the symbols to begin with, characters and what the user defined, and their ends."""
        symbols = self._letters(np.zeros_like(codes), codes)
        symbols[symbols == NOWHERE] = self._count
        inside = np.zeros(len(codes), np.bool_)  # a symbol that goes on
        if self._user:
            text = codes.astype("<u4").tobytes().decode("utf-32-le")
            starts = [*np.flatnonzero(first).tolist(), len(text)]
            for start, end in zip(starts, starts[1:], strict=False):
                for match in self._users.finditer(text, start, end):
                    inside[match.start() : match.end() - 1] = True
                    symbols[match.end() - 1] = self._user[match.group()]
        lasts = np.flatnonzero(~inside)
        return symbols[lasts], lasts

    def _possible(
        self, symbols: Numbers, lasts: Numbers, owners: Numbers, states: States, alpha: float
    ) -> tuple[Numbers, Numbers]:
        """Give the pairs that may be merged, by their left symbol, and what they become."""
        left = np.flatnonzero(owners[1:] == owners[:-1])
        merged = self._merges(symbols[left], symbols[left + 1])
        left, merged = left[merged != NOWHERE], merged[merged != NOWHERE]
        # A pair's chance depends on where it is and how long its sides are: it stays the same for
        # as long as both sides stay.
        starts = np.concatenate([np.zeros(1, np.int64), lasts[:-1] + 1])
        before = (lasts[left] - starts[left]).astype(np.uint64)
        after = (lasts[left + 1] - lasts[left]).astype(np.uint64)
        kept = uniform(states[lasts[left]] + before * _LEFT + after * _RIGHT) >= alpha
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


def _best(scores: np.ndarray[tuple[int], np.dtype[np.float64]], owners: Numbers) -> Numbers:
    """Give, of each owner, the place of its best score, the first of equal ones."""
    if not len(owners):
        return owners
    firsts = np.flatnonzero(np.diff(owners, prepend=NOWHERE))
    top = np.maximum.reduceat(scores, firsts)
    best = np.flatnonzero(scores == np.repeat(top, np.diff(firsts, append=len(owners))))
    return best[np.diff(owners[best], prepend=NOWHERE) != 0]
