"""Files that are served as they are, from memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response

from kosent.serving.replies import reply
from kosent.support.signed import sha256

FOLDER = Path(__file__).with_name("page")
INDEX = "index.html"

HTML = "text/html; charset=utf-8"
_TYPES = {
    ".html": HTML,
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


def file_of(path: Path) -> File:
    """Read a file that has a type which browsers know."""
    content = path.read_bytes()
    return File(content, _TYPES[path.suffix], f'"{sha256(content)[:16]}"')


def files_of(folder: Path) -> dict[str, File]:
    """Read such files of a folder, by name; none where there is no folder."""
    if not folder.is_dir():
        return {}
    paths = sorted(folder.iterdir())
    return {path.name: file_of(path) for path in paths if path.suffix in _TYPES}
