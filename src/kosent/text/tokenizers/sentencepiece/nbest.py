"""Drawing among the best segmentations of a unigram model, by their probability to ``alpha``.

The library finds them, in the same way in every process; which of them it is, text and seed decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from kosent.text.codes import Seed, draws_by_text
from kosent.text.tokenizers.sentencepiece.model import Kind, Piece
from kosent.text.tokenizers.sentencepiece.unigram import Unigram

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor


class NBest:
    """Draws as the library does from so many best ones.

    Args:
        model: The loaded model.
        pieces: Its pieces in the order of their ids.
    """

    def __init__(self, model: SentencePieceProcessor, pieces: Sequence[Piece]) -> None:
        self._model = model
        known = [piece.kind in (Kind.NORMAL, Kind.USER_DEFINED) for piece in pieces]
        scores = Unigram(pieces).scores
        # What a piece adds to a text's score, which starts as that of unknown characters alone.
        (unknown,) = (scores[n] for n, piece in enumerate(pieces) if piece.kind == Kind.UNKNOWN)
        sizes = np.array([len(piece.text) for piece in pieces])
        self._worth = np.where(known, scores - sizes * unknown, 0.0)  # (pieces,)

    def ids(self, texts: Sequence[str], seed: Seed, alpha: float, count: int) -> list[list[int]]:
        """Draw a segmentation of each text.

        Args:
            texts: At most 8,000 characters each.
            seed: Whole numbers from 0 on.
            alpha: The exponent of the probabilities, above 0.
            count: How many best ones are drawn from.

        Returns:
            The ids of each text's pieces, in the model's own order.
        """
        chances = draws_by_text(texts, seed).tolist()
        return [
            self._one(text, chance, alpha, count)
            for text, chance in zip(texts, chances, strict=True)
        ]

    def _one(self, text: str, chance: float, alpha: float, count: int) -> list[int]:
        found: list[list[int]] = self._model.nbest_encode(text, nbest_size=count, out_type=int)
        scores = alpha * np.array([self._worth[row].sum() for row in found])  # (found,)
        sums = np.cumsum(np.exp(scores - scores.max()))
        return found[int(np.searchsorted(sums, chance * sums[-1], "right"))]
