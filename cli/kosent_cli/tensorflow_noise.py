"""TensorFlow's import without the lines its C++ part writes to stderr.

``TF_CPP_MIN_LOG_LEVEL`` silences all but those written before its log is set up, while the
library is being loaded ("oneDNN custom operations are on", "Could not find cuda drivers"). For
these, file descriptor 2 is turned aside during that import only.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

_STDERR = 2


def silence() -> None:
    """Keep TensorFlow quiet from now on, whenever it is imported."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    waiting = any(isinstance(finder, _Finder) for finder in sys.meta_path)
    if "tensorflow" not in sys.modules and not waiting:
        sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    """Finds TensorFlow where it is, and puts a quiet loader before its own.

    It stays until TensorFlow is really imported: others only look whether it is there.
    """

    def __init__(self) -> None:
        self._looks = False

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if fullname != "tensorflow" or self._looks:
            return None
        self._looks = True  # this finder is asked as well by what follows
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._looks = False
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self)
        return spec


class _Loader(Loader):
    def __init__(self, loader: Loader, finder: _Finder) -> None:
        self.loader = loader
        self.finder = finder

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        if self.finder in sys.meta_path:
            sys.meta_path.remove(self.finder)
        module.__loader__ = self.loader
        if module.__spec__ is not None:
            module.__spec__.loader = self.loader
        with _stderr_aside():
            self.loader.exec_module(module)


@contextmanager
def _stderr_aside() -> Iterator[None]:
    """Turn file descriptor 2 aside; give back what was written when the import fails."""
    try:
        kept = os.dup(_STDERR)
    except OSError:  # there is no stderr
        yield
        return
    with tempfile.TemporaryFile() as aside:
        _flush()
        os.dup2(aside.fileno(), _STDERR)
        try:
            yield
        except Exception:
            _flush()
            os.dup2(kept, _STDERR)
            aside.seek(0)
            os.write(_STDERR, aside.read())
            raise
        finally:
            _flush()
            os.dup2(kept, _STDERR)
            os.close(kept)


def _flush() -> None:
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.flush()
