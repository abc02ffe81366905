"""Child processes: what they run, what they find, and how they end."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kosent.support import processes
from kosent.support.processes import Child, ask

HELPERS = """
import os, signal, sys, threading, time
from kosent.errors import DataError
from kosent.support.processes import Parent

def repeat(**settings):
    parent = Parent()
    print("noise")
    parent.send(settings)
    for line in parent.lines():
        parent.send(line)

def about():
    import json
    Parent().send({"path": sys.path, "json": json.__file__, "environment": dict(os.environ)})

def die(code):
    print("the last words", file=sys.stderr)
    sys.stderr.flush()
    os._exit(code)

def die_with(said):
    sys.stderr.write(said)
    sys.stderr.flush()
    os.kill(os.getpid(), signal.SIGKILL)

def answer(how):
    parent = Parent()
    def work():
        if how == "refused":
            raise DataError("나쁜 글", "bad text")
        return 1 / len(how)
    parent.answer(work)

def work_on():
    parent = Parent()
    for line in parent.lines_or_end():
        parent.send(os.getpid())
        time.sleep(600)

def tear():
    os.write(1, b'"whole"\\n"to')

def sleep_silently():
    time.sleep(600)

def sleep():
    parent = Parent()
    parent.end_with()
    parent.send(os.getpid())
    time.sleep(600)
"""


@pytest.fixture
def helpers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Return a module that children find by its name, as they find those of kosent."""
    place = tmp_path / "modules"
    place.mkdir()
    (place / "child_helpers.py").write_text(HELPERS)
    monkeypatch.syspath_prepend(place)
    yield importlib.import_module("child_helpers")
    del sys.modules["child_helpers"]


@pytest.fixture
def started() -> Iterator[Callable[..., Child]]:
    """Start children that are ended with the test."""
    children: list[Child] = []

    def start(*arguments: Any) -> Child:
        children.append(Child(*arguments))
        return children[-1]

    yield start
    for child in children:
        child.kill()
        child.wait()


def test_settings_and_lines_arrive_and_what_is_printed_is_no_line(
    helpers: ModuleType, started: Callable[..., Child]
) -> None:
    child = started(helpers.repeat, {"글": ["가", None, 1.5]})
    assert child.receive() == {"글": ["가", None, 1.5]}
    for document in ({"a": "\ud800"}, "\n", ["x" * 200_000]):
        child.send(document)
        assert child.receive() == document


def test_its_last_words_and_exit_code(helpers: ModuleType, started: Callable[..., Child]) -> None:
    child = started(helpers.die, {"code": 7})
    with pytest.raises(EOFError):
        child.receive()
    child._process.wait()  # its pipes are closed in any order while it ends
    with pytest.raises(OSError, match="Broken pipe"):
        child.send("more")
    assert child.wait() == (7, "the last words")
    assert child.wait() == (7, "")


@pytest.mark.parametrize(("said", "left"), [("", ""), ("MemoryError\n", "MemoryError")])
def test_the_talk_of_tensorflow_is_no_last_word(
    said: str, left: str, helpers: ModuleType, started: Callable[..., Child]
) -> None:
    talk = (
        "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
        "I0000 00:00:1796054280.765898    6440 cudart_stub.cc:31] Could not find cuda drivers\n"
        "W0000 00:00:1796054280.765898    6440 a.cc:1] slow\n"
    )
    child = started(helpers.die_with, {"said": talk + said + talk})
    assert child.wait() == (-signal.SIGKILL, left)


@pytest.mark.parametrize(
    ("how", "said"),
    [("well", {"done": 0.25}), ("refused", {"error": ["DataError", "나쁜 글", "bad text"]})],
)
def test_an_answer(how: str, said: Any, helpers: ModuleType, started: Callable[..., Child]) -> None:
    assert started(helpers.answer, {"how": how}).receive() == said


def test_an_answer_that_is_a_fault(helpers: ModuleType, started: Callable[..., Child]) -> None:
    said = started(helpers.answer, {"how": ""}).receive()
    assert said["bug"].rstrip().endswith("ZeroDivisionError: division by zero")


def test_half_a_line_is_none(helpers: ModuleType, started: Callable[..., Child]) -> None:
    assert list(started(helpers.tear, {}).lines()) == ["whole"]
    child = started(helpers.tear, {})
    assert child.receive() == "whole"
    with pytest.raises(EOFError):
        child.receive()


def test_what_has_no_name_is_refused(helpers: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for nameless in (lambda: None, Child.kill, helpers.Parent.send):
        with pytest.raises(ValueError, match="is not found by its name"):
            Child(nameless, {})
    monkeypatch.setattr(helpers.about, "__module__", "__main__")
    with pytest.raises(ValueError, match="__main__"):
        Child(helpers.about, {})


def test_where_no_process_can_be_started(
    helpers: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(OSError, match="No such file"):
        Child(helpers.about, {})


class TestIsolation:
    def test_nothing_comes_from_the_current_folder(
        self, helpers: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        here = tmp_path / "here"
        here.mkdir()
        for name in ("json", "importlib", "sitecustomize", "usercustomize", "tempfile", "kosent"):
            (here / f"{name}.py").write_text("raise SystemExit('it runs')")
        monkeypatch.chdir(here)
        monkeypatch.setenv("PYTHONPATH", str(here))
        monkeypatch.setenv("PYTHONSTARTUP", str(here / "json.py"))
        for entry in (str(here), "", "."):
            monkeypatch.setattr(sys, "path", [entry, *sys.path])
        found = ask(helpers.about, {}, 60)
        assert Path(found["json"]).parents[1].name != "here"
        assert not {str(here), "", "."} & set(found["path"])
        assert found["path"] == [entry for entry in sys.path if entry not in (str(here), "", ".")]

    def test_kosent_is_found_where_it_is_in_the_current_folder(
        self, helpers: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(processes._ROOT)
        found = ask(helpers.about, {}, 60)
        assert found["path"][-1] == processes._ROOT
        assert found["path"].count(processes._ROOT) == 1

    def test_the_environment_is_chosen(
        self, helpers: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        given = {"KOSENT_X": "1", "KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "3", "LC_ALL": "C"}
        secret = {
            "AWS_SECRET_ACCESS_KEY": "x",
            "PYTHONPATH": "x",
            "LD_PRELOAD": "",
            "MY_TOKEN": "x",
        }
        for name, value in (given | secret).items():
            monkeypatch.setenv(name, value)
        child = Child(helpers.about, {}, {"OMP_NUM_THREADS": "1"})
        environment = child.receive()["environment"]
        child.wait()
        assert given | {"OMP_NUM_THREADS": "1"} | {"PATH": os.environ["PATH"]} == {
            name: environment.get(name) for name in [*given, "PATH"]
        }
        assert not secret.keys() & environment.keys()


class TestAsking:
    def test_an_end_without_an_answer(self, helpers: ModuleType) -> None:
        with pytest.raises(EOFError, match=r"^the last words$"):
            ask(helpers.die, {"code": 3}, 60)

    def test_patience_ends(self, helpers: ModuleType) -> None:
        with pytest.raises(EOFError, match="exit code -9"):
            ask(helpers.sleep_silently, {}, 0.1)


@pytest.mark.parametrize("work", ["sleep", "work_on"])
def test_a_child_ends_with_its_parent(work: str, helpers: ModuleType, tmp_path: Path) -> None:
    """A child of a process that is killed, which leaves it no time to end anything."""
    said = tmp_path / "child"
    middle = os.fork()
    if middle == 0:
        child = Child(getattr(helpers, work), {})
        child.send("begin")
        said.write_text(str(child.receive()))
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(middle, 0)
    end = time.monotonic() + 60
    while Path(f"/proc/{said.read_text()}").exists() and time.monotonic() < end:
        time.sleep(0.02)
    assert not Path(f"/proc/{said.read_text()}").exists()


def test_processors_are_as_many_as_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(6)), raising=False)
    assert processes.processors() == 6
    monkeypatch.setenv("KOSENT_PROCESSORS", processes.only(2)["KOSENT_PROCESSORS"])
    assert processes.processors() == 2
    monkeypatch.setenv("KOSENT_PROCESSORS", "many")
    assert processes.processors() == 6
    with processes.at_most(4):
        assert processes.processors() == 4
        with processes.at_most(9):
            assert processes.processors() == 6
        assert processes.processors() == 4
        with ThreadPoolExecutor(1) as threads:  # another thread is no part of it
            assert threads.submit(processes.processors).result() == 6
    assert processes.processors() == 6
