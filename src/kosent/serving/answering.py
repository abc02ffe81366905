"""A request to predict becomes its answer."""

from __future__ import annotations

import re
from typing import Any

from kosent.explanation.explain import FEWEST_EVALUATIONS, MOST_EVALUATIONS
from kosent.prediction.answers import answer, to_line
from kosent.prediction.predictor import Predicted
from kosent.prediction.thresholds import check_answers
from kosent.serving import refusals
from kosent.serving.asked import Asked
from kosent.serving.limits import MOST_EXPLAINED, MOST_TRACED
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
    traced = sum(len(text) * len(text.split()) for text in asked.texts) if asked.trace else 0
    if traced > MOST_TRACED:
        raise refusals.too_much_work(
            "어절마다 따라가기에는", "to be followed word by word", traced, MOST_TRACED
        )
    explained = FEWEST_EVALUATIONS * _characters(asked.texts) if asked.explain else 0
    if explained > MOST_EXPLAINED:
        raise refusals.too_much_work("설명하기에는", "to be explained", explained, MOST_EXPLAINED)


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
    if asked.explain:
        for found, each in zip(answers, explain(served, asked.texts), strict=True):
            found["explanation"] = each
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


def explain(served: Served, texts: list[str]) -> list[dict[str, Any]]:
    """Return what each part of each text adds to each label.

    The longer and the more the texts, the less often the model is asked about each of them, and
    the more eojeol make one part.
    """
    each = MOST_EXPLAINED // _characters(texts)
    evaluations = max(FEWEST_EVALUATIONS, min(MOST_EVALUATIONS, each))
    found = served.predictor.explain(texts, evaluations=evaluations)
    return [explanation.to_dict() for explanation in found]


def _characters(texts: list[str]) -> int:
    # A call of the model costs as much as some 100 characters.
    return sum(max(len(text), 100) for text in texts)
