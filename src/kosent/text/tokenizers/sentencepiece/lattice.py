"""All segmentations of many texts into pieces at once, and one of each drawn by its probability.

Forward filtering, backward sampling (Kudo, "Subword regularization", 2018, section 3.3): the sums
over all segmentations of each beginning are computed from left to right, and a segmentation is
drawn from right to left. Both treat all texts together, character by character of their segments.

A draw has to come out the same whatever stands beside a text. So sums over the pieces that end at a
place are taken for themselves, never as differences of sums over the whole array.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kosent.text.tokenizers.sentencepiece.steps import NOWHERE, Numbers
from kosent.text.tokenizers.sentencepiece.trie import Trie

Weights = NDArray[np.float64]


@dataclass(frozen=True)
class Lattice:
    """The pieces that a text can be made of, for some segments one after another.

    A node is a place after a character; nodes are numbered by their distance from the beginning of
    their segment. The edges to a node, the pieces that end there, stand together, longest first.

    Attributes:
        order: The character before each node, shape (n,).
        levels: The first node of each distance from 1 on, and the end, shape (longest + 1,).
        offsets: The first edge of each node, and the end, shape (n + 1,).
        sources: The node that each edge comes from, n for the beginning of a segment, shape (e,).
        pieces: The number of each edge's piece, shape (e,).
        finals: The last node of each segment, shape (segments,).
    """

    order: Numbers
    levels: Numbers
    offsets: Numbers
    sources: Numbers
    pieces: Numbers
    finals: Numbers


def lattice(codes: Numbers, first: NDArray[np.bool_], trie: Trie, unknown: int) -> Lattice:
    """Find all pieces in some segments.

    Args:
        codes: Code points of the segments, one after another, shape (n,), n > 0.
        first: Whether a code point is the first of its segment, shape (n,).
        trie: The pieces.
        unknown: The number of the piece for a character that is none.

    Returns:
        Their lattice, in which each segment has a segmentation.
    """
    starts = np.flatnonzero(first)
    sizes = np.diff(starts, append=len(codes))
    distances = np.arange(1, len(codes) + 1) - np.repeat(starts, sizes)  # (n,)
    order = np.argsort(distances, kind="stable")
    ranks = np.empty_like(order)
    ranks[order] = np.arange(len(order))
    found = _found(codes, np.repeat(sizes, sizes) - distances + 1, trie, unknown)
    counts = np.zeros(len(codes), np.int64)  # by rank
    for length, (begins, _) in enumerate(found, start=1):
        counts[ranks[begins + length - 1]] += 1  # each node has one edge of a length at most
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    free = offsets[:-1].copy()
    sources, pieces = np.empty((2, offsets[-1]), np.int64)
    for length, (begins, numbers) in reversed(list(enumerate(found, start=1))):
        ends = ranks[begins + length - 1]
        edges = free[ends]
        free[ends] += 1
        pieces[edges] = numbers
        sources[edges] = np.where(first[begins], len(codes), ranks[begins - 1])
    levels = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.bincount(distances)[1:])])
    return Lattice(order, levels, offsets, sources, pieces, ranks[starts + sizes - 1])


def _found(
    codes: Numbers, left: Numbers, trie: Trie, unknown: int
) -> list[tuple[Numbers, Numbers]]:
    """Give, for each length of pieces from 1 on, where they begin and their numbers."""
    begins = np.arange(len(codes))
    reached = trie.step(np.zeros_like(begins), codes)
    single = np.where(reached == NOWHERE, NOWHERE, trie.numbers[reached])
    found = [(begins, np.where(single == NOWHERE, unknown, single))]
    for length in range(2, trie.depth + 1):
        alive = (reached != NOWHERE) & (left[begins] >= length)
        begins = begins[alive]
        reached = trie.step(reached[alive], codes[begins + length - 1])
        numbers = np.where(reached == NOWHERE, NOWHERE, trie.numbers[reached])
        ending = numbers != NOWHERE
        found.append((begins[ending], numbers[ending]))
    return found


def drawn(given: Lattice, weights: Weights, chances: Weights) -> Numbers:
    """Draw a segmentation of each segment.

    Args:
        given: The lattice.
        weights: The logarithm of each piece's weight, by its number; a segmentation's probability
            is proportional to the product of its pieces' weights.
        chances: A number from 0 to 1 (excluded) for each character, shape (n,); that of the last
            character of a piece decides which piece it is.

    Returns:
        For each character the number of the piece that ends with it, or ``NOWHERE``, shape (n,).
    """
    shares, totals = _shares(given, weights)
    chosen = _chosen(shares, given.offsets, chances[given.order] * totals)
    result = np.full(len(given.order), NOWHERE, np.int64)
    nodes = given.finals
    while len(nodes):
        edges = chosen[nodes]
        result[given.order[nodes]] = given.pieces[edges]
        nodes = given.sources[edges]
        nodes = nodes[nodes < len(given.order)]
    return result


def _shares(given: Lattice, weights: Weights) -> tuple[Weights, Weights]:
    """Give each edge's share of what comes to its node, and the total of the shares of a node."""
    count = len(given.order)
    sums = np.zeros(count + 1)  # logarithms; that of a segment's beginning is 0
    shares, totals = weights[given.pieces], np.empty(count)
    for start, end in zip(given.levels[:-1].tolist(), given.levels[1:].tolist(), strict=True):
        low, high = int(given.offsets[start]), int(given.offsets[end])
        logarithms = shares[low:high] + sums[given.sources[low:high]]
        firsts = given.offsets[start:end] - low
        largest = np.maximum.reduceat(logarithms, firsts)
        logarithms -= np.repeat(largest, np.diff(firsts, append=high - low))
        shares[low:high] = np.exp(logarithms)
        totals[start:end] = np.add.reduceat(shares[low:high], firsts)
        sums[start:end] = largest + np.log(totals[start:end])
    return shares, totals


def _chosen(shares: Weights, offsets: Numbers, rest: Weights) -> Numbers:
    """Give of each node's edges the one in whose share a number below their total falls."""
    edges, last = offsets[:-1].copy(), offsets[1:] - 1
    nodes = np.flatnonzero(edges < last)
    rest = rest[nodes]
    while len(nodes):
        rest -= shares[edges[nodes]]
        further = rest >= 0
        nodes, rest = nodes[further], rest[further]
        edges[nodes] += 1
        open_ = edges[nodes] < last[nodes]
        nodes, rest = nodes[open_], rest[open_]
    return edges
