"""What every request goes through."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from kosent.serving.gate import LOOPBACK
from kosent.serving.models import Models, Served
from kosent.serving.service import Access, Service

SECURITY = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


@pytest.fixture
def local(pretrained: Served, log: list[str], asking: Callable[..., Any]) -> Any:
    """Ask a service that goes by some names only."""
    access = Access(hosts=(*LOOPBACK, "Models.example"))
    return asking(Service(Models([pretrained]), access=access, say=log.append))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost:8000", "LOCALHOST.", "[::1]:8000", "[::1]", "models.example:1"]
)
def test_its_own_names_are_let_through(local: Any, host: str) -> None:
    assert local("GET", "/health/live", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "[::2]",
        "evil:127.0.0.1",
    ],
)
def test_other_names_are_not(local: Any, host: str) -> None:
    answer = local("GET", "/v1/models", headers={"host": host})
    assert answer.status_code == 421
    assert answer.json()["error"]["code"] == "wrong_host"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/nope"), ("GET", "/v1/predict"), ("GET", "/docs"), ("GET", "/metrics")],
)
def test_every_answer_is_guarded(local: Any, method: str, path: str) -> None:
    headers = local(method, path).headers
    assert {name: headers[name] for name in SECURITY} == SECURITY
    assert headers["cache-control"] in ("no-store", "no-cache")
    assert local(method, path, headers={"host": "evil"}).headers["referrer-policy"] == "no-referrer"


def test_what_was_not_read_ends_the_connection(local: Any) -> None:
    assert local("POST", "/nope", content=b"x").headers["connection"] == "close"
    assert local("POST", "/v1/predict", content=b"x").headers["connection"] == "close"
    assert "connection" not in local.predict({"text": "a"}).headers
    assert "connection" not in local.predict({"txet": "a"}).headers
    assert "connection" not in local("GET", "/nope").headers


def test_refusals_leave_a_line_without_texts_and_answers_none(local: Any, log: list[str]) -> None:
    local.predict({"text": "비밀"})
    assert log == []
    local.predict({"texd": "비밀"})
    local("GET", "/a%0Ab%1B[31m" + "x" * 1000, params={"token": "비밀"})
    first, second = log
    assert first.startswith("POST /v1/predict 422 ")
    assert second.startswith("GET /a\\nb\\u001b[31mx")
    assert len(second) < 200
    assert "비밀" not in "".join(log)


def test_requests_are_counted_by_their_route(local: Any) -> None:
    local("GET", "/health/live")
    local("GET", "/page/one.css")
    local("GET", "/made/up")
    local("GET", "/v1/predict/../../x")
    page = local("GET", "/metrics").text
    assert 'kosent_requests_total{route="/health/live",status="200"} 1.0' in page
    assert 'kosent_requests_total{route="/page/",status="404"} 1.0' in page
    assert 'kosent_requests_total{route="other",status="404"} 2.0' in page
    assert "made" not in page
    assert "kosent_requests_running 1.0" in page  # the one that asks


def test_who_left_is_counted_too(local: Any) -> None:
    async def leaves() -> None:
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/predict",
            "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def send(_: object) -> None:
            return

        await local.app(scope, receive, send)

    asyncio.run(leaves())
    assert 'route="/v1/predict",status="499"} 1.0' in local("GET", "/metrics").text
