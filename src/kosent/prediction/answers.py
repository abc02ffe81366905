"""One text's answer: its label, or none where the confidence is too low."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

BLANK = "empty text"  # why a text of which cleaning leaves nothing gets no label


def verdict(
    labels: Sequence[str],
    row: Sequence[float],
    min_confidence: float | None = None,
    *,
    blank: bool = False,
    thresholds: Sequence[float] | None = None,
) -> dict[str, Any]:
    """Return a text's answer, ready for JSON.

    Args:
        labels: All labels.
        row: Their probabilities.
        min_confidence: The confidence that an answer needs, from 0 to 1.
        blank: Whether cleaning left nothing of the text.
        thresholds: The probability from which on each label is given, where a text may have
            several.

    Returns:
        ``label``: the most probable one, the first of equals. With ``min_confidence`` also ``top``
        and ``confidence``, which label that is and its probability; ``label`` is ``None`` where the
        confidence is too low. A blank text has the label ``None`` and a ``reason``. Where a text
        may have several, ``labels`` instead: a list of all that are given.
    """
    if thresholds is not None:
        given = zip(labels, row, thresholds, strict=True)
        listed = None if blank else [label for label, p, least in given if p >= least]
        return {"labels": listed, **({"reason": BLANK} if blank else {})}
    best = max(range(len(row)), key=row.__getitem__)
    answered = not blank and (min_confidence is None or row[best] >= min_confidence)
    found: dict[str, Any] = {"label": labels[best] if answered else None}
    if blank:
        found["reason"] = BLANK
    if min_confidence is not None:
        found |= {"top": labels[best], "confidence": row[best]}
    return found


_DIGITS = 6  # of a probability; it is float32


def answer(
    text: str,
    labels: list[str],
    row: list[float],
    min_confidence: float | None = None,
    *,
    blank: bool = False,
    thresholds: Sequence[float] | None = None,
) -> dict[str, Any]:
    """Return text, label and the probabilities of all labels; see :func:`verdict`.

    Args:
        text: The text.
        labels: All labels.
        row: Their probabilities.
        min_confidence: The confidence that an answer needs, from 0 to 1.
        blank: Whether cleaning left nothing of the text.
        thresholds: As for :func:`verdict`.
    """
    found = verdict(labels, row, min_confidence, blank=blank, thresholds=thresholds)
    if "confidence" in found:
        found["confidence"] = round(found["confidence"], _DIGITS)
    rounded = {label: round(p, _DIGITS) for label, p in zip(labels, row, strict=True)}
    return {"text": text, **found, "probabilities": rounded}


def to_line(document: dict[str, Any]) -> bytes:
    """Return a JSON document as one line of UTF-8; lone surrogates are escaped."""
    try:
        return (json.dumps(document, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:
        return (json.dumps(document) + "\n").encode()
