"""Drawing by a unigram model: each segmentation by its probability to the power of ``alpha``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kosent.text.codes import Flags, States, uniform
from kosent.text.tokenizers.sentencepiece.lattice import drawn, lattice
from kosent.text.tokenizers.sentencepiece.model import Kind, Piece
from kosent.text.tokenizers.sentencepiece.steps import Numbers
from kosent.text.tokenizers.sentencepiece.trie import Trie

# Scores as the library's: a character that is no piece has the smallest one less 10, and a piece
# that the user defined nearly always wins.
_UNKNOWN_PENALTY = 10.0
_USER_BONUS = 0.1


class Unigram:
    """Draws as the library's ``SampleEncode`` over all segmentations does.

    Args:
        pieces: The model's pieces in the order of their ids.

    Attributes:
        longest: Characters of the longest segment; each distance from its beginning takes a step.
        scores: The logarithm of each piece's weight at an ``alpha`` of 1, shape (pieces,).
    """

    longest = 8000

    def __init__(self, pieces: Sequence[Piece]) -> None:
        (self._unknown,) = (n for n, piece in enumerate(pieces) if piece.kind == Kind.UNKNOWN)
        found = [n for n, p in enumerate(pieces) if p.kind in (Kind.NORMAL, Kind.USER_DEFINED)]
        self._trie = Trie([pieces[number].text for number in found], found)
        self.scores = np.array([_score(piece) for piece in pieces])
        normal = (piece.score for piece in pieces if piece.kind == Kind.NORMAL)
        self.scores[self._unknown] = min(normal, default=0.0) - _UNKNOWN_PENALTY

    def __call__(self, codes: Numbers, first: Flags, states: States, alpha: float) -> Numbers:
        """Draw a segmentation of each segment, as ``Draw`` says."""
        possible = lattice(codes, first, self._trie, self._unknown)
        return drawn(possible, self.scores * alpha, uniform(states))


def _score(piece: Piece) -> float:
    if piece.kind == Kind.USER_DEFINED:
        return _USER_BONUS * (len(piece.text) - 1)
    return piece.score
