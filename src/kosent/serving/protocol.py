"""What a connection may do before there is a request, which uvicorn with httptools does not bound.

There a header may be of any size and take any time, a connection that says nothing stays for ever,
and so does one whose answer nobody fetches; who closes his side of the connection after a whole
request gets no answer.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from kosent.language import Message
from kosent.serving.limits import HEADER_BYTES, HEADER_SECONDS, IDLE_SECONDS
from kosent.serving.refusals import Refusal, overloaded
from kosent.serving.replies import SECURITY

# What asks for another protocol, as Java's client does for HTTP/2 in its first request. It may be
# passed over (RFC 9110, 7.8); httptools takes the body for that protocol instead.
_UPGRADE = re.compile(rb"(?i)(\r\nupgrad)e(?=[ \t]*:)")


def _without_upgrade(data: bytes) -> bytes:
    """Return bytes of a header, and what comes behind it, with another name for ``Upgrade``."""
    if not _UPGRADE.search(data, 0, HEADER_BYTES):
        return data
    header, end, body = data.partition(b"\r\n\r\n")
    return b"".join((_UPGRADE.sub(rb"\1_", header), end, body))


def _no_http() -> Refusal:
    message = Message("HTTP 요청이 아닙니다", "this is no HTTP request")
    return Refusal(400, "invalid_http", message, close=True)


def _header_too_large() -> Refusal:
    message = Message(
        f"머리글이 너무 큽니다. {HEADER_BYTES:,}바이트까지입니다",
        f"the header is too large; {HEADER_BYTES:,} bytes at most",
    )
    return Refusal(431, "header_too_large", message, limit=HEADER_BYTES, close=True)


def _header_too_slow(seconds: float) -> Refusal:
    message = Message(
        f"머리글이 {seconds:g}초 안에 오지 않았습니다",
        f"the header did not come within {seconds:g} s",
    )
    return Refusal(408, "header_timeout", message, limit=seconds, close=True)


class Connection(HttpToolsProtocol):
    """A connection of bounded patience.

    Attributes:
        most_connections: How many may be open at once.
        header_seconds: Until the header of the first request, or of one that has begun, must have
            come.
        idle_seconds: How long an answer waits to be fetched.
    """

    most_connections = 1024
    header_seconds = HEADER_SECONDS
    idle_seconds = IDLE_SECONDS

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection, or refuse it where there are too many."""
        super().connection_made(cast(asyncio.Transport, transport))
        self._header_bytes = 0  # of the request that is coming, as far as it has come
        self._in_header = True
        self._patience: asyncio.TimerHandle | None = None
        self._fetching: asyncio.TimerHandle | None = None
        if len(self.connections) > self.most_connections:
            self._refuse(overloaded(), 1)
            return
        self._wait_for_header()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        self._stop_fetching()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes, as long as those of the header are not too many."""
        if self.transport.is_closing():
            return
        if self._in_header:
            # Bytes that came with the body, or with a next request, count too: at most one read.
            self._header_bytes += len(data)
            if self._patience is None:
                self._wait_for_header()
            data = _without_upgrade(data)
        super().data_received(data)
        if self._in_header and self._header_bytes > HEADER_BYTES:
            self._refuse(_header_too_large())

    def on_message_begin(self) -> None:
        """Note that a request begins."""
        super().on_message_begin()
        self._in_header = True

    def on_headers_complete(self) -> None:
        """Note that the header is whole."""
        self._in_header = False
        self._header_bytes = 0
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that the next bytes are another header's."""
        super().on_message_complete()
        self._in_header = True

    def pause_writing(self) -> None:
        """Wait for who does not fetch the answer, and not for ever."""
        super().pause_writing()
        self._fetching = self.loop.call_later(self.idle_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on."""
        self._stop_fetching()
        super().resume_writing()

    def on_response_complete(self) -> None:
        """Give who does not fetch the end of the answer some time, and no more."""
        super().on_response_complete()
        if self.transport.is_closing() and self.transport.get_write_buffer_size():
            self._stop_fetching()
            self._fetching = self.loop.call_later(self.idle_seconds, self.transport.abort)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that has been idle, whether its answer was fetched or not."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().timeout_keep_alive_handler()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Answer a whole request whose sender has closed his side; close what is not whole."""
        cycle: RequestResponseCycle | None = self.cycle  # none before the first request
        if cycle is None or cycle.more_body or cycle.response_complete:
            return False
        cycle.keep_alive = False
        return True

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        del msg
        self._refuse(_no_http())

    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _wait_for_header(self) -> None:
        self._patience = self.loop.call_later(self.header_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _stop_fetching(self) -> None:
        if self._fetching is not None:
            self._fetching.cancel()
            self._fetching = None

    def _give_up(self) -> None:
        self._patience = None
        if self.transport.is_closing():
            return
        if self._is_answering():  # the one before, on which this one has to wait
            self._wait_for_header()
        elif self._header_bytes:
            self._refuse(_header_too_slow(self.header_seconds))
        else:  # nothing was said, so there is nothing to answer
            self.transport.close()

    def _refuse(self, refusal: Refusal, retry: int | None = None) -> None:
        """Answer without a request, in both languages, and close."""
        if self._is_answering():  # an answer that must not be mixed with another one
            self.transport.close()
            return
        document: dict[str, Any] = refusal.document("ko")
        document["error"]["message"] = refusal.message
        body = json.dumps(document, ensure_ascii=False).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
            *SECURITY,
        ]
        if retry is not None:
            headers.append((b"retry-after", str(retry).encode()))
        lines = [STATUS_LINE[refusal.status], *(b"%b: %b\r\n" % each for each in headers)]
        self.transport.write(b"".join((*lines, b"\r\n", body)))
        self.transport.close()
