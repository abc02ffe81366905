"""What may be asked."""

from __future__ import annotations

from typing import Any

import pytest

from kosent.serving.asked import Asked, asked
from kosent.serving.limits import Limits
from kosent.serving.refusals import Refusal

LIMITS = Limits(texts=3, characters=5)


def test_one_text_or_several() -> None:
    assert asked({"text": "가"}, LIMITS) == Asked(["가"])
    full = {"texts": ["", "가나다라마", "\ud800"], "model": "m", "trace": True, "explain": True}
    expected = Asked(full["texts"], "m", True, True, 0.5)  # type: ignore[arg-type]
    assert asked({**full, "min_confidence": 0.5}, LIMITS) == expected
    assert asked({"text": "가", "model": None, "min_confidence": None}, LIMITS) == Asked(["가"])


@pytest.mark.parametrize(
    ("document", "status", "code"),
    [
        (None, 422, "invalid_value"),
        ([], 422, "invalid_value"),
        ("text", 422, "invalid_value"),
        ({}, 422, "invalid_value"),
        ({"text": "a", "texts": ["b"]}, 422, "invalid_value"),
        ({"text": 1}, 422, "invalid_value"),
        ({"text": None}, 422, "invalid_value"),
        ({"text": ["a"]}, 422, "invalid_value"),
        ({"texts": "a"}, 422, "invalid_value"),
        ({"texts": []}, 422, "invalid_value"),
        ({"texts": ["a", None]}, 422, "invalid_value"),
        ({"texts": {"a": "b"}}, 422, "invalid_value"),
        ({"text": "a", "model": 1}, 422, "invalid_value"),
        ({"text": "a", "trace": 1}, 422, "invalid_value"),
        ({"text": "a", "explain": "yes"}, 422, "invalid_value"),
        ({"text": "a", "trace": None}, 422, "invalid_value"),
        ({"text": "a", "min_confidence": True}, 422, "invalid_value"),
        ({"text": "a", "min_confidence": "0.5"}, 422, "invalid_value"),
        ({"text": "a", "min_confidence": 1.01}, 422, "invalid_value"),
        ({"text": "a", "min_confidence": -1}, 422, "invalid_value"),
        ({"text": "a", "min_confidence": float("inf")}, 422, "invalid_value"),
        ({"text": "a", "min_confidence": 10**400}, 422, "invalid_value"),
        ({"text": "a", "modle": "m"}, 422, "unknown_key"),
        ({"texts": ["a"] * 4}, 422, "too_many_texts"),
        ({"text": "가나다라마바"}, 422, "text_too_long"),
        ({"texts": ["a", "가나다라마바"]}, 422, "text_too_long"),
    ],
)
def test_all_else_is_refused(document: Any, status: int, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        asked(document, LIMITS)
    assert (caught.value.status, caught.value.code) == (status, code)


def test_refusals_say_what_arrived_and_what_may() -> None:
    with pytest.raises(Refusal) as caught:
        asked({"texts": ["a", "가나다라마바"]}, LIMITS)
    english = caught.value.document("en")["error"]
    assert english["message"] == "text number 2 has 6 characters; 5 at most"
    assert (english["received"], english["limit"]) == (6, 5)
    with pytest.raises(Refusal, match="unknown_key") as caught:
        asked({"text": "a", "trase": True}, LIMITS)
    assert "'trace'" in caught.value.document("ko")["error"]["message"]
    with pytest.raises(Refusal) as caught:
        asked({"text": ["x" * 10_000]}, LIMITS)
    assert len(caught.value.document("ko")["error"]["received"]) < 100


def test_what_is_nested_deeply_can_be_refused() -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(Refusal, match="invalid_value"):
        asked({"text": deep}, LIMITS)
