"""``kosent serve`` under load: how soon it is ready, how much it answers, how long that takes.

Starts the server with the packaged model on a free port of 127.0.0.1 and prints:

- seconds from the start of the process to ``/health/ready``;
- requests a second at full load, by ``wrk`` where it is found, else by the client in this file, and
  the processor time that the server took for each;
- at half of that rate, sent on schedule whether answers come or not, the time from when each was
  due to its answer: median and 99th percentile;
- resident memory before and after many requests, each of another text;
- the same at full load for requests of 32 texts, and with a sentence followed (``trace``).

All on one machine, so that the load takes processors from the server::

    .venv/bin/python bench/serving.py
    .venv/bin/python bench/serving.py --seconds 5 --connections 16 --requests 200000
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

START = (sys.executable, "-P", "-c", "from kosent_cli.main import main; main()", "serve")
SENTENCE = "재미있을 줄 알았는데 완전 실망했다. 너무 졸리고 돈이 아까웠다"
ONE = {"text": SENTENCE}
LUA = """
wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.body = {body}
"""

# A text of 1 to 200 syllables and spaces for each request; a syllable is 3 bytes of UTF-8.
VARIED = """
wrk.headers["content-type"] = "application/json"
math.randomseed({seed})
request = function()
  local parts = {}
  for number = 1, math.random(200) do
    local code = math.random(0xAC00, 0xD7A3)
    parts[number] = code % 4 == 0 and " " or string.char(
      0xE0 + math.floor(code / 4096), 0x80 + math.floor(code / 64) % 64, 0x80 + code % 64)
  end
  return wrk.format("POST", nil, nil, '{"text": "' .. table.concat(parts) .. '"}')
end
"""


class Server:
    """A server on a free port; ``ready`` is how many seconds it took."""

    def __init__(self, *options: str) -> None:
        began = time.perf_counter()
        self.process = subprocess.Popen(
            [*START, "--port", "0", *options], stderr=subprocess.PIPE, text=True
        )
        assert self.process.stderr is not None
        said = self.process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", said)
        assert found, said
        self.port = int(found[1])
        self.url = f"http://127.0.0.1:{self.port}"
        while not self.is_ready():
            time.sleep(0.005)
        self.ready = time.perf_counter() - began

    def is_ready(self) -> bool:
        """Tell whether it takes requests."""
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            asking.request("GET", "/health/ready")
            return asking.getresponse().status == 200
        except ConnectionRefusedError:
            return False
        finally:
            asking.close()

    def cpu(self) -> float:
        """Return the processor time so far, in seconds."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Return the resident memory, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def stop(self) -> int:
        """End it; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


class Client:
    """One connection that sends the same request again and again."""

    def __init__(self, port: int, document: Any) -> None:
        body = json.dumps(document, ensure_ascii=False).encode()
        self._port = port
        self._request = (
            b"POST /v1/predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        )

    async def open(self) -> None:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def ask(self) -> None:
        """Send the request, and read its answer."""
        self._writer.write(self._request)
        header = await self._reader.readuntil(b"\r\n\r\n")
        assert header.startswith(b"HTTP/1.1 200"), header
        length = re.search(rb"content-length: (\d+)", header)
        assert length
        await self._reader.readexactly(int(length[1]))

    def close(self) -> None:
        """Disconnect."""
        self._writer.close()


async def opened(port: int, document: Any, connections: int) -> list[Client]:
    clients = [Client(port, document) for _ in range(connections)]
    for client in clients:
        await client.open()
    return clients


async def at_full_load(port: int, document: Any, connections: int, requests: int) -> float:
    """Send so many requests, each connection its next when it has its answer; return seconds."""
    clients = await opened(port, document, connections)
    left = iter(range(requests))

    async def send(client: Client) -> None:
        for _ in left:
            await client.ask()

    began = time.perf_counter()
    await asyncio.gather(*map(send, clients))
    took = time.perf_counter() - began
    for client in clients:
        client.close()
    return took


async def at_rate(
    port: int, document: Any, connections: int, rate: float, seconds: float
) -> list[float]:
    """Send requests when they are due; return the seconds from then to each answer."""
    clients = await opened(port, document, connections)
    free: asyncio.Queue[Client] = asyncio.Queue()
    for client in clients:
        free.put_nowait(client)
    took: list[float] = []

    async def send(due: float) -> None:
        client = await free.get()
        await client.ask()
        took.append(time.perf_counter() - due)
        free.put_nowait(client)

    began = time.perf_counter()
    tasks = []
    for number in range(int(rate * seconds)):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(send(due)))
    await asyncio.gather(*tasks)
    for client in clients:
        client.close()
    return took


def full_load(server: Server, document: Any, connections: int, seconds: float) -> float:
    """Print requests a second at full load, and return them."""
    before = server.cpu()
    if tool := shutil.which("wrk"):
        done, took, said = wrk(tool, server, document, connections, seconds)
    else:
        done, said = int(seconds * 500), "the client of this file"
        took = asyncio.run(at_full_load(server.port, document, connections, done))
    each = (server.cpu() - before) / done * 1000
    print(f"  {done / took:,.0f} requests/s, {each:.2f} ms of processor each ({said})")
    return done / took


def wrk(
    tool: str, server: Server, document: Any, connections: int, seconds: float
) -> tuple[int, float, str]:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        body = json.dumps(json.dumps(document, ensure_ascii=False), ensure_ascii=False)
        script.write(LUA.replace("{body}", body))
        script.flush()
        command = [tool, "-t1", f"-c{connections}", f"-d{seconds:g}s", "--latency", "-s"]
        said = subprocess.run(
            [*command, script.name, f"{server.url}/v1/predict"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    assert "Non-2xx" not in said, said
    assert "Socket errors" not in said, said
    found = re.search(r"(\d+) requests in ([\d.]+)s", said)
    assert found, said
    times = [re.search(rf"^\s+{share}%\s+(\S+)", said, re.MULTILINE) for share in (50, 99)]
    shown = ", ".join(f"p{s} {t[1]}" for s, t in zip((50, 99), times, strict=True) if t)
    return int(found[1]), float(found[2]), f"wrk: {shown}"


def many(server: Server, connections: int, requests: int) -> None:
    """Send many requests, each of another text, and print the memory every tenth of them."""
    shown = [server.memory()]
    part = max(1, requests // 10)
    sent = 0
    for number in range(10):
        if tool := shutil.which("wrk"):
            until = sent + part
            while sent < until:
                sent += varied(tool, server, connections, number)
        else:
            documents = [{"text": drawn(part * number + each)} for each in range(part)]
            asyncio.run(each_once(server.port, documents, connections))
            sent += part
        shown.append(server.memory())
    print(f"  {sent:,} requests: MB", " ".join(f"{each:.1f}" for each in shown))


def varied(tool: str, server: Server, connections: int, seed: int) -> int:
    """Send texts drawn at random for two seconds; return how many."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(VARIED.replace("{seed}", str(time.time_ns() % 10**6 + seed)))
        script.flush()
        said = subprocess.run(
            [
                tool,
                "-t1",
                f"-c{connections}",
                "-d2s",
                "-s",
                script.name,
                f"{server.url}/v1/predict",
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    assert "Non-2xx" not in said, said
    found = re.search(r"(\d+) requests in", said)
    assert found, said
    return int(found[1])


def drawn(seed: int) -> str:
    """Return a text of 1 to 200 syllables and spaces."""
    draw = np.random.default_rng(seed)
    codes = draw.integers(0xAC00, 0xD7A4, draw.integers(1, 200))
    return "".join(" " if code % 4 == 0 else chr(code) for code in codes)


async def each_once(port: int, documents: list[Any], connections: int) -> None:
    """Send each request once, over so many connections."""
    left = iter(documents)

    async def send() -> None:
        for document in left:
            client = Client(port, document)
            await client.open()
            await client.ask()
            client.close()

    await asyncio.gather(*(send() for _ in range(connections)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--requests", type=int, default=20_000)
    arguments = parser.parse_args()
    server = Server()
    try:
        print(f"ready after {server.ready:.2f} s, {server.memory():.0f} MB")
        load = (arguments.connections, arguments.seconds)
        print("one text")
        rate = full_load(server, ONE, *load)
        took = asyncio.run(at_rate(server.port, ONE, arguments.connections, rate / 2, load[1]))
        low, high = np.quantile(took, [0.5, 0.99]) * 1000
        print(f"  at {rate / 2:,.0f} requests/s: p50 {low:.1f} ms, p99 {high:.1f} ms")
        print("32 texts")
        full_load(server, {"texts": [f"{SENTENCE} {number}" for number in range(32)]}, *load)
        print("one text, with trace")
        full_load(server, {"text": SENTENCE, "trace": True}, min(arguments.connections, 8), load[1])
        many(server, arguments.connections, arguments.requests)
    finally:
        print(f"exit code after SIGTERM: {server.stop()}")


if __name__ == "__main__":
    main()
