"""What tests of executors share: works that children find by name, and a Ray in this process."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

WORKS = """
import os, signal, sys, time
from pathlib import Path
from kosent.errors import DataError
from kosent.support.processes import Parent

def talk(folder=None, count=2):
    # Says numbers, wants a reply to each, and leaves them in its folder.
    parent = Parent()
    answers = parent.lines()
    def work():
        got = []
        for number in range(count):
            parent.send({"number": number})
            got.append(next(answers))
        if folder is not None:
            Path(folder, "deep").mkdir(parents=True, exist_ok=True)
            Path(folder, "deep", "file").write_text(repr(got))
            Path(folder, "empty").touch()
        return got
    parent.answer(work)

def serve():
    parent = Parent()
    for question in parent.lines_or_end():
        def work():
            if question == "bad":
                raise DataError("나쁜 글", "bad text")
            if question == "bug":
                raise ZeroDivisionError("by zero")
            return [question, os.getpid()]
        parent.answer(work)

def die(how):
    parent = Parent()
    parent.send({"process": os.getpid()})
    print("first\\nno memory", file=sys.stderr, flush=True)
    os.kill(os.getpid(), signal.SIGKILL) if how == "killed" else os._exit(3)

def sleep():
    parent = Parent()
    parent.end_with()
    parent.send({"process": os.getpid()})
    time.sleep(600)

def sleep_silently():
    time.sleep(600)

def refuse():
    def work():
        raise DataError("나쁜 글", "bad text")
    Parent().answer(work)

def sleep_at_first(mark):
    # The first of its kind never ends; the others see its mark.
    parent = Parent()
    parent.end_with()
    if os.path.exists(mark):
        parent.answer(lambda: "done")
        return
    Path(mark).touch()
    time.sleep(600)
"""


@pytest.fixture
def works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Return the module."""
    place = tmp_path / "modules"
    place.mkdir()
    (place / "executor_works.py").write_text(WORKS)
    monkeypatch.syspath_prepend(place)
    yield importlib.import_module("executor_works")
    del sys.modules["executor_works"]


@pytest.fixture
def fake_ray(monkeypatch: pytest.MonkeyPatch) -> FakeRay:
    """Return a cluster of one machine with two processors."""
    ray = FakeRay(2.0)
    monkeypatch.setitem(sys.modules, "ray", ray)
    return ray


class RayError(Exception):
    """As ``ray.exceptions.RayError``."""


class RayTaskError(RayError):
    """As ``ray.exceptions.RayTaskError``."""


class RayActorError(RayError):
    """As ``ray.exceptions.RayActorError``."""


class FakeRay(ModuleType):
    """A cluster of some machines.

    Attributes:
        processors: Those of its machines.
        lost: For each actor in turn the call that it does not live to see, such as
            ``("receive", 2)``; the others live.
        actors: All actors that were made.
        options: What each was made with.
        shrinks: Whether the next one waits, and of the machines one with one processor is left.
    """

    def __init__(self, *processors: float) -> None:
        super().__init__("ray")
        self.exceptions = SimpleNamespace(RayError=RayError, RayTaskError=RayTaskError)
        self.processors = list(processors)
        self.lost: list[tuple[str, int]] = []
        self.actors: list[Actor] = []
        self.options: list[dict[str, Any]] = []
        self.shrinks = False
        self.is_started = True
        self.__spec__ = ModuleSpec("ray", None)

    def is_initialized(self) -> bool:
        return self.is_started

    def nodes(self) -> list[dict[str, Any]]:
        alive = [{"Resources": {"CPU": count}, "Alive": True} for count in self.processors]
        return [*alive, {"Resources": {"CPU": 64.0}, "Alive": False}]

    def remote(self, kind: type) -> Any:
        def made(*arguments: Any) -> Actor:
            dies = self.lost.pop(0) if self.lost else ("", 0)
            self.actors.append(Actor(kind(*arguments), dies))
            return self.actors[-1]

        def options(**given: Any) -> Any:
            self.options.append(given)
            return SimpleNamespace(remote=made)

        return SimpleNamespace(options=options)

    def get(self, reference: Callable[[], Any], timeout: float | None = None) -> Any:  # noqa: ARG002
        return reference()

    def wait(self, references: list[Any], timeout: float) -> tuple[list[Any], list[Any]]:  # noqa: ARG002
        if not self.shrinks:
            return references, []
        self.processors, self.shrinks = [1.0], False
        return [], references

    def kill(self, actor: Actor) -> None:
        actor.die()


class Actor:
    """An object whose methods are called through ``remote``."""

    def __init__(self, inner: Any, dies: tuple[str, int]) -> None:
        self._inner = inner
        self._dies = dies
        self._counts: dict[str, int] = {}
        self.is_dead = False

    def die(self) -> None:
        if not self.is_dead:
            self.is_dead = True
            self._inner.kill()

    def __getattr__(self, name: str) -> Any:
        return SimpleNamespace(remote=lambda *arguments: lambda: self._call(name, arguments))

    def _call(self, name: str, arguments: tuple[Any, ...]) -> Any:
        self._counts[name] = self._counts.get(name, 0) + 1
        if (name, self._counts[name]) == self._dies:
            self.die()
        if self.is_dead:
            raise RayActorError("The actor died:\n  the machine is gone")
        return getattr(self._inner, name)(*arguments)
