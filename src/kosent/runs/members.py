"""Members of an ensemble trained as ordinary runs, some at once, each in a process of its own.

The processes are plain children with pipes, not those of ``multiprocessing``, which would run a
script without a ``__main__`` guard again. Ctrl-C is for the parent, which kills them: a run goes on
from whatever a killed one left. They end by themselves when the parent is gone.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import traceback
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from kosent import errors
from kosent.errors import KosentError, RuntimeSetupError
from kosent.runs.config import RunConfig
from kosent.runs.folders import is_unfinished
from kosent.runs.latest import BUNDLE
from kosent.runs.run import resume_run, train_run
from kosent.support.language import Message
from kosent.support.plain import to_python
from kosent.support.processes import processors
from kosent.support.progress import Listener, Silent

_WAIT = 0.2  # seconds between looks at a Ctrl-C that got lost
_TAIL = 2000  # bytes of what a process that died has said
_THREADS = (
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
)
_START = """
import json, sys
job = json.loads(sys.stdin.buffer.readline())
sys.path[:] = job["path"]
from kosent.runs.members import serve
serve(job)
"""


@dataclass(frozen=True, slots=True)
class Member:
    """A member to train.

    Attributes:
        config: Its run.
        folder: Its run folder.
    """

    config: RunConfig
    folder: Path


class Notices(Silent):
    """Passes notices on, each once: every member reads the same corpus.

    Args:
        listener: Receives progress events and notices.
        known: Notices that were given already.
    """

    def __init__(self, listener: Listener, known: Sequence[Message] = ()) -> None:
        self._listener = listener
        self._known = set(known)

    def from_member(self, name: str, message: Message) -> None:
        """Pass a member's notice on under its name."""
        if message not in self._known:
            self._known.add(message)
            self._listener.notice(
                Message(f"{name}: {message.korean}", f"{name}: {message.english}")
            )


def train_members(
    members: Sequence[Member],
    jobs: int,
    listener: Listener,
    *,
    known: Sequence[Message] = (),
    done: Callable[[Member], None],
) -> None:
    """Train members, or go on with them; those that are finished stay as they are.

    Args:
        members: In the order of starting.
        jobs: How many at once. One alone is trained in this process.
        listener: Receives progress events and notices.
        known: Notices that were given already.
        done: Called after each member.

    Raises:
        KosentError: What a member raises; the others are killed, and can be resumed.
        RuntimeSetupError: If a process dies, as it does when memory runs out.
    """
    notices = Notices(listener, known)
    if jobs > 1:
        _Processes(members, jobs, listener, notices, done).run()
        return
    for member in members:
        train_member(member, _Named(member.folder.name, listener, notices))
        done(member)


def train_member(member: Member, listener: Listener) -> None:
    """Train a member, or go on with what was begun of it."""
    if (member.folder / BUNDLE).exists():
        return
    if is_unfinished(member.folder):
        resume_run(member.folder, listener=listener)
        return
    shutil.rmtree(member.folder, ignore_errors=True)  # killed before there was a config.json
    train_run(member.config, folder=member.folder, listener=listener)


def serve(job: Mapping[str, Any]) -> None:
    """Train one member in a process of its own; what happens goes to stdout, a JSON line each.

    Args:
        job: ``config`` and ``folder`` of the member.
    """
    events = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever a library prints is no event
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        member = Member(RunConfig(**job["config"]), Path(job["folder"]))
        train_member(member, _Sender(events))
        last: dict[str, Any] = {"done": True}
    except KosentError as error:
        last = {"error": [type(error).__name__, error.korean, error.english]}
    except Exception:
        last = {"bug": traceback.format_exc()}
    _send(events, last)


class _Named:
    """The listener of a member in this process: its notices get its name."""

    def __init__(self, name: str, listener: Listener, notices: Notices) -> None:
        self.stage = listener.stage
        self.advance = listener.advance
        self.epoch = listener.epoch
        self._name = name
        self._notices = notices

    def notice(self, message: Message) -> None:
        self._notices.from_member(self._name, message)


class _Sender(Silent):
    """The listener of a member in a process of its own: its notices go to the parent."""

    def __init__(self, events: IO[bytes]) -> None:
        self._events = events

    def notice(self, message: Message) -> None:
        _send(self._events, {"notice": [message.korean, message.english]})


class _Processes:
    """Some processes at once; a failure of one ends all."""

    def __init__(
        self,
        members: Sequence[Member],
        jobs: int,
        listener: Listener,
        notices: Notices,
        done: Callable[[Member], None],
    ) -> None:
        self._waiting = deque(members)
        self._jobs = jobs
        self._listener = listener
        self._notices = notices
        self._done = done
        self._running: dict[Path, _Process] = {}
        self._events: queue.SimpleQueue[tuple[Member, dict[str, Any]]] = queue.SimpleQueue()

    def run(self) -> None:
        try:
            while self._waiting or self._running:
                while self._waiting and len(self._running) < self._jobs:
                    member = self._waiting.popleft()
                    self._running[member.folder] = _Process(member, self._jobs, self._events)
                try:
                    self._take(*self._events.get(timeout=_WAIT))
                except queue.Empty:
                    self._listener.advance(0)
        finally:
            for process in self._running.values():
                process.kill()

    def _take(self, member: Member, event: Mapping[str, Any]) -> None:
        name = member.folder.name
        match event:
            case {"notice": [korean, english]}:
                self._notices.from_member(name, Message(korean, english))
            case {"done": True}:
                self._running.pop(member.folder).wait()
                self._done(member)
            case {"error": [kind, korean, english]}:
                raise getattr(errors, kind)(f"{name}: {korean}", f"{name}: {english}")
            case {"bug": report}:
                raise RuntimeError(f"{name} failed:\n{report}")
            case _:
                raise _died(name, *self._running.pop(member.folder).wait())


class _Process:
    """A process that trains one member; a thread reads its events."""

    def __init__(
        self, member: Member, jobs: int, events: queue.SimpleQueue[tuple[Member, dict[str, Any]]]
    ) -> None:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 -- closed in wait
        self._process = subprocess.Popen(  # noqa: S603 -- our own code in our own Python
            [sys.executable, "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env=_environment(jobs),
            start_new_session=True,  # Ctrl-C is for the parent, which ends them
        )
        job = {
            "path": sys.path,
            "config": to_python(asdict(member.config)),
            "folder": str(member.folder),
        }
        with suppress(BrokenPipeError):  # it has died, and its events say so
            _send(_pipe(self._process.stdin), job)
        threading.Thread(target=self._read, args=(member, events), daemon=True).start()

    def kill(self) -> None:
        self._process.kill()
        self.wait()

    def wait(self) -> tuple[int, str]:
        """Wait for its end; return its exit code and the last that it has said on stderr."""
        code = self._process.wait()
        with suppress(OSError):
            _pipe(self._process.stdin).close()
        with self._said:
            size = self._said.seek(0, os.SEEK_END)
            self._said.seek(max(0, size - _TAIL))
            return code, self._said.read().decode(errors="replace").strip()

    def _read(
        self, member: Member, events: queue.SimpleQueue[tuple[Member, dict[str, Any]]]
    ) -> None:
        with _pipe(self._process.stdout) as lines:
            event = {}
            for line in lines:
                event = json.loads(line)
                events.put((member, event))
        if "notice" in event or not event:  # it ended without a last word
            events.put((member, {"died": True}))


def _died(name: str, code: int, tail: str) -> RuntimeSetupError:
    return RuntimeSetupError(
        f"{name}: 학습하던 프로세스가 죽었습니다 (종료 코드 {code}; 메모리 부족일 수 "
        f"있습니다). --jobs 1과 --resume으로 이어서 하세요 {tail}",
        f"{name}: the process that trained it has died (exit code {code}; memory may have run "
        f"out); go on with --jobs 1 and --resume {tail}",
    )


def _environment(jobs: int) -> dict[str, str]:
    """Return the environment of a child: its share of the processors, and no TensorFlow's talk."""
    threads = str(max(1, processors() // jobs))
    talk = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_FORCE_GPU_ALLOW_GROWTH": "true"}
    return {**talk, **os.environ, **dict.fromkeys(_THREADS, threads)}


def _end_with_parent() -> None:
    """End this process when the parent's end of the pipe is closed, as it is when it dies."""
    while os.read(0, 1024):
        pass
    os._exit(1)


def _send(pipe: IO[bytes], document: object) -> None:
    pipe.write(json.dumps(document).encode() + b"\n")
    pipe.flush()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise EOFError("a process without pipes")
    return pipe
