"""Ids of many texts whose tokens are their characters, from one array of code points.

List by list a review of NSMC takes 16 us, so 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kosent.text.encoding.encoded import EncodedTexts, offsets_of
from kosent.text.vocabulary import SPECIALS, UNKNOWN_ID, Vocabulary


def look_up(
    texts: Sequence[str], vocabulary: Vocabulary, drop_unknown: bool, longest: int, truncate: str
) -> tuple[EncodedTexts, list[int]]:
    """Return the ids of the characters of some texts, and which texts had too many.

    Args:
        texts: Any strings.
        vocabulary: The characters that have an id of their own.
        drop_unknown: Leave the others out.
        longest: Ids kept of a text; one that has none gets one unknown token.
        truncate: ``"post"`` keeps the first of them, ``"pre"`` the last.
    """
    encoded = _ids_of(texts, vocabulary)
    if drop_unknown:
        encoded = encoded.without_unknown()
    too_long: list[int] = np.flatnonzero(encoded.lengths > longest).tolist()
    return (encoded.trimmed(longest, truncate) if too_long else encoded), too_long


def _ids_of(texts: Sequence[str], vocabulary: Vocabulary) -> EncodedTexts:
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), "<u4")
    table = _table(vocabulary)
    ids = table[np.minimum(codes, len(table) - 1)]
    empty = lengths == 0
    if empty.any():
        ids = np.insert(ids, offsets_of(lengths)[:-1][empty], UNKNOWN_ID)
        lengths[empty] = 1
    return EncodedTexts(ids, offsets_of(lengths))


@lru_cache(maxsize=8)
def _table(vocabulary: Vocabulary) -> NDArray[np.int32]:
    """Return the ids of all code points up to the highest that has one, and of the next, unknown.

    Half a megabyte where there are emoji, and made in less than a millisecond.
    """
    tokens = vocabulary.entries[len(SPECIALS) :]
    codes = {ord(token): number for number, token in enumerate(tokens, 2) if len(token) == 1}
    table = np.full(max(codes, default=0) + 2, UNKNOWN_ID, np.int32)
    table[list(codes)] = list(codes.values())
    return table
