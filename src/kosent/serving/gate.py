"""What every request goes through: who may ask, what an answer carries, what is counted and said.

Plain ASGI, since it stands in the way of every request.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from kosent.serving import refusals
from kosent.serving.metrics import Metrics
from kosent.serving.replies import SECURITY, refused

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from kosent.serving.refusals import Refusal

LOOPBACK = ("localhost", "127.0.0.1", "::1")

_LEFT = 499  # the status of an answer for which nobody waited any more, as nginx has it
_LONGEST_PATH = 100  # characters of a path in the log


class Gate:
    """Stands before an ASGI application.

    Args:
        app: The application.
        routes: Its paths, by which requests are counted; those that end with ``/`` begin others.
        metrics: Where they are counted.
        hosts: The names under which the server may be called; all where it is ``None``.
        say: Writes a line to the log.
    """

    def __init__(
        self,
        app: ASGIApp,
        routes: Iterable[str],
        metrics: Metrics,
        hosts: Iterable[str] | None,
        say: Callable[[str], None],
    ) -> None:
        self._app = app
        self._routes = frozenset(routes)
        self._metrics = metrics
        self._hosts = None if hosts is None else frozenset(map(str.lower, hosts))
        self._say = say

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = self._metrics.begin()
        passage = _Passage(scope, receive, send)
        try:
            refusal = None if self._hosts is None else self._check_host(Headers(scope=scope))
            if refusal is None:
                await self._app(scope, passage.receive, passage.send)
            else:
                await refused(Headers(scope=scope), refusal)(scope, receive, passage.send)
        finally:
            status = passage.status or _LEFT
            seconds = self._metrics.end(self._route(scope["path"]), status, began)
            if status >= 400:
                path = json.dumps(scope["path"][:_LONGEST_PATH])[1:-1]  # no line of its own
                self._say(f"{scope['method']} {path} {status} {seconds * 1000:.1f} ms")

    def _route(self, path: str) -> str:
        if path in self._routes:
            return path
        folder = path[: path.find("/", 1) + 1]
        return folder if folder in self._routes else "other"

    def _check_host(self, headers: Headers) -> Refusal | None:
        host = headers.get("host", "")
        name = host.lower()
        if name.startswith("["):
            name = name[1:].partition("]")[0]
        else:
            name = name.partition(":")[0].removesuffix(".")
        return None if name in (self._hosts or ()) else refusals.wrong_host(host)


class _Passage:
    """One request and its answer, as they pass."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        names = [name for name, _ in scope["headers"]]
        self._unread = b"content-length" in names or b"transfer-encoding" in names
        self.status = 0

    async def receive(self) -> Message:
        message = await self._receive()
        if not message.get("more_body", False):
            self._unread = False
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message["headers"], *SECURITY]
            # What was not read would have to be read before the next request.
            if self._unread and not any(name == b"connection" for name, _ in headers):
                headers.append((b"connection", b"close"))
            message["headers"] = headers
        await self._send(message)


def check_token(request: Request, token: bytes | None) -> None:
    """Refuse who does not know the token, in a time that does not depend on what is wrong.

    Raises:
        Refusal: If there is a token and the request does not carry it.
    """
    if token is None:
        return
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    right = hmac.compare_digest(given.strip().encode("latin-1"), token)
    if kind.lower() != "bearer" or not right:
        raise refusals.unauthorized()
