"""Works some at once: in order, and none is left behind."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest

from kosent.errors import DataError
from kosent.support.executors import Crew, Died, Executor, Local, Work
from kosent.support.executors.base import Process
from kosent.support.progress import Silent


class Counting(Local):
    """Notes how many processes there are at once."""

    def __init__(self, jobs: int) -> None:
        super().__init__(jobs)
        self.started: list[Process] = []

    def start(self, work: Work) -> Process:
        self.started.append(super().start(work))
        return self.started[-1]


def asked(executor: Executor, work: Work, count: int) -> Iterator[object]:
    crew = Crew(executor)
    return crew.map(lambda number: (number, crew.ask(work)), range(count), Silent())


def test_results_in_order(works: ModuleType) -> None:
    executor = Counting(2)
    found = list(asked(executor, Work(works.talk, {"count": 0}), 3))
    assert found == [(0, []), (1, []), (2, [])]
    assert len(executor.started) == 3


def test_an_error_and_patience(works: ModuleType) -> None:
    crew = Crew(Local())
    with pytest.raises(Died) as died:
        crew.ask(Work(works.sleep_silently, {}), patience=0.5)
    assert died.value.late
    with pytest.raises(DataError, match="bad text"):
        crew.ask(Work(works.refuse, {}))


def test_what_runs_when_there_is_enough_is_ended(works: ModuleType) -> None:
    class Enough(Silent):
        def advance(self, *_: object) -> None:
            if len(executor.started) == 2:
                raise KeyboardInterrupt

    executor = Counting(2)
    crew = Crew(executor)
    work = Work(works.sleep_silently, {})
    with pytest.raises(KeyboardInterrupt):
        list(crew.map(lambda _: crew.ask(work), range(9), Enough()))
    assert len(executor.started) == 2
    assert [process.wait()[0] for process in executor.started] == [-9, -9]
    with pytest.raises(Died):
        crew.ask(work)
