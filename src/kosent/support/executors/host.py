"""What runs on a machine of a cluster: it starts a child there and passes on what both say."""

from __future__ import annotations

import importlib
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from kosent.support.executors import folders
from kosent.support.files import code_sha256, lock
from kosent.support.processes import Child

_PREFIX, _LOCK = "kosent-host-", "lock"
_YOUNG = 60  # seconds in which a host has locked what it has made


def _sweep() -> None:
    """Remove what hosts have left here that were killed: nobody holds their locks."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_LOCK}"):
        with suppress(OSError), path.open("ab") as file:
            is_new = time.time() - path.stat().st_mtime < _YOUNG
            if not is_new and lock(file.fileno()):
                shutil.rmtree(path.parent, ignore_errors=True)


def code() -> str:
    """Return the SHA-256 of this machine's kosent."""
    return code_sha256(Path(__file__).resolve().parents[2])


class Host:
    """A child on this machine, as an actor holds it; one call after another.

    Only ``kill`` may come while another goes on. With its actor the pipe to the child ends, and
    the child with it.

    Args:
        folder: What the folder of the work is called, if it has one.
    """

    def __init__(self, folder: str | None) -> None:
        _sweep()
        self._place = tempfile.TemporaryDirectory(prefix=_PREFIX)
        self._held = (Path(self._place.name) / _LOCK).open("ab")  # until the end
        lock(self._held.fileno())
        self._folder = Path(self._place.name) / (folder or "none")
        self._argument = {} if folder is None else {"folder": str(self._folder)}
        self._child: Child | None = None

    def code(self) -> str:
        """Return the SHA-256 of the code that runs here."""
        return code()

    def put(self, name: str, data: bytes) -> None:
        """Put the next piece of a file into the folder."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(data)

    def start(
        self,
        function: Mapping[str, str],
        settings: Mapping[str, Any],
        environment: Mapping[str, str],
    ) -> None:
        """Start the child.

        Args:
            function: As of :func:`kosent.support.processes.named`.
            settings: Its arguments but the folder.
            environment: As of :class:`kosent.support.processes.Child`.
        """
        wanted = getattr(importlib.import_module(function["module"]), function["function"])
        self._child = Child(wanted, {**settings, **self._argument}, environment)

    def send(self, document: object) -> bool:
        """Pass a line on; return whether the child is there to read it."""
        try:
            self._started.send(document)
        except OSError:
            return False
        return True

    def receive(self) -> tuple[Any] | None:
        """Return what the child says next; ``None`` when it has ended."""
        try:
            return (self._started.receive(),)
        except EOFError:
            return None

    def files(self) -> dict[str, int]:
        """Return names and sizes of what is in the folder."""
        return folders.listed(self._folder)

    def piece(self, name: str, offset: int) -> bytes:
        """Return a piece of a file of the folder."""
        return folders.piece(self._folder, name, offset)

    def kill(self) -> None:
        """End the child, and remove the folder."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
        self._place.cleanup()
        self._held.close()

    def wait(self) -> tuple[int, str]:
        """Return how the child has ended."""
        return self._started.wait()

    @property
    def _started(self) -> Child:
        if self._child is None:
            raise EOFError("no child has been started")
        return self._child
