"""Requests of every kind, and the server that goes on serving after each."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from kosent.bundles.manifest import damaged
from kosent.serving.limits import Limits
from kosent.serving.models import Models, Served
from kosent.serving.service import Access, Service

SENTENCE = "재미있을 줄 알았는데 완전 실망했다"
JSON = {"content-type": "application/json"}


@pytest.fixture(autouse=True)
def goes_on(ask: Any) -> Iterator[None]:
    """Hold the server to an answer after all that a test has sent it."""
    yield
    answer = ask.predict({"text": SENTENCE})
    assert answer.status_code == 200
    assert answer.json()["predictions"][0]["label"] == "negative"


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    error: dict[str, Any] = answer.json()["error"]
    assert error["code"] == code
    return error


def test_one_text_and_several(ask: Any, pretrained: Served) -> None:
    one = ask.predict({"text": SENTENCE}).json()
    assert (one["model"], one["version"]) == ("pretrained", pretrained.version)
    several = ask.predict({"texts": [SENTENCE, "", SENTENCE]}).json()["predictions"]
    assert [each["label"] for each in several] == ["negative", None, "negative"]
    assert several[1]["reason"] == "empty text"
    assert several[0] == one["predictions"][0]
    assert sum(several[0]["probabilities"].values()) == pytest.approx(1, abs=1e-5)


def test_an_unsure_answer_has_no_label(ask: Any) -> None:
    (answer,) = ask.predict({"text": SENTENCE, "min_confidence": 1}).json()["predictions"]
    assert (answer["label"], answer["top"]) == (None, "negative")
    assert 0.5 < answer["confidence"] < 1


def test_a_model_of_several_labels(ask: Any) -> None:
    answer = ask.predict({"text": "최고", "model": "several"})
    assert isinstance(answer.json()["predictions"][0]["labels"], list)
    wrong = ask.predict({"text": "최고", "model": "several", "min_confidence": 0.5})
    refused(wrong, 422, "unusable")


def test_lone_surrogates_are_taken_and_answered_as_escapes(ask: Any) -> None:
    answer = ask.predict('{"text": "좋다 \\ud800"}'.encode())
    assert answer.status_code == 200
    assert b"\\ud800" in answer.content
    assert answer.json()["predictions"][0]["text"] == "좋다 \ud800"
    shown = ask.predict('{"\\udfff": 1}')
    assert refused(shown, 422, "unknown_key")["received"] == "\udfff"
    refused(ask.predict('{"text": "a", "model": "\\ud83d"}'), 404, "unknown_model")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "invalid_json"),
        (b"[" * 200_000, 400, "invalid_json"),
        (b'{"text": "a", "text": "b"}', 400, "invalid_json"),
        (b'{"text": NaN}', 400, "invalid_json"),
        (b'{"text": "\xc0\xaf"}', 400, "invalid_json"),
        (b"null", 422, "invalid_value"),
        (b'{"text": 3}', 422, "invalid_value"),
        (b'{"text": ' + b"[" * 500 + b"]" * 500 + b"}", 422, "invalid_value"),
        (b'{"text": "a", "other": 1}', 422, "unknown_key"),
        (b'{"text": "a", "model": "other"}', 404, "unknown_model"),
        (json.dumps({"texts": ["a"] * 101}).encode(), 422, "too_many_texts"),
        (json.dumps({"text": "a" * 10_001}).encode(), 422, "text_too_long"),
        (json.dumps({"texts": ["a b " * 2000] * 3, "trace": True}).encode(), 413, "too_much_work"),
        (json.dumps({"texts": ["a" * 9000] * 90, "explain": True}).encode(), 413, "too_much_work"),
        (b" " * ((1 << 20) + 1), 413, "body_too_large"),
    ],
    ids=range(15),
)
def test_wrong_bodies_are_refused(ask: Any, body: bytes, status: int, code: str) -> None:
    refused(ask.predict(body), status, code)


def test_a_body_that_comes_in_chunks_is_bounded_too(ask: Any) -> None:
    async def chunks() -> Any:
        for _ in range(70):
            yield b" " * 16384

    answer = ask("POST", "/v1/predict", content=chunks(), headers=JSON)
    assert refused(answer, 413, "body_too_large")["limit"] == 1 << 20
    assert answer.headers["connection"] == "close"


def test_packed_bodies_and_other_types_are_refused(ask: Any) -> None:
    refused(ask.predict(b"\x1f\x8b", content_encoding="gzip"), 415, "unsupported_encoding")
    refused(ask("POST", "/v1/predict", data={"text": "a"}), 415, "unsupported_media_type")
    refused(ask("POST", "/v1/predict"), 415, "unsupported_media_type")


def test_unknown_paths_and_methods_are_refused(ask: Any) -> None:
    for path in ("/nope", "/v1", "/v1/predict/", "/page/", "/page/../app.py", "/page/nope.css"):
        refused(ask("GET", path), 404, "not_found")
    for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = ask(method, "/v1/predict")
        refused(answer, 405, "method_not_allowed")
        assert answer.headers["allow"] == "POST"
    answer = ask("POST", "/v1/models")
    refused(answer, 405, "method_not_allowed")
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


def test_refusals_speak_the_callers_language(ask: Any) -> None:
    korean = ask("GET", "/nope")
    assert "없습니다" in korean.json()["error"]["message"]
    assert korean.headers["content-language"] == "ko"
    english = ask("GET", "/nope", headers={"accept-language": "en-US,en;q=0.9,ko;q=0.8"})
    assert english.json()["error"]["message"] == "no such path; /docs lists those there are"
    assert english.headers["content-language"] == "en"


def test_a_bug_is_answered_without_its_words(
    ask: Any, service: Service, pretrained: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: object) -> None:
        raise damaged(Path("/secret/place"), "detail")

    with monkeypatch.context() as patched:
        patched.setattr(pretrained.predictor, "predict_all", fails)
        answer = ask.predict({"text": "a"})
    refused(answer, 500, "internal_error")
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_too_many_at_once_are_refused(pretrained: Served, asking: Callable[..., Any]) -> None:
    service = Service(Models([pretrained]), Limits(concurrency=1), say=lambda _: None)
    ask = asking(service)

    async def flood() -> list[httpx.Response]:
        async with ask.client() as client:
            sent = [
                client.post("/v1/predict", content=b'{"text": "a"}', headers=JSON)
                for _ in range(20)
            ]
            return await asyncio.gather(*sent)

    answers = asyncio.run(flood())
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {200, 503}
    error = refused(answers[statuses.index(503)], 503, "overloaded")
    assert error["message"]
    assert answers[statuses.index(503)].headers["retry-after"] == "1"


def test_what_takes_long_holds_up_nobody(
    ask: Any, service: Service, pretrained: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    may, right = threading.Event(), pretrained.predictor.trace

    def waits(text: str) -> Any:
        assert may.wait(30)
        return right(text)

    async def work() -> list[httpx.Response]:
        async with ask.client() as client:
            send = partial(client.post, "/v1/predict", headers=JSON)
            slow = asyncio.create_task(send(content=b'{"text": "a", "trace": true}'))
            large = asyncio.create_task(send(content=b'{"text": "b"}' + b" " * 40_000))
            short = [await send(content=b'{"text": "c"}'), await client.get("/health/ready")]
            assert not slow.done()
            assert not large.done()
            may.set()
            return [*short, await slow, await large]

    with monkeypatch.context() as patched:
        patched.setattr(pretrained.predictor, "trace", waits)
        assert [answer.status_code for answer in asyncio.run(work())] == [200] * 4


def test_what_takes_too_long_is_given_up(
    pretrained: Served, asking: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = asking(Service(Models([pretrained]), Limits(timeout=0.05), say=lambda _: None))
    right = pretrained.predictor.predict_all

    def sleeps(texts: list[str]) -> Any:
        time.sleep(0.2)
        return right(texts)

    with monkeypatch.context() as patched:
        patched.setattr(pretrained.predictor, "predict_all", sleeps)
        for document in ({"text": "a"}, {"text": "a", "trace": True}):
            refused(ask.predict(document), 504, "timeout")
    time.sleep(0.3)


def test_a_token_is_needed_where_there_is_one(
    pretrained: Served, asking: Callable[..., Any]
) -> None:
    access = Access(token=b"correct horse")
    ask = asking(Service(Models([pretrained]), access=access, say=lambda _: None))
    for given in (
        "",
        "Bearer",
        "Bearer wrong",
        "Basic correct horse",
        "correct horse",
        "Bearer \xff",
    ):
        headers = {"authorization": given.encode("latin-1")}
        for method, path in (("POST", "/v1/predict"), ("GET", "/v1/models"), ("GET", "/metrics")):
            answer = ask(method, path, headers=headers, content=b"{}" if method == "POST" else b"")
            refused(answer, 401, "unauthorized")
            assert answer.headers["www-authenticate"] == "Bearer"
    assert ask.predict({"text": "a"}, authorization="Bearer correct horse").status_code == 200
    assert ask.predict({"text": "a"}, authorization="bearer  correct horse").status_code == 200
    for path in ("/health/live", "/health/ready", "/docs", "/openapi.json"):
        assert ask("GET", path).status_code == 200
    assert ask("GET", "/openapi.json").json()["components"]["securitySchemes"]


def test_other_pages_may_ask_where_they_are_named(
    ask: Any, pretrained: Served, asking: Callable[..., Any]
) -> None:
    there = {"origin": "https://there.example"}
    preflight = {**there, "access-control-request-method": "POST"}
    assert "access-control-allow-origin" not in ask("GET", "/v1/models", headers=there).headers
    refused(ask("OPTIONS", "/v1/predict", headers=preflight), 405, "method_not_allowed")
    access = Access(token=b"correct horse", origins=("https://there.example",))
    open_to = asking(Service(Models([pretrained]), access=access, say=lambda _: None))
    allowed = open_to("OPTIONS", "/v1/predict", headers=preflight)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == "https://there.example"
    unknown = open_to("GET", "/v1/models", headers=there)
    assert unknown.headers["access-control-allow-origin"] == "https://there.example"
    assert unknown.status_code == 401
    other = open_to("GET", "/v1/models", headers={"origin": "https://other.example"})
    assert "access-control-allow-origin" not in other.headers


def test_ready_until_it_stops(ask: Any, service: Service) -> None:
    assert ask("GET", "/health/ready").json() == {"status": "ok"}
    service.stopping = True
    answer = ask("GET", "/health/ready")
    refused(answer, 503, "stopping")
    assert answer.headers["retry-after"]
    assert ask("GET", "/health/live").json() == {"status": "ok"}


def test_the_models_are_told(ask: Any, pretrained: Served) -> None:
    told = ask("GET", "/v1/models").json()
    assert told["default"] == "pretrained"
    first, second = told["models"]
    assert first["labels"] == ["negative", "positive"]
    assert (first["multilabel"], second["multilabel"]) == (False, True)
    assert first["size"] == pretrained.path.stat().st_size
    assert str(pretrained.path.parent) not in json.dumps(told)


def test_the_pages_files_are_served(
    service: Service, asking: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text("<p>가")
    (tmp_path / "app.js").write_text("1")
    (tmp_path / "app.py").write_text("1")
    ask = asking(service, tmp_path)
    page = ask("GET", "/")
    assert page.text == "<p>가"
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    script = ask("GET", "/page/app.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    known = {"if-none-match": script.headers["etag"]}
    again = ask("GET", "/page/app.js", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    refused(ask("GET", "/page/app.py"), 404, "not_found")
    assert ask("HEAD", "/page/app.js").status_code == 200
