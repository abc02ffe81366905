"""A hub on this machine that speaks as much of the real one's language as ``kosent`` needs."""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

TOKEN = "hf_" + "a" * 34


class Hub:
    """What the hub holds.

    Attributes:
        files: Content by repository, revision and path; ``main`` is the newest.
        private: Whether each repository is.
        fails: A status that every request gets instead of its answer.
        address: Where it is.
        move: Makes ``huggingface_hub`` look for it elsewhere.
    """

    def __init__(self) -> None:
        self.files: dict[str, dict[str, dict[str, bytes]]] = {}
        self.private: dict[str, bool] = {}
        self.messages: list[str] = []
        self.fails: int | None = None
        self.address = ""
        self.move: Callable[[str], object]

    def commit(self, name: str, lines: list[dict[str, Any]]) -> str:
        files = dict(self.files[name].get("main", {}))
        for line in lines:
            if line["key"] == "header":
                self.messages.append(line["value"]["summary"])
            else:
                files[line["value"]["path"]] = base64.b64decode(line["value"]["content"])
        revision = hashlib.sha1(repr(sorted(files.items())).encode()).hexdigest()  # noqa: S324
        self.files[name]["main"] = self.files[name][revision] = files
        return revision


@contextmanager
def running(hub: Hub) -> Iterator[str]:
    """Serve a hub; give its address."""

    class Handler(_Handler):
        held = hub

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    held: Hub
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = unquote(self.path.partition("?")[0])
        if self.held.fails is not None:
            return self._json(self.held.fails, {"error": "not now"})
        if path != "/api/validate-yaml" and self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._json(401, {"error": "Invalid username or password."})
        if path == "/api/repos/create":
            return self._create(json.loads(body))
        if path == "/api/validate-yaml":
            return self._json(200, {"errors": [], "warnings": []})
        _, _, _, owner, model, action, _ = path.split("/", 6)
        if action == "preupload":
            files = [
                {"path": each["path"], "uploadMode": "regular", "shouldIgnore": False}
                for each in json.loads(body)["files"]
            ]
            return self._json(200, {"files": files})
        revision = self.held.commit(f"{owner}/{model}", [json.loads(x) for x in body.splitlines()])
        host = f"http://{self.headers['Host']}"
        url = f"{host}/{owner}/{model}/commit/{revision}"
        return self._json(200, {"success": True, "commitOid": revision, "commitUrl": url})

    def do_HEAD(self) -> None:
        self._file(with_body=False)

    def do_GET(self) -> None:
        self._file(with_body=True)

    def _create(self, asked: dict[str, Any]) -> None:
        name = f"{asked.get('organization') or 'me'}/{asked['name']}"
        url = f"http://{self.headers['Host']}/{name}"
        if name in self.held.files:
            return self._json(409, {"error": "You already created this model repo", "url": url})
        self.held.files[name] = {}
        self.held.private[name] = bool(asked.get("private")) or asked.get("visibility") == "private"
        return self._json(200, {"url": url, "name": name})

    def _file(self, *, with_body: bool) -> None:
        if self.held.fails is not None:
            return self._json(self.held.fails, {"error": "not now"})
        parts = unquote(self.path.partition("?")[0]).strip("/").split("/")
        name, revision = "/".join(parts[:2]), parts[3] if len(parts) > 3 else "main"
        files = self.held.files.get(name)
        token = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        if files is None or (self.held.private[name] and not token):
            return self._refuse(401, "RepoNotFound")
        if revision not in files:
            return self._refuse(404, "RevisionNotFound")
        content = files[revision].get("/".join(parts[4:]))
        if content is None:
            return self._refuse(404, "EntryNotFound")
        newest = next(each for each, held in files.items() if held is files[revision])
        commit = next(each for each in files if each != "main" and files[each] == files[newest])
        headers = {
            "ETag": f'"{hashlib.sha1(content).hexdigest()}"',  # noqa: S324
            "X-Repo-Commit": commit,
            "Content-Type": "application/octet-stream",
        }
        return self._send(200, headers, content, with_body=with_body)

    def _refuse(self, status: int, code: str) -> None:
        self._send(status, {"X-Error-Code": code}, b"", with_body=True)

    def _json(self, status: int, document: Any) -> None:
        content = json.dumps(document).encode()
        self._send(status, {"Content-Type": "application/json"}, content, with_body=True)

    def _send(self, status: int, headers: dict[str, str], body: bytes, *, with_body: bool) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body and self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


_TEMPLATE = "/{repo_id}/resolve/{revision}/{filename}"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """Give a hub on this machine, which ``huggingface_hub`` takes for the real one."""
    held = Hub()
    with running(held) as address:
        constants = importlib.import_module("huggingface_hub.constants")
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
        held.address = address
        held.move = lambda place: (
            monkeypatch.setattr(constants, "ENDPOINT", place),
            monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", place + _TEMPLATE),
        )
        held.move(address)
        yield held
