"""Members in processes of their own: what they say arrives, and none is left behind.

The processes here only pretend to train; ``test_ensemble_runs.py`` trains.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import textwrap
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from kosent.errors import DataError, RuntimeSetupError
from kosent.language import Message
from kosent.runs import members as member_runs
from kosent.runs.config import RunConfig
from kosent.runs.folders import locked
from kosent.runs.members import Member, train_member, train_members
from kosent.support.executors import Local, Work
from kosent.support.executors.base import Process
from kosent.support.progress import Noting, Silent

PRETENDED = """
import json, os, sys, time

def send(**event):
    print(json.dumps(event), flush=True)

def serve(config, folder):
    os.makedirs(folder)
    open(os.path.join(folder, str(os.getpid())), "w").close()
"""


@pytest.fixture
def members(tmp_path: Path) -> list[Member]:
    return [Member(RunConfig("sample"), tmp_path / name) for name in ("a", "b", "c")]


def pretend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, does: str) -> None:
    """Let the processes do something else: a module of that name is found by them too."""
    place = tmp_path / "modules"
    place.mkdir()
    (place / "pretended.py").write_text(PRETENDED + textwrap.indent(does, "    ") + "\n")
    monkeypatch.syspath_prepend(place)
    monkeypatch.delitem(sys.modules, "pretended", raising=False)
    monkeypatch.setattr(member_runs, "serve", importlib.import_module("pretended").serve)


def processes(members: list[Member]) -> list[int]:
    return [int(path.name) for member in members for path in member.folder.glob("*")]


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_some_at_once_and_each_is_told_when_done(
    members: list[Member], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pretend(monkeypatch, tmp_path, "time.sleep(0.1); send(done=True)")
    running: list[int] = []
    done: list[str] = []

    def finished(member: Member) -> None:
        done.append(member.folder.name)
        running.append(sum(map(is_running, processes(members))))

    train_members(members, Local(2), Silent(), done=finished)
    assert sorted(done) == ["a", "b", "c"]
    assert max(running) <= 2
    assert not any(map(is_running, processes(members)))


class Spy:
    """Notes the works that are started."""

    def __init__(self) -> None:
        self.jobs = self.tries = 1
        self.folders: list[Path | None] = []

    def start(self, work: Work) -> Process:
        self.folders.append(work.folder)
        return Local().start(work)

    def again(self, reason: str) -> None:
        raise AssertionError(reason)


def test_one_at_a_time_elsewhere_is_not_trained_here(
    members: list[Member], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pretend(monkeypatch, tmp_path, "send(done=True)")
    spy, done = Spy(), []
    train_members(members, spy, Silent(), done=done.append)
    assert done == members
    assert spy.folders == [member.folder for member in members]


def test_notices_arrive_once_under_the_name_of_the_member(
    members: list[Member], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = ("['알려짐', 'known']", "['한 줄', 'one line']", "[folder[-1:]] * 2")
    says = "; ".join(f"send(notice={each})" for each in said) + "; send(done=True)"
    pretend(monkeypatch, tmp_path, says)
    listener = Noting(Silent())
    known = [Message("알려짐", "known")]
    train_members(members, Local(3), listener, known=known, done=lambda _: None)
    assert len(listener.notices) == 4
    assert {each.korean.partition(": ")[2] for each in listener.notices} == {"한 줄", "a", "b", "c"}
    assert {"a: a", "b: b", "c: c"} <= {each.english for each in listener.notices}


FOREVER = "\nif not folder.endswith('b'):\n    time.sleep(600)\n"


@pytest.mark.parametrize(
    ("does", "kind", "said"),
    [
        ("send(error=['DataError', '나쁜 글', 'bad text'])", DataError, "나쁜 글 / b: bad text"),
        ("send(bug='Traceback: x')", RuntimeError, "b failed:\nTraceback: x"),
        ("print('no memory', file=sys.stderr); os.abort()", RuntimeSetupError, "no memory"),
        ("os._exit(3)", RuntimeSetupError, r"exit code 3.*--jobs 1 and --resume"),
        (
            "send(notice=['x', 'x']); os._exit(3)",
            RuntimeSetupError,
            "b: the process that trained it",
        ),
    ],
)
def test_a_failure_of_one_ends_all(
    does: str,
    kind: type[Exception],
    said: str,
    members: list[Member],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    pretend(
        monkeypatch,
        tmp_path,
        FOREVER + "while len(os.listdir(os.path.dirname(folder))) < 3:\n"
        "    time.sleep(0.01)\n" + does,
    )
    with pytest.raises(kind, match=said):
        train_members(members, Local(3), Silent(), done=lambda _: None)
    assert len(processes(members)) >= 1
    assert not any(map(is_running, processes(members)))


def test_ctrl_c_ends_all(
    members: list[Member], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Interrupting(Silent):
        def advance(self, *_: object) -> None:
            if len(processes(members)) == 2:
                raise KeyboardInterrupt

    pretend(monkeypatch, tmp_path, "time.sleep(600)")
    with pytest.raises(KeyboardInterrupt):
        train_members(members, Local(2), Interrupting(), done=lambda _: None)
    end = time.monotonic() + 5
    while any(map(is_running, processes(members))) and time.monotonic() < end:
        time.sleep(0.01)
    assert not any(map(is_running, processes(members)))


def test_each_gets_its_share_of_the_processors(
    members: list[Member], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("kosent.support.processes.processors", lambda: 8)
    monkeypatch.setenv("OMP_NUM_THREADS", "64")
    shown = "json.dumps({k: v for k, v in os.environ.items() if '_NUM_' in k})"
    pretend(monkeypatch, tmp_path, f"send(notice=[{shown}] * 2); send(done=True)")
    listener = Noting(Silent())
    train_members(members, Local(3), listener, done=lambda _: None)
    threads = json.loads(listener.notices[0].english.partition(": ")[2])
    assert {"TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"} <= set(threads)
    assert set(threads.values()) == {"2"}


def test_a_child_of_a_parent_that_was_killed_is_waited_for(
    members: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds the member's folder until it notices; what it left without a config.json goes."""
    folder = members[0].folder
    folder.mkdir()
    (folder / "environment.json").touch()
    trained: list[list[Path]] = []
    monkeypatch.setattr(
        member_runs, "train_run", lambda *_, folder, **__: trained.append([*folder.iterdir()])
    )
    with ExitStack() as orphan:
        orphan.enter_context(locked(folder))
        threading.Timer(0.1, orphan.pop_all().close).start()
        train_member(members[0], Silent())
    assert trained == [[]]
