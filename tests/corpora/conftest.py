"""Fixtures of the corpora tests: archives, a local web server, and the real corpora."""

from __future__ import annotations

import io
import os
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def pack(tmp_path: Path) -> Callable[..., Path]:
    """Pack ``{member name: bytes}`` to a tar.gz, in the order given."""

    def build(members: dict[str, bytes], name: str = "aclImdb_v1.tar.gz") -> Path:
        path = tmp_path / name
        with tarfile.open(path, "w:gz") as archive:
            for member, data in members.items():
                info = tarfile.TarInfo(member)
                if member.endswith("/"):
                    info.type = tarfile.DIRTYPE
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        return path

    return build


@dataclass
class WebServer:
    """What the local server offers and how it misbehaves."""

    url: str = ""
    data: bytes = b""
    ranges: bool = True
    etag: str = ""
    status: int = 0  # answer every request with this, where not 0
    cuts: list[int] = field(default_factory=list)  # bytes after which each answer is cut
    wrong_range: bool = False
    redirect: str = ""
    drip: float = 0.0  # seconds between the bytes of an answer, where not 0
    held: threading.Event | None = None  # an answer waits for it before its last byte
    requests: list[dict[str, str]] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """Answers as the server's ``state`` says; HTTP/1.0, so a cut is a closed connection."""

    def do_GET(self) -> None:
        state = self.state
        state.requests.append(dict(self.headers))
        start = self.start()
        refused = state.status or (416 if start and start >= len(state.data) else 0)
        if refused:
            self.send_error(refused)
            return
        if state.redirect:
            self.send_response(302)
            self.send_header("Location", state.redirect)
            self.end_headers()
            return
        body = state.data[start:]
        self.send_response(206 if start else 200)
        for name, value in self.answer_headers(start).items():
            self.send_header(name, value)
        self.end_headers()
        if state.cuts:
            self.wfile.write(body[: state.cuts.pop(0)])
            return
        with suppress(ConnectionError):
            for byte in body if state.drip else b"":
                self.wfile.write(bytes([byte]))
                time.sleep(state.drip)
        if state.drip:
            return
        if state.held is not None:
            self.wfile.write(body[:-1])
            self.wfile.flush()
            state.held.wait(10)
            body = body[-1:]
        self.wfile.write(body)

    @property
    def state(self) -> WebServer:
        return self.server.state  # type: ignore[attr-defined]

    def start(self) -> int:
        asked = self.headers.get("Range", "")
        condition = self.headers.get("If-Range", self.state.etag)
        if not asked or not self.state.ranges or condition != self.state.etag:
            return 0
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def answer_headers(self, start: int) -> dict[str, str]:
        size = len(self.state.data)
        headers = {"Content-Length": str(size - start)}
        if start:
            claimed = start + 1 if self.state.wrong_range else start
            headers["Content-Range"] = f"bytes {claimed}-{size - 1}/{size}"
        return headers | ({"ETag": self.state.etag} if self.state.etag else {})

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def web() -> Iterator[WebServer]:
    state = WebServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.state = state  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/file"
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of the real corpora, or skip."""
    named = os.environ.get("KOSENT_DATA")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "corpora"
    if not (folder / "nsmc" / "ratings_test.txt").is_file():
        pytest.skip(f"no real corpora in {folder}; set KOSENT_DATA to the folder that has them")
    return folder
