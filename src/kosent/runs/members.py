"""Members of an ensemble trained as ordinary runs, some at once, each in a process of its own.

Ctrl-C is for the parent, which kills the processes: a run goes on from whatever a killed one left.
They end by themselves when the parent is gone.
"""

from __future__ import annotations

import queue
import threading
import traceback
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kosent import errors
from kosent.errors import KosentError, RuntimeSetupError
from kosent.language import Message
from kosent.runs.config import RunConfig
from kosent.runs.folders import CONFIG, clear, is_unfinished, locked
from kosent.runs.latest import BUNDLE
from kosent.runs.run import resume_run, train_run
from kosent.support.plain import to_python
from kosent.support.processes import Child, Parent, share_of
from kosent.support.progress import Listener, Silent

_WAIT = 0.2  # seconds between looks at a Ctrl-C that got lost
_PATIENCE = 30.0  # seconds for the child of a parent that was killed, which ends by itself


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
    folder = member.folder
    if folder.exists():
        with locked(folder, _PATIENCE):
            if not (folder / CONFIG).exists():  # killed before there was one
                clear(folder)
    if (folder / BUNDLE).exists():
        return
    if is_unfinished(folder):
        resume_run(folder, listener=listener)
    else:
        train_run(member.config, folder=folder, listener=listener)


def serve(config: Mapping[str, Any], folder: str) -> None:
    """Train one member in a process of its own; what happens goes to the parent.

    Args:
        config: Its ``RunConfig``.
        folder: Its run folder.
    """
    parent = Parent()
    parent.end_with()
    try:
        train_member(Member(RunConfig(**config), Path(folder)), _Sender(parent))
        last: dict[str, Any] = {"done": True}
    except KosentError as error:
        last = {"error": [type(error).__name__, error.korean, error.english]}
    except Exception:
        last = {"bug": traceback.format_exc()}
    parent.send(last)


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

    def __init__(self, parent: Parent) -> None:
        self._parent = parent

    def notice(self, message: Message) -> None:
        self._parent.send({"notice": [message.korean, message.english]})


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
        self._running: dict[Path, Child] = {}
        self._events: queue.SimpleQueue[tuple[Member, dict[str, Any]]] = queue.SimpleQueue()

    def run(self) -> None:
        try:
            while self._waiting or self._running:
                while self._waiting and len(self._running) < self._jobs:
                    member = self._waiting.popleft()
                    self._running[member.folder] = self._begin(member)
                try:
                    self._take(*self._events.get(timeout=_WAIT))
                except queue.Empty:
                    self._listener.advance(0)
        finally:
            for process in self._running.values():
                process.kill()
                process.wait()

    def _begin(self, member: Member) -> Child:
        """Start the process of a member; a thread reads its events."""
        job = {"config": to_python(asdict(member.config)), "folder": str(member.folder)}
        process = Child(serve, job, share_of(self._jobs))
        threading.Thread(target=self._read, args=(member, process), daemon=True).start()
        return process

    def _read(self, member: Member, process: Child) -> None:
        event: dict[str, Any] = {}
        for event in process.lines():
            self._events.put((member, event))
        if "notice" in event or not event:  # it ended without a last word
            self._events.put((member, {"died": True}))

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


def _died(name: str, code: int, tail: str) -> RuntimeSetupError:
    return RuntimeSetupError(
        f"{name}: 학습하던 프로세스가 죽었습니다 (종료 코드 {code}; 메모리 부족일 수 "
        f"있습니다). --jobs 1과 --resume으로 이어서 하세요 {tail}",
        f"{name}: the process that trained it has died (exit code {code}; memory may have run "
        f"out); go on with --jobs 1 and --resume {tail}",
    )
