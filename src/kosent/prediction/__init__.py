"""Files of texts larger than memory: row by row in, line by line out."""

from kosent.corpora.readers.texts import BadRow, Rows, open_rows
from kosent.prediction.files import Summary, predict_file

__all__ = ["BadRow", "Rows", "Summary", "open_rows", "predict_file"]
