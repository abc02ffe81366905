"""The ASGI application: which path goes where."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kosent.errors import DataError, UsageError
from kosent.prediction.answers import to_line
from kosent.serving import openapi, refusals
from kosent.serving.caller import Spoken, spoken
from kosent.serving.gate import Gate, check_token
from kosent.serving.metrics import CONTENT_TYPE
from kosent.serving.replies import refused, reply
from kosent.serving.service import Service
from kosent.serving.static import FOLDER, HTML, INDEX, file_of, files_of
from kosent.serving.watching import watch

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_BY_LANGUAGE = {"vary": "accept-language"}
_OK = b'{"status": "ok"}\n'


def application(service: Service, page: Path = FOLDER) -> ASGIApp:
    """Return the application of a service.

    Args:
        service: What answers.
        page: The folder of the page's files.
    """

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(watch(service))
        yield
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        service.close()

    routes = _Handlers(service, page).routes()
    answered = (refusals.Refusal, HTTPException, UsageError, DataError, Exception)
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=_middleware(service.access.origins),
        exception_handlers=dict.fromkeys(answered, _on_error),
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

    def __init__(self, service: Service, page: Path) -> None:
        self._service = service
        self._files = files_of(page)
        self._style = file_of(openapi.STYLE)
        self._described = lru_cache(2)(self._describe)

    def routes(self) -> list[Route]:
        """Return the paths."""
        return [
            Route("/v1/predict", self.predict, methods=["POST"]),
            Route("/v1/models", self.models),
            Route("/health/live", self.live),
            Route("/health/ready", self.ready),
            Route("/metrics", self.metrics),
            Route("/openapi.json", self.openapi),
            Route("/docs", self.docs),
            Route("/docs.css", self.style),
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

    async def live(self, _: Request) -> Response:
        return reply(_OK)

    async def ready(self, _: Request) -> Response:
        if self._service.stopping:
            raise refusals.stopping()
        return reply(_OK)

    async def metrics(self, request: Request) -> Response:
        check_token(request, self._service.access.token)
        return reply(self._service.metrics.page(), CONTENT_TYPE)

    async def openapi(self, request: Request) -> Response:
        content, _ = self._described(spoken(request.headers.get("accept-language", "")))
        return reply(content, headers=_BY_LANGUAGE)

    async def docs(self, request: Request) -> Response:
        _, content = self._described(spoken(request.headers.get("accept-language", "")))
        return reply(content, HTML, headers=_BY_LANGUAGE)

    async def style(self, request: Request) -> Response:
        return self._style.answer(request.headers)

    async def index(self, request: Request) -> Response:
        return self._file(request, INDEX)

    async def file(self, request: Request) -> Response:
        return self._file(request, request.path_params["name"])

    def _describe(self, language: Spoken) -> tuple[bytes, bytes]:
        """Return the OpenAPI document, and its page; made when first asked for, in 0.1 s."""
        service = self._service
        both = openapi.described(service.limits, token=service.access.token is not None)
        document = openapi.localized(both, language)
        return to_line(document), openapi.page(document, language).encode()

    def _file(self, request: Request, name: str) -> Response:
        if name not in self._files:
            raise refusals.not_found()
        return self._files[name].answer(request.headers)


async def _on_error(request: Request, error: Exception) -> Response:
    """Answer an error; a bug, or a model that fails, leaves its traceback in the log beside."""
    return refused(request.headers, _refusal_of(error))


def _refusal_of(error: Exception) -> refusals.Refusal:
    if isinstance(error, refusals.Refusal):
        return error
    if isinstance(error, HTTPException):  # Starlette's own are of a path or a method
        if error.status_code == 405:
            return refusals.wrong_method((error.headers or {})["Allow"])
        return refusals.not_found()
    if isinstance(error, UsageError | DataError):
        return refusals.unusable(error.message)
    return refusals.failed()
