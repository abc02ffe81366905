"""Processors, and child processes that run one function of kosent each.

Children are plain processes with pipes, not those of ``multiprocessing``: these would run a script
without a ``__main__`` guard again, are refused to daemons, and fork a process with threads. They
take no module from the current folder and a chosen part of the environment; Ctrl-C is for the
parent, which ends them.
"""

from __future__ import annotations

import json
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import IO, Any

from kosent.errors import KosentError

# The one place that imports by name; the name was checked by the parent.
_START = """
import json, sys
job = json.loads(sys.stdin.buffer.readline())
sys.path[:] = job["path"]
from importlib import import_module
from kosent.support.lean import keep_keras_lean
keep_keras_lean()
getattr(import_module(job["module"]), job["function"])(**job["settings"])
"""
_ROOT = str(Path(__file__).resolve().parents[2])  # the folder that kosent is imported from
_TAIL = 2000  # bytes of what a child that died has said
# TensorFlow logs a few lines before it can be told not to; they are not why a child has died.
_TALK = re.compile(r"[IW]\d{4} \d\d:\d\d:\d\d|WARNING: All log messages before absl")

_INHERITED = (
    *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "LD_LIBRARY_PATH"),
    *("JAVA_HOME", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"),
    *("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
)
_INHERITED_PREFIXES = (
    *("KOSENT_", "LC_", "XDG_"),
    *("KERAS_", "TF_", "XLA_", "JAX_", "TORCH_", "PYTORCH_"),
    *("CUDA_", "NVIDIA_", "ROCR_", "HIP_", "OMP_", "OPENBLAS_", "MKL_"),
)

_THREADS = (
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
)
_SHARE = "KOSENT_PROCESSORS"  # what a child, and its own, take themselves to have at most
_MOST: ContextVar[int | None] = ContextVar("kosent_processors", default=None)
_TENSORFLOW = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_FORCE_GPU_ALLOW_GROWTH": "true"}


def processors() -> int:
    """Return the number of processors that this process may use, as :func:`at_most` has it."""
    has_affinity = hasattr(os, "sched_getaffinity")
    found = len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count() or 1
    share = os.environ.get(_SHARE, "")
    return min(found, _MOST.get() or found, int(share) if share.isdecimal() else found) or 1


@contextmanager
def at_most(count: int) -> Iterator[None]:
    """Let what this thread does inside take itself to have so many processors at most."""
    token = _MOST.set(count)
    try:
        yield
    finally:
        _MOST.reset(token)


def share_of(jobs: int) -> dict[str, str]:
    """Return what each of some children gets that train at once.

    Args:
        jobs: How many there are.

    Returns:
        Environment for its share of the processors, without TensorFlow's talk.
    """
    talk = {name: os.environ.get(name, value) for name, value in _TENSORFLOW.items()}
    return {**talk, **_threads(max(1, processors() // jobs))}


def only(count: int) -> dict[str, str]:
    """Return the environment of a child that has some processors of its machine and no more."""
    return {_SHARE: str(count), **_threads(count)}


class Child:
    """A process that runs a function; lines of JSON go to it and come from it.

    Args:
        function: A function at the top of a module; it talks through :class:`Parent`.
        settings: Its arguments, as JSON holds them.
        environment: What the child gets beside the part of the environment that all get.

    Raises:
        OSError: If no process can be started.
        ValueError: If the function is not found by its name.
    """

    def __init__(
        self,
        function: Callable[..., None],
        settings: Mapping[str, Any],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        job = {**named(function), "path": _path(), "settings": dict(settings)}
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 -- closed in wait
        try:
            self._process = subprocess.Popen(  # noqa: S603 -- our own code in our own Python
                [sys.executable, *_flags(), "-c", _START],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,
                env=_environment() | dict(environment or {}),
                start_new_session=True,
            )
        except OSError:
            self._said.close()
            raise
        self._answers: IO[bytes] | None = self._process.stdout
        with suppress(BrokenPipeError):  # it has died, which the first answer tells
            self.send(job)

    def send(self, document: object) -> None:
        """Send a line.

        Raises:
            OSError: If the child has died.
        """
        if self._process.stdin is not None:
            _write(self._process.stdin, document)

    def receive(self) -> Any:
        """Return what the child says next.

        Raises:
            EOFError: If it has ended.
        """
        line = self._answers.readline() if self._answers is not None else b""
        if not line.endswith(b"\n"):
            raise EOFError("the process has ended")
        return json.loads(line)

    def lines(self) -> Iterator[Any]:
        """Give what the child says until it ends; a thread may do this."""
        answers, self._answers = self._answers, None
        if answers is not None:
            with answers:
                for line in answers:
                    if line.endswith(b"\n"):  # else it was killed while it wrote
                        yield json.loads(line)

    def kill(self) -> None:
        """End the child; to be followed by ``wait``."""
        self._process.kill()

    def wait(self) -> tuple[int, str]:
        """Wait for its end; return its exit code and the last that it has said on stderr."""
        code = self._process.wait()
        for pipe in (self._process.stdin, self._answers):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        if self._said.closed:
            return code, ""
        with self._said:
            size = self._said.seek(0, os.SEEK_END)
            self._said.seek(max(0, size - _TAIL))
            lines = self._said.read().decode(errors="replace").strip().split("\n")
        return code, "\n".join(line for line in lines if not _TALK.match(line))


class Parent:
    """The process that has started this one, as a function that runs in it sees it.

    What libraries print on stdout goes to stderr from now on.
    """

    def __init__(self) -> None:
        self._answers = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)

    def send(self, document: object) -> None:
        """Send a line."""
        _write(self._answers, document)

    def answer(self, work: Callable[[], Any]) -> None:
        """Send what a work gives as ``done``, or as ``error`` or ``bug`` why it gives nothing."""
        try:
            last = {"done": work()}
        except KosentError as error:
            last = {"error": [type(error).__name__, error.korean, error.english]}
        except Exception:
            last = {"bug": traceback.format_exc()}
        self.send(last)

    def lines(self) -> Iterator[Any]:
        """Give what the parent sends until it is gone."""
        for line in sys.stdin.buffer:
            yield json.loads(line)

    def lines_or_end(self) -> Iterator[Any]:
        """Give what the parent sends; when it is gone this process ends, whatever goes on in it."""
        said: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=_read_or_end, args=(said,), daemon=True).start()
        while True:
            yield said.get()

    def end_with(self) -> None:
        """End this process when its parent does, whatever goes on in it; nothing more is read."""
        threading.Thread(target=_end_with_parent, daemon=True).start()


def ask(function: Callable[..., None], settings: Mapping[str, Any], patience: float) -> Any:
    """Run a function in a process of its own; return the one answer it sends.

    Args:
        function: As of :class:`Child`.
        settings: Likewise.
        patience: Seconds until it is ended.

    Raises:
        OSError: If no process can be started.
        EOFError: If it ends without an answer; the message is the last line that it said.
    """
    child = Child(function, settings)
    watch = threading.Timer(patience, child.kill)
    watch.daemon = True
    watch.start()
    try:
        return child.receive()
    except EOFError as error:
        code, said = child.wait()
        raise EOFError(said.rpartition("\n")[2] or f"exit code {code}") from error
    finally:
        watch.cancel()
        child.kill()
        child.wait()


def _threads(count: int) -> dict[str, str]:
    return dict.fromkeys(_THREADS, str(count))


def named(function: Callable[..., None]) -> dict[str, str]:
    """Return where a child finds a function.

    Raises:
        ValueError: If it is not found by its name.
    """
    module, name = function.__module__, function.__qualname__
    if module == "__main__" or getattr(sys.modules.get(module), name, None) is not function:
        raise ValueError(f"{module}.{name} is not found by its name")
    return {"module": module, "function": name}


def _path() -> list[str]:
    """Return where a child looks for modules: never in the current folder before all others."""
    path = [entry for entry in sys.path if entry and not _is_here(entry)]
    return path if _ROOT in path else [*path, _ROOT]


def _is_here(folder: str) -> bool:
    with suppress(OSError):
        return Path(folder).samefile(".")
    return False


def _flags() -> list[str]:
    """Return Python's options: isolated until its path is set, and as this process in the rest."""
    flags = ["-I"]
    if sys.flags.dont_write_bytecode:
        flags.append("-B")
    if sys.flags.utf8_mode:
        flags += ["-X", "utf8"]
    return flags


def _environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name in _INHERITED or name.startswith(_INHERITED_PREFIXES)
    }


def _end_with_parent() -> None:
    """Wait for the parent's end of the pipe to close, as it does when the parent dies."""
    while os.read(0, 1024):
        pass
    os._exit(1)


def _read_or_end(said: queue.SimpleQueue[Any]) -> None:
    for line in sys.stdin.buffer:
        said.put(json.loads(line))
    os._exit(1)


def _write(pipe: IO[bytes], document: object) -> None:
    pipe.write(json.dumps(document).encode() + b"\n")
    pipe.flush()
