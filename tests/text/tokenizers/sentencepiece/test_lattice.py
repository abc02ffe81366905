"""All segmentations at once, against those written out one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from scipy.stats import chisquare

from kosent.text.tokenizers.sentencepiece.lattice import Lattice, drawn, lattice
from kosent.text.tokenizers.sentencepiece.steps import NOWHERE
from kosent.text.tokenizers.sentencepiece.trie import Trie

PIECES = ["?", "가", "나", "가나", "나가", "가나가", "다라마", "라"]
UNKNOWN = 0
SCORES = np.array([-3.0, -1.0, -1.5, -0.7, -2.0, -1.2, -0.1, -2.5])
DRAWS = 20_000


def found(text: str, copies: int = 1) -> Lattice:
    codes = np.array([ord(letter) for letter in text] * copies, np.int64)
    first = np.arange(len(codes)) % len(text) == 0
    return lattice(codes, first, Trie(PIECES[1:], range(1, len(PIECES))), UNKNOWN)


def all_of(text: str) -> Iterator[tuple[int, ...]]:
    """Give every segmentation; a character is unknown only if it is no piece itself."""
    if not text:
        yield ()
    for number, piece in enumerate(PIECES):
        single = number == UNKNOWN and text[:1] not in ("", *PIECES)
        if single or (number != UNKNOWN and text.startswith(piece)):
            rest = text[1 if single else len(piece) :]
            yield from ((number, *others) for others in all_of(rest))


@pytest.mark.parametrize("alpha", [0.2, 1.0])
@pytest.mark.parametrize("text", ["가", "하", "가나가나가", "하가나하", "나다라마가나"])
def test_segmentations_come_as_often_as_they_should(text: str, alpha: float) -> None:
    chances = np.random.default_rng(7).random(DRAWS * len(text))
    ends = drawn(found(text, DRAWS), SCORES * alpha, chances).reshape(DRAWS, -1)
    counts = Counter(tuple(row[row != NOWHERE].tolist()) for row in ends)
    possible = list(all_of(text))
    assert set(counts) <= set(possible)
    weights = np.exp([alpha * SCORES[list(each)].sum() for each in possible])
    expected = DRAWS * weights / weights.sum()
    assert (
        chisquare([counts[each] for each in possible], expected).pvalue > 0.001
        or len(possible) == 1
    )


def test_a_draw_does_not_depend_on_neighbours() -> None:
    """To the bit: the sums of a text are the same among others as alone."""
    words = ["가나가나가나가", "하", "나다라마", "가" * 40]
    codes = np.array([ord(letter) for letter in "".join(words)], np.int64)
    lengths = [len(word) for word in words]
    starts = np.cumsum(lengths) - lengths
    chances = np.random.default_rng(3).random(len(codes))
    first = np.isin(np.arange(len(codes)), starts)
    trie = Trie(PIECES[1:], range(1, len(PIECES)))
    together = drawn(lattice(codes, first, trie, UNKNOWN), SCORES, chances)
    alone = [
        drawn(
            lattice(codes[a : a + n], first[a : a + n], trie, UNKNOWN), SCORES, chances[a : a + n]
        )
        for a, n in zip(starts.tolist(), lengths, strict=True)
    ]
    assert together.tolist() == np.concatenate(alone).tolist()


def test_thousands_of_characters_neither_overflow_nor_vanish() -> None:
    text = "가나가하" * 2000
    ends = drawn(found(text), SCORES * 100, np.full(len(text), 0.5))
    numbers = ends[ends != NOWHERE]
    assert sum(len(PIECES[number]) for number in numbers) == len(text)
    assert set(numbers.tolist()) == {0, 5}  # 가나가 -1.2 against 가나 and 가 -1.7
