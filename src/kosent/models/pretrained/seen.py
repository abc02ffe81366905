"""Which texts the packaged model of reviews has learned from: a filter, since there are 600,000.

A model must not be judged by texts that it has learned: it knows 97 % of NSMC's training split (of
the test split 0.8 %, as of any texts), and 5 % of KODOLI. The filter holds no text, and may take
one in a hundred others for one of them (Bloom 1970, "Space/Time Trade-offs in Hash Coding with
Allowable Errors").
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kosent.corpora.copies import text_key

PATH = Path(__file__).with_name("reviews.seen")
_HASHES = 7
BITS_A_TEXT = 10  # with seven hashes 0.8 % of other texts are taken for known ones


def seen(texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Return which texts the packaged model of reviews has learned from ``(n,)``.

    Spacing at the ends, runs of it and the form of Unicode make no difference.
    """
    bits = np.frombuffer(PATH.read_bytes(), np.uint8)
    places = _places(texts, 8 * len(bits))
    known: npt.NDArray[np.bool_] = (bits[places >> 3] >> (places & 7) & 1).all(axis=1)
    return known


def filter_of(texts: Iterable[str]) -> bytes:
    """Return the filter of texts, the same for the same texts in any order."""
    keys = sorted({text_key(text) for text in texts})
    size = BITS_A_TEXT * len(keys) // 8 + 1
    flags = np.zeros(8 * size, np.bool_)
    flags[_places(keys, 8 * size)] = True
    return np.packbits(flags, bitorder="little").tobytes()


def _places(texts: Sequence[str], bits: int) -> npt.NDArray[np.uint64]:
    """Return the bits of each text ``(n, 7)``: of two hashes the rest are made."""
    digests = b"".join(
        hashlib.blake2b(text_key(text).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        for text in texts
    )
    pairs = np.frombuffer(digests, "<u8").reshape(-1, 2)
    steps = np.arange(_HASHES, dtype=np.uint64)
    with np.errstate(over="ignore"):
        whole: npt.NDArray[np.uint64] = pairs[:, :1] + steps * (pairs[:, 1:] | np.uint64(1))
    return whole % np.uint64(bits)
