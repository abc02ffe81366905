"""What an interrupted file holds: whole rows, and perhaps the beginning of one more."""

from __future__ import annotations

from typing import BinaryIO, NamedTuple

from kosent.corpora.readers.rows import Row
from kosent.prediction.predictor import Predicted

_BLOCK = 1024**2


class WholeRows(NamedTuple):
    """The whole rows of a file.

    Attributes:
        rows: How many there are, the head among them.
        begin: The first bytes of the file, a megabyte at most.
        last: The last of the rows.
        end: Where it ends.
    """

    rows: int
    begin: bytes
    last: bytes
    end: int


def whole_rows(file: BinaryIO, is_quoted: bool) -> WholeRows:
    """Find the whole rows of a file, in constant memory.

    Args:
        file: The file, at its beginning.
        is_quoted: Whether a line end between quotes ends no row. A quote within a cell is doubled,
            so that counting them is enough.
    """
    rows = last = end = at = 0
    is_inside = False
    while block := file.read(_BLOCK):
        pieces = block.split(b'"') if is_quoted else [block]
        for number, piece in enumerate(pieces):
            if number:
                is_inside = not is_inside
                at += 1
            ends = 0 if is_inside else piece.count(b"\n")
            if ends:
                final = piece.rindex(b"\n")
                last = at + piece.rindex(b"\n", 0, final) + 1 if ends > 1 else end
                rows, end = rows + ends, at + final + 1
            at += len(piece)
    file.seek(0)
    begin = file.read(_BLOCK)
    file.seek(last)
    return WholeRows(rows, begin, file.read(end - last), end)


def left_of(rows: list[Row], found: Predicted, skip: int) -> tuple[list[Row], Predicted]:
    """Return rows and what they got without the first of them.

    Args:
        rows: Rows, good and bad.
        found: What the good ones got.
        skip: How many rows are left out.
    """
    texts = sum(not row.fault for row in rows[:skip])
    blank, cut = ([row - texts for row in each if row >= texts] for each in found[1:])
    return rows[skip:], Predicted(found.probabilities[texts:], blank, cut)
