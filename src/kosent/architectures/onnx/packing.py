"""Tables of vectors in four bits a number.

A number is a code from -7 to 7 times the scale of its group; a row has as few groups of equal size
as hold at most 256 numbers each. Two codes share a byte: the first half of a row's columns has the
low four bits, the second half the high ones, so that a row is put together again by laying one half
behind the other. Equal rows are stored once. Kiwi's vectors, for which it was made, are four bits a
number to begin with and lose nothing (``bench/accuracy/README.md``).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_GROUP = 256  # numbers of a row that have a scale of their own, at most
_HIGHEST = 7  # of a code
ZERO = 8  # what is stored for the code 0
_PRECISION = 12  # bits of a scale: seven times it is exact in float32, and so gives it again


class Packed(NamedTuple):
    """A table whose equal rows are stored once.

    Attributes:
        places: Which of the rows a token has, int32 ``(V,)``.
        codes: uint8 ``(R, W / 2)``, with ``W`` the columns of :func:`layout`.
        scales: float32 ``(R, G)``, 0 for what is all zeros.
    """

    places: npt.NDArray[np.int32]
    codes: npt.NDArray[np.uint8]
    scales: npt.NDArray[np.float32]


def pack(table: Array) -> Packed:
    """Reduce a table to four bits a number, as far as the largest of each group goes.

    Args:
        table: float32 ``(V, E)``.

    Returns:
        What :func:`unpack` makes a table of. Of that table it is the same again, byte for byte.
    """
    rows, size = table.shape
    groups, width = layout(size)
    wide = np.pad(np.asarray(table, np.float32), [(0, 0), (0, groups * width - size)])
    parts = wide.reshape(rows, groups, width)
    scales = _scales(parts)  # (V, G)
    divisors = np.where(scales > 0, scales, 1)[:, :, None]
    codes = np.rint(parts / divisors).clip(-_HIGHEST, _HIGHEST) + ZERO
    low, high = np.split(codes.astype(np.uint8).reshape(rows, -1), 2, axis=1)
    pairs: npt.NDArray[np.uint8] = np.bitwise_or(low, high << 4, dtype=np.uint8)
    first, places = _distinct(np.concatenate([pairs, scales.view(np.uint8)], axis=1))
    return Packed(places, pairs[first], scales[first])


def unpack(packed: Packed, size: int) -> npt.NDArray[np.float32]:
    """Return the table ``(V, size)`` that the network computes with."""
    groups, width = layout(size)
    codes = np.concatenate([packed.codes & 15, packed.codes >> 4], axis=1)
    parts = codes.reshape(-1, groups, width).astype(np.float32) - np.float32(ZERO)
    rows: npt.NDArray[np.float32] = parts * packed.scales[:, :, None]
    return rows.reshape(-1, groups * width)[packed.places, :size]


def layout(size: int) -> tuple[int, int]:
    """Return the number of a row's groups, and the numbers of each, an even number."""
    groups = -(-size // _GROUP)
    return groups, 2 * -(-size // (2 * groups))


def _scales(parts: Array) -> npt.NDArray[np.float32]:
    """Return the scale of each group ``(V, G)`` of ``(V, G, width)``, rounded up."""
    highest = np.abs(parts).max(axis=2).astype(np.float64)
    mantissa, exponent = np.frexp(highest / _HIGHEST)
    rounded = np.ceil(mantissa * 2**_PRECISION - 1e-6) / 2**_PRECISION
    scales: npt.NDArray[np.float32] = np.ldexp(rounded, exponent).astype(np.float32)
    return scales


def _distinct(rows: npt.NDArray[np.uint8]) -> tuple[list[int], npt.NDArray[np.int32]]:
    """Return where each different row comes first, and which of them each row is."""
    numbers: dict[bytes, int] = {}
    first: list[int] = []
    places = np.empty(len(rows), np.int32)
    for place, row in enumerate(rows):
        key = row.tobytes()
        number = numbers.setdefault(key, len(first))
        if number == len(first):
            first.append(place)
        places[place] = number
    return first, places
