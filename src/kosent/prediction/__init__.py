"""Trained networks at work: one text's answer, and files of texts larger than memory.

The names of files, row by row in and line by line out, are loaded when they are first used: one
text's answer needs no reader of files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kosent.corpora.readers.rows import Row, Rows, open_rows
    from kosent.prediction.files import Summary, predict_file, predict_lines

__all__ = ["Row", "Rows", "Summary", "open_rows", "predict_file", "predict_lines"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from kosent.corpora.readers.rows import Row, Rows, open_rows
    from kosent.prediction.files import Summary, predict_file, predict_lines

    exported = (Row, Rows, Summary, open_rows, predict_file, predict_lines)
    return next(each for each in exported if each.__name__ == name)
