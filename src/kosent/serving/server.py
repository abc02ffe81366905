"""The server: a socket, uvicorn, and an end at which nothing is lost."""

from __future__ import annotations

import asyncio
import errno
import logging
import resource
import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn

from kosent.errors import RuntimeSetupError
from kosent.serving.app import application
from kosent.serving.limits import IDLE_SECONDS
from kosent.serving.protocol import Connection
from kosent.serving.service import Service

_OTHER_FILES = 128  # open files beside connections
_BACKLOG = 2048  # connections that the kernel holds until they are taken
DRAIN_SECONDS = 1.0  # between "not ready" and the last connection that is taken


def serve(
    service: Service,
    listening: socket.socket,
    announce: Callable[[], None] = lambda: None,
    drain: float = DRAIN_SECONDS,
) -> None:
    """Serve until SIGTERM or Ctrl-C; what is being answered then is answered.

    On SIGTERM ``/health/ready`` says 503 first, so that whoever shares requests out sends no more,
    and some time later no connection is taken any more.

    Args:
        service: What answers.
        listening: A bound socket (:func:`listen`); it is closed at the end.
        announce: Called once requests are taken.
        drain: Seconds between the two.

    Raises:
        KeyboardInterrupt: If it was Ctrl-C.
    """
    # What uvicorn has to say at lower levels is no news, or said by strangers: wrong requests.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    server = _Server(configured(service), service, announce, drain)
    server.run([listening])
    if server.interrupted:
        raise KeyboardInterrupt


def configured(service: Service) -> uvicorn.Config:
    """Return how uvicorn is to serve."""
    most = _with_files(service.limits.connections)
    kind = type("Bounded", (Connection,), {"most_connections": most})
    return uvicorn.Config(
        application(service),
        http=kind,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        timeout_keep_alive=int(IDLE_SECONDS),
        timeout_graceful_shutdown=int(service.limits.timeout) + 1,
    )


def _with_files(connections: int) -> int:
    """Return how many connections there can be, having asked for as many open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return connections if soft == resource.RLIM_INFINITY else min(wanted, soft) - _OTHER_FILES


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that is bound, to which nobody can connect yet.

    Args:
        host: A name or an address.
        port: A port; one that is free where it is 0.

    Raises:
        RuntimeSetupError: If the port is taken, or cannot be bound.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        bound = socket.socket(family, kind, protocol)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
        except OSError:
            bound.close()
            raise
    except (OSError, UnicodeError) as error:
        raise _cannot_listen(host, port, error) from error
    return bound


def address_of(listening: socket.socket) -> str:
    """Return where a socket listens, as it is written in a browser."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """Uvicorn, which tells when it begins, and ends as :func:`serve` says."""

    def __init__(
        self,
        config: uvicorn.Config,
        service: Service,
        announce: Callable[[], None],
        drain: float,
    ) -> None:
        super().__init__(config)
        self._service = service
        self._announce = announce
        self._drain = drain
        self.interrupted = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin, and tell."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._announce()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End: uvicorn would send itself the signal again, so that a good end looked like a kill.

        A second signal does not wait for those who share requests out, nor Ctrl-C at all; a second
        Ctrl-C waits for nobody.
        """
        del frame
        if sig == signal.SIGINT:
            self.force_exit = self.interrupted
            self.interrupted = True
        if sig == signal.SIGINT or self._service.stopping or not self._drain:
            self._service.stopping = self.should_exit = True
            return
        self._service.stopping = True
        self._loop.call_soon_threadsafe(self._loop.call_later, self._drain, self._stop)

    def _stop(self) -> None:
        self.should_exit = True


def _cannot_listen(host: str, port: int, error: Any) -> RuntimeSetupError:
    if getattr(error, "errno", None) == errno.EADDRINUSE:
        return RuntimeSetupError(
            f"{host}:{port}은(는) 다른 프로그램이 쓰고 있습니다. --port로 다른 포트를 고르세요",
            f"{host}:{port} is in use by another program; choose another port with --port",
        )
    reason = getattr(error, "strerror", None) or str(error)
    return RuntimeSetupError(
        f"{host}:{port}에서 기다릴 수 없습니다 ({reason}). --host와 --port를 확인하세요",
        f"cannot listen at {host}:{port} ({reason}); check --host and --port",
    )
