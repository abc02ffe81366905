"""Answers on their way out."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.responses import Response

from kosent.prediction.answers import to_line
from kosent.serving.caller import spoken
from kosent.serving.refusals import Refusal

JSON = "application/json"
NO_STORE = "no-store"

# Neither scripts nor styles nor anything else from elsewhere, in no frame; the page's own files.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
# What every answer carries.
SECURITY = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


def reply(
    content: bytes,
    kind: str = JSON,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    cache: str = NO_STORE,
) -> Response:
    """Return an answer.

    Args:
        content: Its content.
        kind: Its type.
        status: Its status.
        headers: What it carries beside.
        cache: Who may keep it.
    """
    return Response(content, status, {"cache-control": cache, **(headers or {})}, kind)


def refused(asking: Headers, refusal: Refusal) -> Response:
    """Return a refusal in the language of who asked, which the headers of the request tell."""
    language = spoken(asking.get("accept-language", ""))
    headers = {"content-language": language, "vary": "accept-language", **refusal.headers}
    return reply(to_line(refusal.document(language)), status=refusal.status, headers=headers)
