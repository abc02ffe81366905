"""The OpenAPI document: what it says is what the server does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from kosent.language import Message
from kosent.serving import refusals
from kosent.serving.limits import Limits
from kosent.serving.openapi import described, localized


def values(document: Any) -> Iterator[Any]:
    yield document
    if isinstance(document, dict | list):
        for each in document.values() if isinstance(document, dict) else document:
            yield from values(each)


def test_it_speaks_both_languages(ask: Any) -> None:
    korean = ask("GET", "/openapi.json").json()
    english = ask("GET", "/openapi.json", headers={"accept-language": "en"}).json()
    assert "분류" in korean["paths"]["/v1/predict"]["post"]["summary"]
    described_in = [each["description"] for each in values(english) if has_description(each)]
    assert described_in
    assert not [each for each in described_in if re.search("[가-힣]", each)]


def has_description(each: Any) -> bool:
    return isinstance(each, dict) and isinstance(each.get("description"), str)


def test_limits_are_those_of_the_server() -> None:
    document = described(Limits(texts=7, characters=11), token=False)
    request = document["components"]["schemas"]["Request"]["properties"]
    assert request["texts"]["maxItems"] == 7
    assert request["text"]["maxLength"] == request["texts"]["items"]["maxLength"] == 11
    assert not [each for each in values(localized(document, "ko")) if isinstance(each, Message)]


def test_every_refusal_is_listed() -> None:
    """Whatever refusals.py can refuse a request to predict with stands in the document."""
    listed = described(Limits(), token=True)["paths"]["/v1/predict"]["post"]["responses"]
    source = re.findall(r"Refusal\(\s*(\d{3}),", Path(refusals.__file__).read_text("utf-8"))
    assert {status for status in source if status != "499"} <= set(listed)


def test_references_lead_somewhere(ask: Any) -> None:
    document = ask("GET", "/openapi.json").json()
    names = document["components"]["schemas"]
    references = [
        each["$ref"] for each in values(document) if isinstance(each, dict) and "$ref" in each
    ]
    assert references
    assert {each.removeprefix("#/components/schemas/") for each in references} <= set(names)


def test_the_page_shows_it_and_needs_nothing_from_elsewhere(ask: Any) -> None:
    for language, word in (("ko", "분류"), ("en", "classify")):
        page = ask("GET", "/docs", headers={"accept-language": language})
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert word in page.text
        assert f'lang="{language}"' in page.text
        links = re.findall(r'(?:href|src)="([^"]*)"', page.text)
        assert links
        assert all(link.startswith(("#", "/")) and not link.startswith("//") for link in links)
        assert "<script" not in page.text
        assert "style=" not in page.text
        targets = set(re.findall(r'id="([^"]*)"', page.text))
        assert {link[1:] for link in links if link.startswith("#")} <= targets
    assert ask("GET", "/docs.css").headers["content-type"] == "text/css; charset=utf-8"


@pytest.fixture
def schema(ask: Any) -> Any:
    """Return the document as schemathesis reads it, which asks the application of it."""
    import schemathesis  # takes 2 s

    return schemathesis.openapi.from_asgi("/openapi.json", ask.app)


@pytest.mark.parametrize(
    ("operation", "kind", "examples"),
    [
        ("predict", "POSITIVE", 30),
        ("predict", "NEGATIVE", 60),
        ("models", "POSITIVE", 2),
        ("live", "POSITIVE", 2),
        ("ready", "POSITIVE", 2),
        ("metrics", "POSITIVE", 2),
    ],
)
def test_whatever_is_asked_the_answer_is_one_that_is_listed(
    schema: Any, operation: str, kind: str, examples: int
) -> None:
    from schemathesis import GenerationMode

    found = schema.find_operation_by_id(operation)

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=found.as_strategy(generation_mode=GenerationMode[kind]))
    def run(case: Any) -> None:
        case.call_and_validate()

    run()
