"""A real server in a process of its own: its start, its end, models replaced under load."""

from __future__ import annotations

import http.client
import json
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kosent.errors import RuntimeSetupError
from kosent.serving.limits import Limits
from kosent.serving.server import address_of, configured, listen
from kosent.serving.service import Service
from kosent.support.files import write_file

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
OLD, NEW = GOLDEN / "format-2-cnn_bilstm.kosent", GOLDEN / "format-3-gru.kosent"
START = (sys.executable, "-P", "-c", "from kosent_cli.main import main; main()")
JSON = {"content-type": "application/json"}


class Running:
    """A server in a process of its own, on a free port."""

    def __init__(self, *options: str) -> None:
        self.process = subprocess.Popen(
            [*START, "serve", "--port", "0", *options], stderr=subprocess.PIPE, text=True
        )
        assert self.process.stderr is not None
        self.said = self.process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.said)
        assert found, self.said + self.process.stderr.read()
        self.port = int(found[1])

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, path: str, document: Any = None) -> tuple[int, bytes]:
        """Send one request over a connection of its own."""
        connection = self.connect()
        body = None if document is None else json.dumps(document)
        connection.request("GET" if body is None else "POST", path, body, JSON)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """End it; return its exit code, and what it said."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=60)
        return self.process.returncode, said


@pytest.fixture
def process() -> Iterator[Callable[..., Running]]:
    """Start servers, which are gone after the test."""
    started: list[Running] = []

    def start(*options: str) -> Running:
        started.append(Running(*options))
        return started[-1]

    yield start
    for each in started:
        each.process.kill()
        each.process.wait()
        if each.process.stderr is not None:
            each.process.stderr.close()


def test_it_serves_until_sigterm(process: Callable[..., Running]) -> None:
    server = process()
    assert "(pretrained " in server.said
    assert server.ask("/health/ready")[0] == 200
    status, content = server.ask("/v1/predict", {"text": "재밌다"})
    assert (status, json.loads(content)["model"]) == (200, "pretrained")
    assert server.end() == (0, "")


@pytest.mark.slow
def test_neither_tensorflow_nor_the_disk_is_touched(tmp_path: Path) -> None:
    """Also where a text is followed and explained."""
    program = """
import os, sys
from kosent_cli.main import run
from kosent.serving import server
def serve(service, listening, announce):
    import asyncio
    body = '{"text": "재밌다", "trace": true, "explain": true}'.encode()
    asyncio.run(service.predict(body))
    service.close()
    print([name for name in ("tensorflow", "keras", "sklearn", "pandas") if name in sys.modules])
    print(os.environ["KOSENT_CACHE"])
server.serve = serve
sys.exit(run(["serve", "--port", "0"]))
"""
    ended = subprocess.run(
        [sys.executable, "-P", "-c", program],
        capture_output=True,
        text=True,
        env={"HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
        cwd=tmp_path,
    )
    assert ended.stdout == "[]\noff\n", ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_sigterm_answers_what_has_come_and_is_not_ready_first(
    process: Callable[..., Running],
) -> None:
    server = process()
    long = {"texts": ["재미있을 줄 알았는데 " * 600] * 20}
    waiting = server.connect()
    waiting.request("POST", "/v1/predict", json.dumps(long), JSON)
    idle = server.connect()
    idle.connect()
    time.sleep(0.1)
    server.process.send_signal(signal.SIGTERM)
    until = time.monotonic() + 10
    while server.ask("/health/ready")[0] == 200:
        assert time.monotonic() < until
    assert server.ask("/health/live")[0] == 200
    answer = waiting.getresponse()
    assert answer.status == 200
    assert len(json.loads(answer.read())["predictions"]) == 20
    assert server.process.wait(60) == 0
    with pytest.raises(ConnectionRefusedError):
        server.ask("/health/ready")
    for each in (waiting, idle):
        each.close()


def test_who_reads_the_log_may_leave(process: Callable[..., Running]) -> None:
    server = process()
    assert server.process.stderr is not None
    server.process.stderr.close()
    connection = server.connect()
    for path, status in (("/nope", 404), ("/nope", 404), ("/health/live", 200)):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status
    connection.close()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(60) == 0


def test_ctrl_c_is_told(process: Callable[..., Running]) -> None:
    code, said = process().end(signal.SIGINT)
    assert code == 130
    assert "interrupted" in said


def test_a_torn_body_and_half_closed_connections_end_nothing(
    process: Callable[..., Running],
) -> None:
    server = process()
    header = b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n"
    for sent in (header, header + b"Content-Type: application/json\r\n\r\n{", b"\x00" * 100):
        for closes in (True, False):
            with socket.create_connection(("127.0.0.1", server.port)) as connection:
                connection.sendall(sent)
                if closes:
                    connection.shutdown(socket.SHUT_WR)
                    connection.settimeout(30)
                    while connection.recv(65536):
                        pass
    assert server.ask("/v1/predict", {"text": "재밌다"})[0] == 200
    assert server.end()[0] == 0


def test_a_model_is_replaced_under_load_and_a_torn_one_is_not(
    process: Callable[..., Running], tmp_path: Path
) -> None:
    place = Path(shutil.copy(OLD, tmp_path / "model.kosent"))
    server = process("--model", f"m={place}")
    statuses: list[int] = []
    versions: list[str] = []
    done = threading.Event()

    def load() -> None:
        connection = server.connect()
        while not done.is_set():
            connection.request("POST", "/v1/predict", b'{"text": "a"}', JSON)
            answer = connection.getresponse()
            statuses.append(answer.status)
            versions.append(json.loads(answer.read())["version"])
        connection.close()

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 30
    try:
        place.write_bytes(NEW.read_bytes()[:9000])
        while "refused" not in reloads(server):
            assert time.monotonic() < until
            time.sleep(0.1)
        before = len(versions)
        write_file(place, NEW.read_bytes())
        while "loaded" not in reloads(server):
            assert time.monotonic() < until
            time.sleep(0.1)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert set(statuses) == {200}
    [old] = set(versions[:before])
    # An answer given before the replacement may be the last that a thread notes.
    [new] = set(versions) - {old}
    code, said = server.end()
    assert code == 0
    refused, replaced = said.strip().split("\n")
    assert "model.kosent" in refused
    assert f"{old} -> {new}" in replaced


def reloads(server: Running) -> str:
    """Return which results of replacements have been counted."""
    page = server.ask("/metrics")[1].decode()
    found = re.findall(r'kosent_model_reloads_total\{.*result="(\w+)"\} [1-9]', page)
    return " ".join(found)


def test_a_port_that_is_taken_is_said() -> None:
    with listen("127.0.0.1", 0) as first:
        first.listen()
        port = first.getsockname()[1]
        with pytest.raises(RuntimeSetupError, match=f"127.0.0.1:{port} is in use"):
            listen("127.0.0.1", port)


def test_an_address_that_is_not_here_is_said() -> None:
    with pytest.raises(RuntimeSetupError, match=r"cannot listen at 203.0.113.7:0"):
        listen("203.0.113.7", 0)
    with pytest.raises(RuntimeSetupError, match="cannot listen"):
        listen("a" * 70 + ".invalid", 0)


@pytest.fixture
def files() -> Iterator[None]:
    """Let a test change how many files may be open."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_there_are_no_more_connections_than_files(service: Service, files: None) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (500, hard))
    kind: Any = configured(service).http
    assert kind.most_connections == service.limits.connections == 1024
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 1024 + 128
    resource.setrlimit(resource.RLIMIT_NOFILE, (500, hard))
    large = Service(service.models, Limits(concurrency=10_000))
    kind = configured(large).http
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert kind.most_connections == soft - 128 <= 80_000
    large.close()


def test_an_address_is_shown_as_browsers_take_it() -> None:
    with listen("127.0.0.1", 0) as listening:
        assert address_of(listening) == f"http://127.0.0.1:{listening.getsockname()[1]}"
    if socket.has_ipv6:
        with listen("::1", 0) as listening:
            assert address_of(listening) == f"http://[::1]:{listening.getsockname()[1]}"
