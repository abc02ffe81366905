"""Pieces looked up by their characters, from many places of many texts at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kosent.text.tokenizers.sentencepiece.steps import NOWHERE, Steps


class Trie:
    """Finds pieces that start at a place. Its nodes are beginnings of pieces.

    Args:
        pieces: Different texts, none of them empty.
        numbers: What each of them is called, from 0 on.

    Attributes:
        depth: Characters of the longest piece.
        numbers: The piece that ends at each node, or ``NOWHERE``, shape (nodes,). Node 0 is the
            root.
        step: The node that each node and code point lead to, or ``NOWHERE``.
    """

    def __init__(self, pieces: Sequence[str], numbers: Sequence[int]) -> None:
        lengths = np.fromiter(map(len, pieces), np.int64, len(pieces))
        codes = np.fromiter(map(ord, "".join(pieces)), np.int64)
        starts = np.cumsum(lengths) - lengths
        nodes, rows = np.zeros(len(pieces), np.int64), np.arange(len(pieces))
        self.depth = int(lengths.max(initial=0))
        steps = [np.zeros((0, 2), np.int64)]
        count = 1
        for place in range(self.depth):
            rows = rows[lengths[rows] > place]
            taken = np.stack([nodes[rows], codes[starts[rows] + place]], axis=1)
            different, inverse = np.unique(taken, axis=0, return_inverse=True)
            nodes[rows] = count + inverse
            steps.append(different)
            count += len(different)
        self.numbers = np.full(count, NOWHERE, np.int64)
        self.numbers[nodes] = numbers
        firsts, seconds = np.concatenate(steps).T
        self.step = Steps(firsts, seconds, np.arange(1, count))
