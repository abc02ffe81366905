"""The shapes of requests and answers, as JSON Schema."""

from __future__ import annotations

from typing import Any

from kosent.language import Message
from kosent.serving.limits import Limits

_NUMBERS = {"type": "object", "additionalProperties": {"type": "number"}}
_OFFSET = {"type": "integer", "minimum": 0}
_STRING = {"type": "string"}


def schemas(limits: Limits) -> dict[str, Any]:
    """Return the schemas by name.

    Args:
        limits: What a request may hold.
    """
    return {
        "Request": _request(limits),
        "Response": _object(
            {
                "model": _STRING,
                "version": {
                    **_STRING,
                    "description": Message(
                        "모델의 SHA-256 앞 12자", "first 12 digits of its SHA-256"
                    ),
                },
                "predictions": {"type": "array", "items": _ref("Answer")},
            }
        ),
        "Answer": _answer(),
        "Step": _object(
            {
                "end": {
                    **_OFFSET,
                    "description": Message(
                        "어절이 끝나는 자리, 코드 포인트로", "where an eojeol ends, in code points"
                    ),
                },
                "probabilities": _NUMBERS,
            }
        ),
        "Explanation": _explanation(),
        "Part": _object(
            {"start": _OFFSET, "end": _OFFSET, "text": _STRING, "contributions": _NUMBERS}
        ),
        "Models": _object(
            {"default": _STRING, "models": {"type": "array", "items": _ref("Model")}}
        ),
        "Model": _object(
            {
                "name": _STRING,
                "version": _STRING,
                "labels": {"type": "array", "items": _STRING},
                "multilabel": {"type": "boolean"},
                "size": {**_OFFSET, "description": Message("바이트", "bytes")},
                "loaded_at": {**_STRING, "format": "date-time"},
                "card": {"type": "object"},
            }
        ),
        "Health": _object({"status": {"const": "ok"}}),
        "Error": _object({"error": _error()}),
    }


def _request(limits: Limits) -> dict[str, Any]:
    text = {**_STRING, "maxLength": limits.characters}
    switch = {"type": "boolean", "default": False}
    confidence = {
        "type": ["number", "null"],
        "minimum": 0,
        "maximum": 1,
        "description": Message(
            "이보다 낮은 확률의 답은 label이 null",
            "answers less probable than this have the label null",
        ),
    }
    properties = {
        "text": text,
        "texts": {"type": "array", "items": text, "minItems": 1, "maxItems": limits.texts},
        "model": {
            "type": ["string", "null"],
            "description": Message(
                "모델의 이름. 없으면 첫 모델", "a model's name; the first if none"
            ),
        },
        "trace": {
            **switch,
            "description": Message("어절마다 그때까지의 확률", "probabilities after each eojeol"),
        },
        "explain": {
            **switch,
            "description": Message(
                "글의 부분마다 보탠 만큼", "what each part of a text contributes"
            ),
        },
        "min_confidence": confidence,
    }
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "oneOf": [{"required": ["text"]}, {"required": ["texts"]}],
    }


def _answer() -> dict[str, Any]:
    labels = {"type": ["array", "null"], "items": _STRING}
    properties = {
        "text": _STRING,
        "label": {
            "type": ["string", "null"],
            "description": Message("null이면 모르겠음", "null where it is left open"),
        },
        "labels": {
            **labels,
            "description": Message(
                "글마다 라벨이 여럿인 모델에서 label 대신", "instead of label, of models of several"
            ),
        },
        "reason": {
            **_STRING,
            "description": Message(
                "정리하면 아무것도 남지 않는 글", "of a text of which cleaning leaves nothing"
            ),
        },
        "top": {**_STRING, "description": Message("가장 그럴듯한 라벨", "the most probable label")},
        "confidence": {"type": "number", "description": Message("그 확률", "its probability")},
        "probabilities": _NUMBERS,
        "trace": {"type": "array", "items": _ref("Step")},
        "explanation": _ref("Explanation"),
    }
    return {**_object(properties), "required": ["text", "probabilities"]}


def _explanation() -> dict[str, Any]:
    methods = ["linear", "shapley", "leave-one-out"]
    return _object(
        {
            "text": _STRING,
            "method": {"enum": methods},
            "unit": {"const": "log-odds"},
            "label": {"type": ["string", "null"]},
            "probabilities": _NUMBERS,
            "base": {
                **_NUMBERS,
                "description": Message("빈 글의 값", "the value of the empty text"),
            },
            "parts": {"type": "array", "items": _ref("Part")},
            "residual": {
                **_NUMBERS,
                "description": Message(
                    "글의 값에서 base와 parts의 합을 뺀 것", "the text's value less base and parts"
                ),
            },
        }
    )


def _error() -> dict[str, Any]:
    properties = {
        "code": {**_STRING, "description": Message("프로그램이 볼 이름", "for programs")},
        "message": {**_STRING, "description": Message("사람이 볼 글", "for people")},
        "received": {"type": ["string", "number"]},
        "limit": {"type": "number"},
    }
    return {**_object(properties), "required": ["code", "message"]}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
