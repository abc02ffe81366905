"""The reader's language."""

from __future__ import annotations


def said(korean: str, english: str) -> str:
    """Return a text in the reader's language."""
    return f"{korean} / {english}"
