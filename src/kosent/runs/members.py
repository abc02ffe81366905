"""Members of an ensemble trained as ordinary runs, some at once, each in a process of its own.

Ctrl-C is for the parent, which kills the processes: a run goes on from whatever a killed one left
(on a Ray cluster from the start). They end by themselves when the parent is gone.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kosent.bundles.place import BUNDLE
from kosent.errors import KosentError, RuntimeSetupError
from kosent.language import Message
from kosent.runs.config import RunConfig, restored
from kosent.runs.folders import CONFIG, clear, is_unfinished, locked
from kosent.runs.run import resume_run, train_run
from kosent.support.executors import Bug, Died, Executor, Local, Work, Worker
from kosent.support.plain import to_python
from kosent.support.processes import Parent, share_of
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
    executor: Executor,
    listener: Listener,
    *,
    known: Sequence[Message] = (),
    done: Callable[[Member], None],
) -> None:
    """Train members, or go on with them; those that are finished stay as they are.

    Args:
        members: In the order of starting.
        executor: Where, and how many at once. One at a time on this machine is trained in this
            process.
        listener: Receives progress events and notices.
        known: Notices that were given already.
        done: Called after each member.

    Raises:
        KosentError: What a member raises; the others are killed, and can be resumed.
        RuntimeSetupError: If a process dies, as it does when memory runs out.
    """
    notices = Notices(listener, known)
    if executor.jobs > 1 or not isinstance(executor, Local):
        _Processes(members, executor, listener, notices, done).run()
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
    member = Member(restored(config), Path(folder))
    parent.answer(lambda: train_member(member, _Sender(parent)))


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
    """Some processes at once, each followed by a thread; a failure of one ends all."""

    def __init__(
        self,
        members: Sequence[Member],
        executor: Executor,
        listener: Listener,
        notices: Notices,
        done: Callable[[Member], None],
    ) -> None:
        self._waiting = deque(members)
        self._executor = executor
        self._listener = listener
        self._notices = notices
        self._done = done
        self._running: dict[Path, tuple[Worker, threading.Thread]] = {}
        self._events: queue.SimpleQueue[tuple[Member, Any]] = queue.SimpleQueue()

    def run(self) -> None:
        try:
            while self._waiting or self._running:
                while self._waiting and len(self._running) < self._executor.jobs:
                    self._begin(self._waiting.popleft())
                try:
                    self._take(*self._events.get(timeout=_WAIT))
                except queue.Empty:
                    self._listener.advance(0)
        finally:
            for worker, _ in self._running.values():
                worker.close()
            for _, thread in self._running.values():
                thread.join(_PATIENCE)

    def _begin(self, member: Member) -> None:
        settings = {"config": to_python(asdict(member.config))}
        threads = share_of(self._executor.jobs)
        worker = Worker(self._executor, Work(serve, settings, threads, member.folder))
        thread = threading.Thread(target=self._follow, args=(member, worker), daemon=True)
        self._running[member.folder] = worker, thread
        thread.start()

    def _follow(self, member: Member, worker: Worker) -> None:
        """Pass on what a member says, and how it ends."""
        end: object = None
        try:
            worker.ask(None, lambda message: self._events.put((member, message)))
        except BaseException as error:
            end = error
            worker.close()
        worker.finish()
        self._events.put((member, end))

    def _take(self, member: Member, event: Any) -> None:
        name = member.folder.name
        match event:
            case {"notice": [korean, english]}:
                self._notices.from_member(name, Message(korean, english))
            case None:
                self._running.pop(member.folder)
                self._done(member)
            case KosentError():
                raise type(event)(f"{name}: {event.korean}", f"{name}: {event.english}") from event
            case Bug():
                raise RuntimeError(f"{name} failed:\n{event.said}") from event
            case Died():
                raise _died(name, event) from event
            case _:
                raise event


def _died(name: str, died: Died) -> RuntimeSetupError:
    return RuntimeSetupError(
        f"{name}: 학습하던 프로세스가 죽었습니다 (종료 코드 {died.code}; 메모리 부족일 수 "
        f"있습니다). --jobs 1과 --resume으로 이어서 하세요 {died.said}",
        f"{name}: the process that trained it has died (exit code {died.code}; memory may have run "
        f"out); go on with --jobs 1 and --resume {died.said}",
    )
