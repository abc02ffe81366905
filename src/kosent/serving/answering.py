"""A request to predict becomes its answer."""

from __future__ import annotations

import re
from typing import Any

from kosent.prediction.answers import answer, to_line
from kosent.prediction.predictor import Predicted
from kosent.prediction.thresholds import check_answers
from kosent.serving import refusals
from kosent.serving.asked import Asked
from kosent.serving.limits import MOST_TRACED
from kosent.serving.models import Served

_EOJEOL = re.compile(r"\S+")  # what str.split() gives
_DIGITS = 6  # of a probability; it is float32


def check(asked: Asked, served: Served) -> None:
    """Refuse what a model cannot be asked.

    Raises:
        UsageError: If it has no one confidence.
        Refusal: If it would take too long.
    """
    check_answers(asked.min_confidence, served.predictor.thresholds_ is not None)
    if asked.trace:
        work = sum(len(text) * len(text.split()) for text in asked.texts)
        if work > MOST_TRACED:
            raise refusals.too_much_work(
                "어절마다 따라가기에는", "to be followed word by word", work, MOST_TRACED
            )


def answered(asked: Asked, served: Served) -> bytes:
    """Return the answer to a request, computed here and now."""
    return document(asked, served, served.predictor.predict_all(asked.texts))


def document(asked: Asked, served: Served, predicted: Predicted) -> bytes:
    """Return the answer to a request whose texts were predicted, as JSON."""
    blank = set(predicted.blank)
    rows = zip(asked.texts, predicted.probabilities.tolist(), strict=True)
    answers = [
        answer(
            text,
            served.labels,
            row,
            asked.min_confidence,
            blank=number in blank,
            thresholds=served.predictor.thresholds_,
        )
        for number, (text, row) in enumerate(rows)
    ]
    if asked.trace:
        for found in answers:
            found["trace"] = trace(served, found["text"])
    return to_line({"model": served.name, "version": served.version, "predictions": answers})


def trace(served: Served, text: str) -> list[dict[str, Any]]:
    """Return the probabilities after each eojeol of a text.

    Returns:
        ``end``, the offset in code points at which an eojeol ends in the text as it was typed, and
        ``probabilities``; of a text without eojeols those of the text.
    """
    ends = [found.end() for found in _EOJEOL.finditer(text)] or [len(text)]
    steps = served.predictor.trace(text)
    return [
        {
            "end": end,
            "probabilities": {
                label: round(p, _DIGITS)
                for label, p in zip(served.labels, row.tolist(), strict=True)
            },
        }
        for end, (_, row) in zip(ends, steps, strict=True)
    ]
