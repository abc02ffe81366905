"""The ASGI application: which path goes where."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kosent.errors import DataError, KosentError, UsageError
from kosent.prediction.answers import to_line
from kosent.serving import answering, lanes, refusals
from kosent.serving.asked import Asked, asked
from kosent.serving.body import Bodies, Disconnected, parsed
from kosent.serving.gate import Gate, check_token
from kosent.serving.limits import Limits
from kosent.serving.metrics import CONTENT_TYPE, Metrics
from kosent.serving.models import Models, Served
from kosent.serving.replies import refused, reply
from kosent.serving.static import FOLDER, INDEX, files_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_SMALL = 32 * 1024  # bytes of a body whose JSON is read in the event loop: 0.2 ms


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask.

    Attributes:
        token: What must be shown, where something must.
        hosts: The names under which the server may be called; all where it is ``None``.
        origins: The web pages that may ask from a browser, beside the server's own.
    """

    token: bytes | None = None
    hosts: tuple[str, ...] | None = None
    origins: tuple[str, ...] = ()


@dataclass(slots=True)
class Service:
    """What answers: models, and threads that run them.

    Args:
        models: The models.
        limits: What a request may take.
        access: Who may ask.
        say: Writes a line to the log.
        page: The folder of the page's files.
    """

    models: Models
    limits: Limits = field(default_factory=Limits)
    access: Access = field(default_factory=Access)
    say: Callable[[str], None] = print
    page: Path = FOLDER
    stopping: bool = False
    metrics: Metrics = field(default_factory=Metrics, init=False)
    bodies: Bodies = field(init=False)
    quick: lanes.Quick = field(init=False)
    slow: lanes.Slow = field(init=False)

    def __post_init__(self) -> None:
        """Start what the limits bound."""
        self.bodies = Bodies(self.limits.body, self.limits.held)
        self.quick = lanes.Quick(self.limits.concurrency, self.metrics.batch)
        self.slow = lanes.Slow(self.limits.slow)
        for served in self.models:
            self.metrics.serves(served)

    async def predict(self, body: bytes) -> bytes:
        """Return the answer to a request's body.

        Raises:
            Refusal: If it cannot be answered.
            KosentError: If the library refuses.
        """
        try:
            async with asyncio.timeout(self.limits.timeout):
                if len(body) > _SMALL:
                    return await self.slow.run(self._answered, body)
                wanted, served = self._checked(body)
                if wanted.slow:
                    return await self.slow.run(answering.answered, wanted, served)
                predicted = await self.quick.predict(served.predictor, wanted.texts)
                return answering.document(wanted, served, predicted)
        except TimeoutError:
            raise refusals.took_too_long(self.limits.timeout) from None

    def _answered(self, body: bytes) -> bytes:
        return answering.answered(*self._checked(body))

    def _checked(self, body: bytes) -> tuple[Asked, Served]:
        wanted = asked(parsed(body), self.limits)
        served = self.models.find(wanted.model)
        answering.check(wanted, served)
        self.metrics.texts(served.name, len(wanted.texts))
        return wanted, served

    def close(self) -> None:
        """End the threads."""
        self.quick.close()
        self.slow.close()


def application(service: Service) -> ASGIApp:
    """Return the application of a service."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        service.close()

    routes = _Handlers(service).routes()
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=_middleware(service.access.origins),
        exception_handlers={
            refusals.Refusal: _on_refusal,
            HTTPException: _on_http,
            Disconnected: _on_left,
            KosentError: _on_kosent,
            Exception: _on_bug,
        },
    )
    app.router.redirect_slashes = False
    paths = [route.path.removesuffix("{name}") for route in routes]
    return Gate(app, paths, service.metrics, service.access.hosts, service.say)


def _middleware(origins: tuple[str, ...]) -> list[Middleware]:
    if not origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=("GET", "POST"),
            allow_headers=("authorization", "content-type"),
            max_age=600,
        )
    ]


class _Handlers:
    """What answers each path."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._files = files_of(service.page)

    def routes(self) -> list[Route]:
        """Return the paths."""
        return [
            Route("/v1/predict", self.predict, methods=["POST"]),
            Route("/v1/models", self.models),
            Route("/health/live", self.live),
            Route("/health/ready", self.ready),
            Route("/metrics", self.metrics),
            Route("/", self.index),
            Route("/page/{name}", self.file),
        ]

    async def predict(self, request: Request) -> Response:
        service = self._service
        check_token(request, service.access.token)
        body = await service.bodies.read(request.headers, request.receive)
        return reply(await service.predict(body))

    async def models(self, request: Request) -> Response:
        check_token(request, self._service.access.token)
        return reply(to_line(self._service.models.document()))

    async def live(self, request: Request) -> Response:
        return reply(b'{"status": "ok"}\n')

    async def ready(self, request: Request) -> Response:
        if self._service.stopping:
            raise refusals.stopping()
        return reply(b'{"status": "ok"}\n')

    async def metrics(self, request: Request) -> Response:
        check_token(request, self._service.access.token)
        return reply(self._service.metrics.page(), CONTENT_TYPE)

    async def index(self, request: Request) -> Response:
        return self._file(request, INDEX)

    async def file(self, request: Request) -> Response:
        return self._file(request, request.path_params["name"])

    def _file(self, request: Request, name: str) -> Response:
        if name not in self._files:
            raise refusals.not_found()
        return self._files[name].answer(request.headers)


async def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, refusals.Refusal)
    return refused(request.headers, error)


async def _on_http(request: Request, error: Exception) -> Response:
    """Answer what Starlette refuses: a path or a method."""
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        return refused(request.headers, refusals.wrong_method((error.headers or {})["Allow"]))
    return refused(request.headers, refusals.not_found())


async def _on_left(request: Request, error: Exception) -> Response:
    return Response(status_code=499)


async def _on_kosent(request: Request, error: Exception) -> Response:
    assert isinstance(error, KosentError)
    if isinstance(error, UsageError | DataError):
        return refused(request.headers, refusals.unusable(error.message))
    raise error  # a model that fails is for the log, and its path for nobody else


async def _on_bug(request: Request, error: Exception) -> Response:
    return refused(request.headers, refusals.failed())
