"""What a request to predict asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kosent.serving import refusals
from kosent.serving.limits import Limits

KEYS = ("text", "texts", "model", "trace", "explain", "min_confidence")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to predict, checked.

    Attributes:
        texts: The texts.
        model: The model's name; the default one where it is ``None``.
        trace: Whether the probabilities after each eojeol are asked for.
        explain: Whether what each part of a text contributes is.
        min_confidence: The confidence that an answer needs.
    """

    texts: list[str]
    model: str | None = None
    trace: bool = False
    explain: bool = False
    min_confidence: float | None = None

    @property
    def slow(self) -> bool:
        """Whether it takes more than one look of the model at each text."""
        return self.trace or self.explain


def asked(document: Any, limits: Limits) -> Asked:
    """Check a request.

    Args:
        document: Its JSON.
        limits: What it may hold.

    Raises:
        Refusal: If it holds something else, or too much.
    """
    if not isinstance(document, dict):
        raise refusals.wrong_value("body", document, "JSON 객체여야", "a JSON object")
    for name in document:
        if name not in KEYS:
            raise refusals.unknown_key(name, KEYS)
    return Asked(
        _texts(document, limits),
        _model(document.get("model")),
        _switch(document, "trace"),
        _switch(document, "explain"),
        _confidence(document.get("min_confidence")),
    )


def _texts(document: dict[str, Any], limits: Limits) -> list[str]:
    if ("text" in document) == ("texts" in document):
        raise refusals.wrong_value(
            "text",
            sorted(document),
            "texts와 함께 쓰지 않고 둘 중 하나를 주어야",
            'given, or "texts", one of the two',
        )
    name = "texts" if "texts" in document else "text"
    texts = document[name] if name == "texts" else [document[name]]
    if not isinstance(texts, list) or not texts:
        raise refusals.wrong_value(
            name, texts, "문자열이 하나 이상 든 목록이어야", "a list of one string or more"
        )
    if len(texts) > limits.texts:
        raise refusals.too_many_texts(len(texts), limits.texts)
    for place, text in enumerate(texts):
        if not isinstance(text, str):
            place_of = name if name == "text" else f"{name}[{place}]"
            raise refusals.wrong_value(place_of, text, "문자열이어야", "a string")
        if len(text) > limits.characters:
            raise refusals.text_too_long(place, len(text), limits.characters)
    return texts


def _model(given: Any) -> str | None:
    if given is not None and not isinstance(given, str):
        raise refusals.wrong_value("model", given, "모델의 이름이어야", "a model's name")
    return given


def _switch(document: dict[str, Any], name: str) -> bool:
    given = document.get(name, False)
    if not isinstance(given, bool):
        raise refusals.wrong_value(name, given, "true 또는 false여야", "true or false")
    return given


def _confidence(given: Any) -> float | None:
    if given is None:
        return None
    number = isinstance(given, int | float) and not isinstance(given, bool)
    if not number or not 0 <= given <= 1:  # which NaN is not either
        raise refusals.wrong_value(
            "min_confidence", given, "0에서 1 사이의 수여야", "a number from 0 to 1"
        )
    return float(given)
