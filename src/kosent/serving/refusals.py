"""Refusals: what is answered to a request that cannot be served, in the caller's language.

Each is a status and ``{"error": {"code", "message", "received", "limit"}}``; ``received`` and
``limit`` where there are such.
"""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Mapping
from typing import Any

from kosent.errors import unknown_name
from kosent.language import Message
from kosent.serving.caller import Spoken

_SHOWN = 80  # characters of what arrived that are repeated


class Refusal(Exception):  # noqa: N818 - most are no errors of ours
    """A request that is refused.

    Args:
        status: The HTTP status.
        code: What programs tell it by.
        message: What people are told.
        received: What arrived.
        limit: What may arrive at most.
        headers: What the answer carries beside.
        close: Whether the connection ends with it.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: Message,
        *,
        received: Any = None,
        limit: float | None = None,
        headers: Mapping[str, str] | None = None,
        close: bool = False,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.received = received
        self.limit = limit
        self.headers = dict(headers or {}) | ({"connection": "close"} if close else {})

    def document(self, language: Spoken) -> dict[str, Any]:
        """Return what is answered."""
        said = self.message.korean if language == "ko" else self.message.english
        error: dict[str, Any] = {"code": self.code, "message": said}
        if self.received is not None:
            error["received"] = self.received
        if self.limit is not None:
            error["limit"] = self.limit
        return {"error": error}


def shortened(received: object) -> str:
    """Return what arrived, cut where it is long or deep."""
    text = received if isinstance(received, str) else reprlib.repr(received)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def not_found() -> Refusal:
    """Refuse a path that is not there."""
    message = Message(
        "그런 경로가 없습니다. 있는 경로는 /docs에서 보세요",
        "no such path; /docs lists those there are",
    )
    return Refusal(404, "not_found", message)


def wrong_method(allowed: str) -> Refusal:
    """Refuse a method that a path does not have."""
    message = Message(
        f"이 경로에서는 {allowed}만 쓸 수 있습니다", f"this path takes {allowed} only"
    )
    return Refusal(405, "method_not_allowed", message, headers={"allow": allowed})


def wrong_host(host: str) -> Refusal:
    """Refuse a request that was meant for another name: a web page may have led it here."""
    message = Message(
        "이 서버의 이름이 아닌 Host입니다. 필요한 이름이면 --allow-host로 더하세요",
        "this server does not go by that Host; add a name that it should have with --allow-host",
    )
    return Refusal(421, "wrong_host", message, received=shortened(host))


def unauthorized() -> Refusal:
    """Refuse who has no token, or a wrong one."""
    message = Message(
        "토큰이 없거나 틀립니다. 머리글 Authorization: Bearer TOKEN을 보내세요",
        "no token, or a wrong one; send the header Authorization: Bearer TOKEN",
    )
    return Refusal(401, "unauthorized", message, headers={"www-authenticate": "Bearer"})


def wrong_type(received: str) -> Refusal:
    """Refuse a body that does not say that it is JSON in UTF-8."""
    message = Message(
        "본문은 UTF-8인 JSON이어야 합니다. Content-Type: application/json을 보내세요",
        "the body must be JSON in UTF-8; send Content-Type: application/json",
    )
    return Refusal(415, "unsupported_media_type", message, received=shortened(received))


def packed(received: str) -> Refusal:
    """Refuse a body that is packed, since none is unpacked."""
    message = Message(
        "줄인 본문은 받지 않습니다. Content-Encoding 없이 보내세요",
        "no packed body is taken; send it without Content-Encoding",
    )
    headers = {"accept-encoding": "identity"}
    return Refusal(
        415, "unsupported_encoding", message, received=shortened(received), headers=headers
    )


def body_too_large(received: int, limit: int) -> Refusal:
    """Refuse a body of too many bytes; ``received`` are those that it has at least."""
    message = Message(
        f"본문이 너무 큽니다. {limit:,}바이트까지입니다",
        f"the body is too large; {limit:,} bytes at most",
    )
    return Refusal(413, "body_too_large", message, received=received, limit=limit, close=True)


def body_too_slow(seconds: float) -> Refusal:
    """Refuse a body that does not come."""
    message = Message(
        f"본문이 {seconds:g}초 안에 오지 않았습니다", f"the body did not come within {seconds:g} s"
    )
    return Refusal(408, "body_timeout", message, limit=seconds, close=True)


def left() -> Refusal:
    """Note that who asked has left before the body was whole; nobody reads it."""
    message = Message("본문이 다 오기 전에 끊겼습니다", "the body broke off")
    return Refusal(499, "left", message)


def no_json(reason: Message) -> Refusal:
    """Refuse a body that is no JSON."""
    message = Message(
        f"본문이 JSON이 아닙니다: {reason.korean}", f"the body is no JSON: {reason.english}"
    )
    return Refusal(400, "invalid_json", message)


def wrong_value(name: str, received: object, korean: str, english: str) -> Refusal:
    """Refuse a value of another kind.

    Args:
        name: Its key.
        received: The value.
        korean: What it must be, to be followed by ``합니다``.
        english: What it must be, to follow ``must be``.
    """
    message = Message(f"{name}은(는) {korean} 합니다", f"{name} must be {english}")
    return Refusal(422, "invalid_value", message, received=shortened(received))


def unknown_key(name: str, known: Iterable[str]) -> Refusal:
    """Refuse a key that means nothing."""
    found = unknown_name("키", "key", shortened(name), known).message
    return Refusal(422, "unknown_key", found, received=shortened(name))


def unknown_model(name: str, known: Iterable[str]) -> Refusal:
    """Refuse a model that is not served."""
    found = unknown_name("모델", "model", shortened(name), known).message
    return Refusal(404, "unknown_model", found, received=shortened(name))


def too_many_texts(received: int, limit: int) -> Refusal:
    """Refuse more texts than are taken at once."""
    message = Message(
        f"글이 {received:,}개입니다. 한 번에 {limit:,}개까지이니 나누어 보내세요",
        f"{received:,} texts; send at most {limit:,} at once",
    )
    return Refusal(422, "too_many_texts", message, received=received, limit=limit)


def text_too_long(place: int, received: int, limit: int) -> Refusal:
    """Refuse a text of too many characters; ``place`` counts from 0."""
    message = Message(
        f"{place + 1}번째 글이 {received:,}자입니다. {limit:,}자까지입니다",
        f"text number {place + 1} has {received:,} characters; {limit:,} at most",
    )
    return Refusal(422, "text_too_long", message, received=received, limit=limit)


def too_much_work(korean: str, english: str, received: int, limit: int) -> Refusal:
    """Refuse what would take the processor for too long."""
    message = Message(
        f"{korean} 글이 너무 길거나 많습니다. 나누어 보내세요",
        f"the texts are too long or too many {english}; send fewer at once",
    )
    return Refusal(413, "too_much_work", message, received=received, limit=limit)


def unusable(message: Message) -> Refusal:
    """Refuse what the library refuses, in its words."""
    return Refusal(422, "unusable", message)


def overloaded() -> Refusal:
    """Refuse what would wait too long."""
    message = Message(
        "요청이 너무 많습니다. 잠시 뒤에 다시 보내세요",
        "too many requests; send it again in a moment",
    )
    return Refusal(503, "overloaded", message, headers={"retry-after": "1"})


def stopping() -> Refusal:
    """Refuse whoever asks whether the server is ready while it stops."""
    message = Message("서버를 끝내는 중입니다", "the server is stopping")
    return Refusal(503, "stopping", message, headers={"retry-after": "5"})


def took_too_long(seconds: float) -> Refusal:
    """Give a request up."""
    message = Message(
        f"{seconds:g}초 안에 답하지 못했습니다", f"there was no answer within {seconds:g} s"
    )
    return Refusal(504, "timeout", message, limit=seconds)


def failed() -> Refusal:
    """Own up to a bug, or to a model that fails; what it was is for the log."""
    message = Message(
        "서버 안에서 잘못되었습니다. 까닭은 서버의 기록에 있습니다",
        "something went wrong in the server; its log says what",
    )
    return Refusal(500, "internal_error", message)
