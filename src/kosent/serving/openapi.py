"""The OpenAPI document, and the page made from it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from kosent.language import Message
from kosent.serving.caller import Spoken
from kosent.serving.limits import HEADER_BYTES, Limits
from kosent.serving.schemas import schemas
from kosent.support.version import __version__

_FOLDER = Path(__file__).with_name("docs")
STYLE = _FOLDER / "docs.css"

_EXAMPLE = "재미있을 줄 알았는데 완전 실망했다"

# What each status of an answer means.
_MEANINGS: dict[int, Message] = {
    400: Message("JSON이 아니거나 HTTP가 아님", "no JSON, or no HTTP"),
    401: Message("토큰이 없거나 틀림", "no token, or a wrong one"),
    404: Message("없는 경로나 모델", "no such path or model"),
    405: Message("없는 메서드", "no such method"),
    408: Message("요청이 제때 오지 않음", "the request did not come in time"),
    413: Message("너무 큰 본문, 너무 오래 걸릴 일", "too large a body, or too much work"),
    415: Message("JSON이 아닌 종류, 줄인 본문", "another type than JSON, or a packed body"),
    421: Message("이 서버의 이름이 아닌 Host", "a Host by which the server does not go"),
    422: Message(
        "틀린 키나 값, 너무 길거나 많은 글", "a wrong key or value, too long or too many texts"
    ),
    431: Message(
        f"머리글이 {HEADER_BYTES:,}바이트를 넘음", f"a header of over {HEADER_BYTES:,} bytes"
    ),
    500: Message("서버나 모델의 잘못", "a fault of the server or of a model"),
    503: Message(
        "요청이 너무 많거나 끝내는 중. Retry-After 초 뒤에",
        "too many requests, or stopping; again after Retry-After seconds",
    ),
    504: Message("제때 답하지 못함", "no answer in time"),
}
_ANYWHERE = (400, 405, 408, 421, 431, 500, 503)


def described(limits: Limits, *, token: bool) -> dict[str, Any]:
    """Return the OpenAPI document, with texts in both languages.

    Args:
        limits: What a request may take.
        token: Whether a token must be shown.
    """
    components: dict[str, Any] = {"schemas": schemas(limits)}
    if token:
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "kosent",
            "version": __version__,
            "description": Message(
                "저장된 모델로 글을 분류합니다. 오류는 모두 code와 message가 있는 JSON이며, "
                "message는 Accept-Language의 언어입니다(ko, en).",
                "Classifies texts with saved models. Every error is JSON with a code and a "
                "message, which is in the language of Accept-Language (ko, en).",
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": _paths(token),
        "components": components,
    }


def localized(document: Any, language: Spoken) -> Any:
    """Return a document with its texts in one language."""
    if isinstance(document, Message):
        return document.korean if language == "ko" else document.english
    if isinstance(document, Mapping):
        return {key: localized(value, language) for key, value in document.items()}
    if isinstance(document, list):
        return [localized(value, language) for value in document]
    return document


def page(document: Mapping[str, Any], language: Spoken) -> str:
    """Return the page that shows a document, which needs nothing but ``docs.css``."""
    made: str = _template().render(api=document, language=language)
    return made


@lru_cache(1)
def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    return environment.get_template("docs.html")


def _paths(token: bool) -> dict[str, Any]:
    safe: dict[str, Any] = {"security": [{"token": []}]} if token else {}
    guarded = (401,) if token else ()
    return {
        "/v1/predict": {"post": {**_predict(guarded), **safe}},
        "/v1/models": {
            "get": {
                "operationId": "models",
                "summary": Message("모델들", "the models"),
                "responses": _responses(_json("Models"), *guarded),
                **safe,
            }
        },
        "/health/live": {
            "get": {
                "operationId": "live",
                "summary": Message("살아 있는지", "whether the server lives"),
                "responses": _responses(_json("Health")),
            }
        },
        "/health/ready": {
            "get": {
                "operationId": "ready",
                "summary": Message(
                    "요청을 받는지. 끝내기 시작하면 503",
                    "whether it takes requests; 503 as it stops",
                ),
                "responses": _responses(_json("Health")),
            }
        },
        "/metrics": {
            "get": {
                "operationId": "metrics",
                "summary": Message("Prometheus가 읽을 수치", "figures for Prometheus"),
                "responses": _responses({"text/plain": {"schema": {"type": "string"}}}, *guarded),
                **safe,
            }
        },
    }


def _predict(guarded: tuple[int, ...]) -> dict[str, Any]:
    return {
        "operationId": "predict",
        "summary": Message("글을 분류합니다", "classify texts"),
        "description": Message(
            "text 하나, 또는 texts 여럿. 같은 순간에 온 요청은 모델을 한 번에 부릅니다. 짝이 없는 "
            "서러게이트(\\ud800)도 받으며, 답에서 JSON 이스케이프로 돌려줍니다.",
            "One text, or several texts. Requests that come at the same moment share a call of "
            "the model. Lone surrogates (\\ud800) are taken, and answered as JSON escapes.",
        ),
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/Request"},
                    "example": {"text": _EXAMPLE},
                }
            },
        },
        "responses": _responses(_json("Response"), *guarded, 404, 413, 415, 422, 504),
    }


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _responses(content: Mapping[str, Any], *refused: int) -> dict[str, Any]:
    """Return the answer that is hoped for, and the refusals beside those that any path has."""
    found: dict[str, Any] = {
        "200": {"description": Message("답", "the answer"), "content": content}
    }
    for status in sorted({*_ANYWHERE, *refused}):
        found[str(status)] = {"description": _MEANINGS[status], "content": _json("Error")}
    return found
