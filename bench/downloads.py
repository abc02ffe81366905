"""Downloads from a server that misbehaves: no bad file is accepted, and the next good one is.

Each download has one to three tries with a fault each, seeded: cut, torn, corrupted, slow, silent,
redirected, changed between two ranges, with wrong lengths, ETags, ranges and codes. A last try is
without fault. All of it is on 127.0.0.1.

Run: ``python bench/downloads.py [--count 1000] [--seed 1]``
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
import socket
import struct
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from kosent.corpora.fetching import download as fetching
from kosent.corpora.spec import RemoteFile
from kosent.errors import DownloadError
from kosent.support.signed import sha256

SILENCE = (10.0, 0.3)  # seconds, instead of the minute that people get
BUSY = (30.0, 30.0)  # where nothing is silent, only slow


class Asked(NamedTuple):
    """A request: where the range begins, what it is on the condition of, and how to answer."""

    start: int
    condition: str
    send: Callable[[bytes], None]
    path: str


class Server:
    """Answers as ``fault`` says, from ``data``; ``other`` is what the file has become."""

    def __init__(self) -> None:
        self.data = self.other = b""
        self.etag = ""
        self.fault = "none"
        self.rng = random.Random(0)  # noqa: S311
        self.requests = 0
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                if not (more := connection.recv(65536)):
                    return
                head += more
            self.requests += 1
            found = re.search(rb"(?i)\r\nrange: bytes=(\d+)-", head)
            condition = re.search(rb"(?i)\r\nif-range: ([^\r]*)", head)
            asked = Asked(
                int(found[1]) if found else 0,
                condition[1].decode() if condition else "",
                connection.sendall,
                head.split()[1].decode(),
            )
            FAULTS[self.fault](self, asked, connection)

    def good(self, asked: Asked, data: bytes | None = None, **changes: str) -> bytes:
        """Return a right answer, with other headers where they are given."""
        data = self.data if data is None else data
        start = asked.start if asked.condition in ("", self.etag) else 0
        if start >= len(data) > 0:
            return b"HTTP/1.1 416 no\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        headers = {"Content-Length": str(len(data) - start), "Connection": "close"}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        if self.etag:
            headers["ETag"] = self.etag
        headers |= {name.replace("_", "-"): value for name, value in changes.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {206 if start else 200} OK\r\n{lines}\r\n".encode() + data[start:]

    def somewhere(self, data: bytes) -> int:
        """Return a place in an answer."""
        return self.rng.randrange(1, max(2, len(data)))


Fault = Callable[[Server, Asked, socket.socket], None]


def cut(server: Server, asked: Asked, _: socket.socket) -> None:
    answer = server.good(asked)
    asked.send(answer[: server.somewhere(answer)])


def reset(server: Server, asked: Asked, connection: socket.socket) -> None:
    answer = server.good(asked)
    asked.send(answer[: server.somewhere(answer)])
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def corrupted(server: Server, asked: Asked, _: socket.socket) -> None:
    answer = bytearray(server.good(asked))
    body = answer.index(b"\r\n\r\n") + 4
    for _number in range(server.rng.randrange(1, 9)):
        if body < len(answer):
            answer[server.rng.randrange(body, len(answer))] ^= 1 << server.rng.randrange(8)
    asked.send(bytes(answer))


def slow(server: Server, asked: Asked, _: socket.socket) -> None:
    answer = server.good(asked)
    step = max(1, len(answer) // 8)
    for at in range(0, len(answer), step):
        asked.send(answer[at : at + step])
        time.sleep(0.01)


def silent(server: Server, asked: Asked, connection: socket.socket) -> None:
    answer = server.good(asked)
    asked.send(answer[: server.somewhere(answer)])
    connection.settimeout(2)
    connection.recv(1)


def redirected(server: Server, asked: Asked, _: socket.socket) -> None:
    places = (
        f"{server.url}/again",
        "http://[::1",
        "file:///etc/hostname",
        "",
        "/other",
        "ftp://x/",
    )
    place = server.rng.choice(places)
    if asked.path == "/other":
        asked.send(server.good(asked, server.other))
        return
    asked.send(
        f"HTTP/1.1 {server.rng.choice((301, 302, 307, 308))} moved\r\nLocation: {place}\r\n"
        "Content-Length: 0\r\nConnection: close\r\n\r\n".encode()
    )


def changed(server: Server, asked: Asked, _: socket.socket) -> None:
    """Cut, and go on with a file that has become another one, under the same ETag or not."""
    if server.requests % 2:
        answer = server.good(asked)
        asked.send(answer[: len(answer) - len(server.data) // 2])
    else:
        tag = server.rng.choice([server.etag, '"new"', "W/" + (server.etag or '"w"')])
        asked.send(server.good(asked, server.other, **({"ETag": tag} if tag else {})))


def other_file(server: Server, asked: Asked, _: socket.socket) -> None:
    asked.send(server.good(asked, server.other))


def wrong_length(server: Server, asked: Asked, _: socket.socket) -> None:
    real = len(server.data) - asked.start
    length = server.rng.choice([real - 7, real + 7, 0, -1, 10**15, "many", ""])
    asked.send(server.good(asked, None, Content_Length=str(length)))


def wrong_etag(server: Server, asked: Asked, _: socket.socket) -> None:
    tag = server.rng.choice(['"\x7f"', '"' + "x" * 60_000 + '"', "none", '"', 'W/"1"', '"\u00e9"'])
    answer = server.good(asked, None, ETag=tag)
    asked.send(answer[: server.somewhere(answer)])


def wrong_range(server: Server, asked: Asked, _: socket.socket) -> None:
    claimed = server.rng.choice(["bytes 0-1/2", f"bytes {asked.start + 1}-9/9", "", "lines 1-2/3"])
    asked.send(server.good(asked, None, Content_Range=claimed))


def code(server: Server, asked: Asked, _: socket.socket) -> None:
    number = server.rng.choice([204, 206, 304, 403, 404, 416, 429, 500, 503, 999])
    asked.send(f"HTTP/1.1 {number} no\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno".encode())


def no_http(server: Server, asked: Asked, _: socket.socket) -> None:
    asked.send(
        server.rng.choice([b"", b"\0" * 99, b"HTTP/9.9\r\n\r\n", server.data[:99], b"\r\n" * 99])
    )


def encoded(server: Server, asked: Asked, _: socket.socket) -> None:
    """Compress what was asked for as it is."""
    body = gzip.compress(server.data)
    if server.rng.random() < 0.5:
        body = body[: server.somewhere(body)]
    asked.send(server.good(asked._replace(start=0), body, Content_Encoding="gzip"))


def chunked(server: Server, asked: Asked, _: socket.socket) -> None:
    size = server.rng.choice([b"zz", b"-5", b"ffffffffffff", b"%x" % (len(server.data) + 9)])
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    asked.send(head + size + b"\r\n" + server.data + b"\r\n0\r\n\r\n")


def too_long(server: Server, asked: Asked, _: socket.socket) -> None:
    asked.send(server.good(asked, server.data + b"and more"))


def none(server: Server, asked: Asked, _: socket.socket) -> None:
    asked.send(server.good(asked))


FAULTS: dict[str, Fault] = {
    each.__name__: each
    for each in (
        *(cut, reset, corrupted, slow, silent, redirected, changed, other_file, wrong_length),
        *(wrong_etag, wrong_range, code, no_http, encoded, chunked, too_long, none),
    )
}


def one(number: int, seed: int, server: Server, folder: Path) -> tuple[list[str], str]:
    """Download one file; return its faults, and what was wrong."""
    rng = server.rng = random.Random(f"{seed} {number}")  # noqa: S311
    text = rng.randbytes(rng.randrange(2_000, 80_000))
    server.data, server.other = gzip.compress(text, 1), gzip.compress(text[::-1] + b"!", 1)
    server.etag = rng.choice(["", '"one"'])
    has_checksum = rng.random() < 0.7
    remote = RemoteFile(
        f"c/{number}",
        f"{server.url}/file",
        len(server.data) if has_checksum and rng.random() < 0.5 else None,
        "sha256",
        sha256(server.data) if has_checksum else None,
    )
    official = {server.data} if has_checksum else {server.data, server.other}
    target = folder / f"{number}"
    faults = rng.choices([name for name in FAULTS if name != "none"], k=rng.randrange(1, 4))
    for fault in [*faults, "none"]:
        server.fault, server.requests = fault, 0
        fetching.TIMEOUT = SILENCE if fault == "silent" else BUSY
        try:
            fetching.download(remote, target)
        except DownloadError as error:
            if target.exists():
                return faults, f"{fault}: refused, and there"
            if fault == "none":
                return faults, f"the good one is refused: {error}"
            continue
        if target.read_bytes() not in official:
            return faults, f"{fault}: a bad file is accepted"
        break
    left = [each.name for each in folder.iterdir()]
    if left != [target.name]:
        return faults, f"there is {left}"
    target.unlink()
    return faults, ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    wrong, started = [], time.perf_counter()
    server = Server()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(given.count):
            place = Path(folder, str(number))
            faults, said = one(number, given.seed, server, place)
            counts.update(faults)
            if said:
                wrong.append(said)
                print(f"{number}, {faults}: {said}", flush=True)
    kinds = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    print(
        f"{given.count:,} downloads with {counts.total():,} faults ({kinds}), {len(wrong)} wrong; "
        f"{time.perf_counter() - started:.0f} s"
    )
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
