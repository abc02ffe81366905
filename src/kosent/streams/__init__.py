"""Files of texts larger than memory: row by row in, line by line out."""

from kosent.streams.answers import Summary, predict_file
from kosent.streams.rows import BadRow, Rows, open_rows

__all__ = ["BadRow", "Rows", "Summary", "open_rows", "predict_file"]
