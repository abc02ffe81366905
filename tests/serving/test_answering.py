"""Answers are those of the library, whichever way a request goes."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from kosent.serving.models import Served

TEXTS = [
    "재미있을 줄  알았는데 완전 실망했다",
    " 최고!\n다시 볼래요 ",
    "",
    "ㅋㅋㅋ 안 봐요 👍",
    "a \ud800",
]


def test_together_is_as_one_at_a_time(ask: Any, pretrained: Served) -> None:
    async def together() -> list[Any]:
        async with ask.client() as client:
            sent = [
                client.post(
                    "/v1/predict",
                    content=json.dumps({"text": text}),
                    headers={"content-type": "application/json"},
                )
                for text in TEXTS * 10
            ]
            return [answer.json() for answer in await asyncio.gather(*sent)]

    found = [answer["predictions"][0]["probabilities"] for answer in asyncio.run(together())]
    for text, probabilities in zip(TEXTS * 10, found, strict=True):
        alone = pretrained.predictor.predict_proba([text])[0].tolist()
        assert list(probabilities.values()) == pytest.approx(alone, abs=1e-5)


def test_a_long_request_is_answered_like_a_short_one(ask: Any) -> None:
    short = ask.predict({"texts": TEXTS}).json()["predictions"]
    padded = ask.predict(json.dumps({"texts": TEXTS}) + " " * 40_000).json()["predictions"]
    assert [each["label"] for each in padded] == [each["label"] for each in short]
    for one, other in zip(padded, short, strict=True):
        assert one["probabilities"] == pytest.approx(other["probabilities"], abs=1e-5)


def test_a_trace_ends_where_the_eojeols_do(ask: Any, pretrained: Served) -> None:
    answers = ask.predict({"texts": TEXTS, "trace": True}).json()["predictions"]
    for text, answer in zip(TEXTS, answers, strict=True):
        ends = [step["end"] for step in answer["trace"]]
        words = text.split()
        assert [text[:end].split() for end in ends] == [
            words[: number + 1] for number in range(max(1, len(words)))
        ]
        steps = [row.tolist() for _, row in pretrained.predictor.trace(text)]
        for step, row in zip(answer["trace"], steps, strict=True):
            assert list(step["probabilities"].values()) == pytest.approx(row, abs=1e-5)


def test_an_explanation_adds_up(ask: Any) -> None:
    answers = ask.predict({"texts": TEXTS, "explain": True}).json()["predictions"]
    for text, answer in zip(TEXTS, answers, strict=True):
        explanation = answer["explanation"]
        assert explanation["text"] == text
        assert explanation["unit"] == "log-odds"
        parts = explanation["parts"]
        covered = "".join(text[part["start"] : part["end"]] for part in parts)
        assert "".join(covered.split()) == "".join(text.split())
        for label, p in explanation["probabilities"].items():
            assert p == pytest.approx(answer["probabilities"][label], abs=1e-4)
    assert {each["explanation"]["method"] for each in answers} <= {"linear", "shapley"}


def test_many_texts_are_explained_with_fewer_questions(ask: Any) -> None:
    text = " ".join(f"낱말{number}" for number in range(60))
    one = ask.predict({"text": text, "explain": True}).json()["predictions"]
    answer = ask.predict({"texts": [text] * 100, "explain": True})
    assert answer.status_code == 200, answer.text
    many = answer.json()["predictions"]
    assert len(one[0]["explanation"]["parts"]) == 60
    assert 1 < len(many[99]["explanation"]["parts"]) < 60
