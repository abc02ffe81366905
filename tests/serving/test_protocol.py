"""Connections of every kind, over sockets in this process; the server goes on after each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from uvicorn.server import ServerState

from kosent.serving.limits import HEADER_BYTES
from kosent.serving.server import configured
from kosent.serving.service import Service

BODY = json.dumps({"text": "재미있다"}).encode()
HEADER = (
    b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n"
)
REQUEST = HEADER % len(BODY) + b"\r\n" + BODY

Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


@asynccontextmanager
async def served(service: Service, *, idle: int = 30, **patience: float) -> AsyncIterator[Connect]:
    """Serve on a free port; what is patience of a connection is as given."""
    config = configured(service)
    config.timeout_keep_alive = idle
    config.load()
    kind = type("Impatient", (config.http_protocol_class,), patience)  # type: ignore[arg-type]
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: kind(config=config, server_state=state, app_state={}), "127.0.0.1", 0
    )
    port = server.sockets[0].getsockname()[1]
    try:
        yield lambda: asyncio.open_connection("127.0.0.1", port)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(REQUEST)
        assert (await answered(reader))[0] == 200  # it goes on
        writer.close()
        await asyncio.sleep(0.05)
        assert not state.connections  # and forgets nobody
    finally:
        server.close()
        await server.wait_closed()


async def answered(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], Any]:
    """Return status, headers and document of an answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
    body = await reader.readexactly(int(headers["content-length"]))
    return int(head[0].split()[1]), headers, json.loads(body)


def run(work: Any) -> Any:
    return asyncio.run(asyncio.wait_for(work, 30))


def send(service: Service, *parts: bytes, eof: bool = False, **patience: float) -> Any:
    """Send bytes over one connection, some time apart; return the answer, and what follows it."""

    async def work() -> Any:
        async with served(service, **patience) as connect:
            reader, writer = await connect()
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0.01)
            if eof:
                writer.write_eof()
            try:
                answer = await answered(reader)
                rest = await reader.read()
            except asyncio.IncompleteReadError as error:
                answer, rest = None, error.partial
            writer.close()
            return answer, rest

    return run(work())


def test_a_header_that_does_not_come_is_given_up(service: Service) -> None:
    answer, rest = send(service, b"POST /v1/predict HTTP/1.1\r\nHost: ", header_seconds=0.1)
    assert answer[0] == 408
    assert answer[1]["connection"] == "close"
    assert answer[2]["error"]["code"] == "header_timeout"
    assert rest == b""


def test_one_that_trickles_is_given_up_too(service: Service) -> None:
    async def work() -> None:
        async with served(service, header_seconds=0.1) as connect:
            _, writer = await connect()
            for _ in range(1000):  # who goes on sending may not get the answer
                writer.write(b"G")
                await asyncio.sleep(0.01)
                if writer.transport.is_closing():
                    return
            pytest.fail("it is still open")

    run(work())


def test_who_says_nothing_is_left(service: Service) -> None:
    assert send(service, header_seconds=0.1) == (None, b"")


def test_a_header_of_any_size_is_not_taken(service: Service) -> None:
    lines = b"".join(b"X-%d: %s\r\n" % (n, b"a" * 1000) for n in range(2 * HEADER_BYTES // 1000))
    answer, _ = send(service, b"GET / HTTP/1.1\r\nHost: localhost\r\n", lines[:-10])
    assert answer[0] == 431
    assert answer[2]["error"] == {
        "code": "header_too_large",
        "message": answer[2]["error"]["message"],
        "limit": HEADER_BYTES,
    }


def test_a_large_body_right_behind_the_header_is_no_large_header(service: Service) -> None:
    body = json.dumps({"texts": ["a" * 9000] * 20}).encode()
    close = b"Connection: close\r\n\r\n"
    answer, _ = send(service, HEADER % len(body) + close + body)
    assert answer[0] == 200
    assert len(answer[2]["predictions"]) == 20


@pytest.mark.parametrize(
    "wrong",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS
        b"hello\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost localhost\r\n\r\n",
        HEADER % 3 + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",  # smuggling
        HEADER % 3 + b"Content-Length: 4\r\n\r\nabcd",
    ],
)
def test_what_is_no_http_is_refused(service: Service, wrong: bytes) -> None:
    answer, rest = send(service, wrong)
    assert (answer[0], answer[2]["error"]["code"]) == (400, "invalid_http")
    assert "HTTP" in answer[2]["error"]["message"]
    assert rest == b""


def test_a_body_that_does_not_come_is_given_up(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.bodies, "_seconds", 0.1)
    answer, rest = send(service, HEADER % 100 + b"\r\n", b'{"te', b"xt")
    assert (answer[0], answer[2]["error"]["code"]) == (408, "body_timeout")
    assert (answer[1]["connection"], rest) == ("close", b"")


def test_a_body_that_comes_in_chunks_is_taken_or_too_large(service: Service) -> None:
    header = HEADER.replace(b"Content-Length: %d\r\n", b"Transfer-Encoding: chunked\r\n\r\n")
    chunks = [b"%x\r\n%b\r\n" % (len(part), part) for part in (BODY[:5], BODY[5:])]
    close = header.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    answer, _ = send(service, close, *chunks, b"0\r\n\r\n")
    assert answer[0] == 200
    many = b"10000\r\n%b\r\n" % (b" " * 65536)
    answer, rest = send(service, header, many * 20, b"0\r\n\r\n")
    assert (answer[0], answer[2]["error"]["code"]) == (413, "body_too_large")
    assert rest == b""


def test_who_asks_first_whether_to_send_is_told_not_to(service: Service) -> None:
    answer, _ = send(service, HEADER % 10**9 + b"Expect: 100-continue\r\n\r\n")
    assert (answer[0], answer[2]["error"]["received"]) == (413, 10**9)


def test_a_sender_who_has_closed_his_side_gets_his_answer(service: Service) -> None:
    answer, rest = send(service, REQUEST, eof=True)
    assert answer[0] == 200
    assert rest == b""


def test_half_a_request_of_one_who_has_closed_is_forgotten(service: Service) -> None:
    assert send(service, REQUEST[:-5], eof=True) == (None, b"")
    assert send(service, REQUEST[:20], eof=True) == (None, b"")


def test_requests_behind_one_another_are_answered_in_turn(service: Service) -> None:
    async def work() -> None:
        async with served(service) as connect:
            reader, writer = await connect()
            ready = b"GET /health/ready HTTP/1.1\r\nHost: a\r\n\r\n"
            writer.write(REQUEST + ready + REQUEST)
            answers = [await answered(reader) for _ in range(3)]
            assert [status for status, _, _ in answers] == [200] * 3
            assert [len(document) for _, _, document in answers] == [3, 1, 3]
            writer.close()

    run(work())


@pytest.mark.parametrize("kind", ["h2c", "websocket"])
def test_another_protocol_is_not_spoken_and_the_body_read(service: Service, kind: str) -> None:
    asks = b"connection: Upgrade, HTTP2-Settings\r\nUPGRADE: %b\r\n\r\n" % kind.encode()
    body = b'{"text": "\\r\\nUpgrade: a"}'

    async def work() -> None:
        async with served(service) as connect:
            reader, writer = await connect()
            writer.write(HEADER % len(body) + asks + body + REQUEST)
            status, _, document = await answered(reader)
            assert (status, document["predictions"][0]["text"]) == (200, "\r\nUpgrade: a")
            assert (await answered(reader))[0] == 200
            writer.close()

    run(work())


def test_half_a_next_request_does_not_disturb_an_answer(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = service.predict

    async def slowly(body: bytes) -> bytes:
        await asyncio.sleep(0.4)
        return await right(body)

    async def work() -> None:
        async with served(service, header_seconds=0.1) as connect:
            for begun, status in ((b"GET /hea", 408), (b"GET / HTTP/1.1\r\nHost a\r\n\r\n", 0)):
                reader, writer = await connect()
                writer.write(REQUEST)
                await asyncio.sleep(0.05)
                writer.write(begun)
                if status:
                    assert (await answered(reader))[0] == 200
                    assert (await answered(reader))[0] == status
                assert await reader.read() == b""
                writer.close()

    monkeypatch.setattr(type(service), "predict", lambda _, body: slowly(body))
    run(work())


def test_who_leaves_before_the_answer_hurts_nobody(service: Service) -> None:
    async def work() -> None:
        async with served(service) as connect:
            for size in (len(REQUEST), len(REQUEST) - 3, 30):
                for _ in range(10):
                    _, writer = await connect()
                    writer.write(REQUEST[:size])
                    await writer.drain()
                    writer.transport.abort()

    run(work())


def test_there_are_not_more_connections_than_there_may_be(service: Service) -> None:
    async def work() -> None:
        async with served(service, most_connections=3) as connect:
            held = [await connect() for _ in range(3)]
            await asyncio.sleep(0.05)
            reader, writer = await connect()
            status, headers, document = await answered(reader)
            assert (status, document["error"]["code"]) == (503, "overloaded")
            assert headers["retry-after"] == "1"
            assert await reader.read() == b""
            writer.close()
            for _, each in held:
                each.close()
            await asyncio.sleep(0.05)

    run(work())


def test_a_connection_that_is_idle_ends(service: Service) -> None:
    async def work() -> None:
        async with served(service, idle=1) as connect:
            reader, writer = await connect()
            writer.write(REQUEST)
            assert (await answered(reader))[0] == 200
            assert await reader.read() == b""
            writer.close()

    run(work())


def test_who_does_not_fetch_his_answers_is_left(service: Service) -> None:
    body = json.dumps({"texts": ["a" * 9000] * 100}).encode()

    async def work() -> None:
        async with served(service, idle_seconds=0.3) as connect:
            reader, writer = await connect()
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            writer.write((HEADER % len(body) + b"\r\n" + body) * 15)
            await asyncio.sleep(2.5)
            writer.transport.resume_reading()  # type: ignore[attr-defined]
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await reader.readexactly(15 * len(body))
            writer.close()

    run(work())
