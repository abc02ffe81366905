"""What holds of every executor: a question gets its answer, or says why there is none."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kosent.errors import DataError
from kosent.support.executors import Bug, Died, Executor, Local, Work, Worker
from kosent.support.executors.on_ray import OnRay
from kosent.support.progress import Silent


@pytest.fixture(params=["local", "ray"])
def executor(request: pytest.FixtureRequest, fake_ray: Any) -> Executor:
    assert fake_ray.is_initialized()
    return Local(2) if request.param == "local" else OnRay(2, 1.0, Silent())


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_messages_replies_and_the_folder(
    executor: Executor, works: ModuleType, tmp_path: Path
) -> None:
    folder = tmp_path / "runs" / "one"
    worker = Worker(executor, Work(works.talk, {"count": 3}, folder=folder))
    messages: list[Any] = []

    def take(message: Any) -> str:
        messages.append(message)
        return f"reply {len(messages)}"

    expected = ["reply 1", "reply 2", "reply 3"]
    assert worker.ask(None, take) == expected
    worker.finish()
    assert messages == [{"number": number} for number in range(3)]
    assert (folder / "deep" / "file").read_text() == repr(expected)
    assert sorted(path.name for path in folder.iterdir()) == ["deep", "empty"]
    assert list(folder.parent.iterdir()) == [folder]


def test_an_error_is_that_of_the_work_and_the_process_goes_on(
    executor: Executor, works: ModuleType
) -> None:
    worker = Worker(executor, Work(works.serve, {}))
    question, first = worker.ask("one")
    assert question == "one"
    with pytest.raises(DataError, match="bad text"):
        worker.ask("bad")
    assert worker.ask("two") == ["two", first]
    with pytest.raises(Bug, match="ZeroDivisionError") as bug:
        worker.ask("bug")
    assert bug.value.said.rstrip().endswith("ZeroDivisionError: by zero")
    assert not is_running(first)
    assert worker.ask("three")[1] != first
    worker.close()
    worker.finish()


def test_a_process_that_ends_by_itself_is_not_begun_again(
    executor: Executor, works: ModuleType
) -> None:
    messages: list[Any] = []
    with pytest.raises(Died) as died:
        Worker(executor, Work(works.die, {"how": "exits"})).ask(None, messages.append)
    assert (died.value.code, died.value.reason, died.value.late) == (3, "no memory", False)
    assert len(messages) == 1


def test_patience_ends_it(executor: Executor, works: ModuleType) -> None:
    messages: list[Any] = []
    worker = Worker(executor, Work(works.sleep, {}))
    with pytest.raises(Died) as died:
        worker.ask(None, messages.append, patience=1)
    assert died.value.late
    assert not any(is_running(message["process"]) for message in messages)


def test_closed_it_ends_and_stays_so(executor: Executor, works: ModuleType) -> None:
    worker = Worker(executor, Work(works.sleep, {}))
    messages: list[Any] = []

    def take(message: Any) -> None:
        messages.append(message)
        worker.close()

    for _ in range(2):
        with pytest.raises(Died) as died:
            worker.ask(None, take)
        assert not died.value.late
    assert not any(is_running(message["process"]) for message in messages)


def test_who_takes_a_message_may_have_enough(executor: Executor, works: ModuleType) -> None:
    processes: list[int] = []

    def take(message: Any) -> None:
        processes.append(message["process"])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Worker(executor, Work(works.sleep, {})).ask(None, take)
    assert not is_running(processes[0])
