"""How tests ask the server: its application in this process, without a socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from kosent.models.pretrained import pretrained_path
from kosent.serving.app import application
from kosent.serving.models import Models, Served, read_served
from kosent.serving.service import Service

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
SENTENCE = "재미있을 줄 알았는데 완전 실망했다. 너무 졸리고 돈이 아까웠다"
TYPE = {"content-type": "application/json"}


@pytest.fixture(scope="session")
def pretrained() -> Served:
    """Return the packaged model, as it is served."""
    return read_served("pretrained", pretrained_path())


@pytest.fixture(scope="session")
def several() -> Served:
    """Return a model of several labels a text."""
    return read_served("several", GOLDEN / "format-3-gru.kosent")


@pytest.fixture
def log() -> Iterator[list[str]]:
    """Return what the service of this test says; it is shown where the test fails."""
    said: list[str] = []
    yield said
    print(*said, sep="\n")


@pytest.fixture
def service(pretrained: Served, several: Served, log: list[str]) -> Service:
    """Return a service of two models."""
    return Service(Models([pretrained, several]), say=log.append)


class Asking:
    """Sends requests to an application, each in a loop of its own."""

    def __init__(self, service: Service, page: Path | None = None) -> None:
        self.service = service
        self.app = application(service) if page is None else application(service, page)

    def client(self) -> httpx.AsyncClient:
        """Return a client; what the application raises is answered as by a server."""
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")

    def __call__(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """Send one request."""

        async def send() -> httpx.Response:
            async with self.client() as client:
                return await client.request(method, path, **sent)

        return asyncio.run(send())

    def predict(self, document: Any, **headers: str) -> httpx.Response:
        """Send JSON to be predicted; a string is the body as it is."""
        body = document if isinstance(document, str | bytes) else json.dumps(document)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self("POST", "/v1/predict", content=body, headers=TYPE | named)


@pytest.fixture
def ask(service: Service) -> Asking:
    """Ask the service of two models."""
    return Asking(service)


@pytest.fixture
def asking() -> Callable[..., Asking]:
    """Make something that asks another service."""
    return Asking
