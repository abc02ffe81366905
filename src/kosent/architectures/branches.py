"""What networks of two branches, a CNN beside a BiLSTM, share; in Keras and in ONNX alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

X = TypeVar("X")


def embedded_twice(table: Callable[[str], X], *, shared: bool) -> tuple[X, X]:
    """Return the embedded text of the CNN and of the BiLSTM.

    Args:
        table: Looks the text up in the table of that name: ``(B, T, E)``.
        shared: One table for both branches, or one each.
    """
    if shared:
        both = table("embedding")
        return both, both
    return table("embedding_cnn"), table("embedding_lstm")
