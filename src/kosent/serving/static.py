"""Files that are served as they are, from memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response

from kosent.serving.replies import reply
from kosent.support.signed import sha256

FOLDER = Path(__file__).with_name("page")
INDEX = "index.html"

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file.

    Attributes:
        content: Its bytes.
        kind: Its type.
        etag: What tells it from others.
    """

    content: bytes
    kind: str
    etag: str

    def answer(self, asking: Headers) -> Response:
        """Return it, or that who asks has it already."""
        headers = {"etag": self.etag}
        known = [each.strip() for each in asking.get("if-none-match", "").split(",")]
        if self.etag in known or "*" in known:
            return reply(b"", self.kind, 304, headers, "no-cache")
        return reply(self.content, self.kind, headers=headers, cache="no-cache")


def file_of(content: bytes, kind: str) -> File:
    """Return content as a file."""
    return File(content, kind, f'"{sha256(content)[:16]}"')


def files_of(folder: Path) -> Mapping[str, File]:
    """Read the files of a folder that have a type which browsers know, by name."""
    if not folder.is_dir():
        return {}
    return {
        path.name: file_of(path.read_bytes(), _TYPES[path.suffix])
        for path in sorted(folder.iterdir())
        if path.suffix in _TYPES
    }
