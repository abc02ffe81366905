"""Threads that compute: what comes at the same moment shares a call, nobody waits for company."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pytest

from kosent.prediction.predictor import Predicted, Predictor
from kosent.serving.lanes import BATCH_TEXTS, Quick, Slow
from kosent.serving.refusals import Refusal


class Lengths(Predictor):
    """Gives the length of each text, once it may; notes the texts of each call."""

    def __init__(self) -> None:
        self.info_ = {}
        self.classes_ = np.array(["length"])
        self.calls: list[list[str]] = []
        self.may = threading.Event()
        self.may.set()
        self.begun = threading.Event()

    def predict_noted(self, parts: Iterable[list[str]]) -> Iterator[Predicted]:
        for part in parts:
            self.calls.append(part)
            self.begun.set()
            assert self.may.wait(30)
            if "broken" in part:
                raise ValueError("broken")
            rows = np.array([[len(text)] for text in part], np.float32)
            yield Predicted(rows, [n for n, text in enumerate(part) if not text], [])


async def begun(lengths: Lengths) -> None:
    """Wait until the thread is at work."""
    while not lengths.begun.is_set():
        await asyncio.sleep(0.001)


def run(work: Any) -> Any:
    return asyncio.run(asyncio.wait_for(work, 30))


def test_what_comes_at_the_same_moment_shares_a_call() -> None:
    lengths, sizes = Lengths(), []  # type: ignore[var-annotated]
    quick = Quick(100, sizes.append)

    async def ask() -> list[Predicted]:
        texts = ["x" * number for number in range(20)]
        return await asyncio.gather(*(quick.predict(lengths, [text, ""]) for text in texts))

    found = run(ask())
    assert [each.probabilities.tolist() for each in found] == [[[n], [0]] for n in range(20)]
    assert [each.blank for each in found] == [[0, 1], *[[1]] * 19]
    assert sizes == [40]
    assert len(lengths.calls) == 1
    quick.close()


def test_one_alone_does_not_wait() -> None:
    lengths, quick = Lengths(), Quick(100)
    assert run(quick.predict(lengths, ["abc"])).probabilities.tolist() == [[3]]
    assert lengths.calls == [["abc"]]
    quick.close()


def test_what_comes_meanwhile_is_the_next_call_and_no_call_grows_without_end() -> None:
    lengths, quick = Lengths(), Quick(1000)
    lengths.may.clear()

    async def ask() -> None:
        first = asyncio.create_task(quick.predict(lengths, ["first"]))
        await begun(lengths)
        others = [asyncio.create_task(quick.predict(lengths, ["x"] * 10)) for _ in range(10)]
        large = asyncio.create_task(quick.predict(lengths, ["y"] * (BATCH_TEXTS + 10)))
        await asyncio.sleep(0)
        lengths.may.set()
        await asyncio.gather(first, *others, large)

    run(ask())
    assert [len(call) for call in lengths.calls] == [1, 60, 40, BATCH_TEXTS + 10]
    quick.close()


def test_models_do_not_share_a_call() -> None:
    one, other, quick = Lengths(), Lengths(), Quick(100)

    async def ask() -> list[Predicted]:
        asked = [
            quick.predict(each, [name]) for each, name in ((one, "a"), (other, "bb"), (one, "c"))
        ]
        return await asyncio.gather(*asked)

    assert [each.probabilities.tolist() for each in run(ask())] == [[[1]], [[2]], [[1]]]
    assert (one.calls, other.calls) == ([["a"], ["c"]], [["bb"]])
    quick.close()


def test_a_text_that_fails_is_its_askers_alone() -> None:
    lengths, quick = Lengths(), Quick(100)

    async def ask() -> list[Any]:
        asked = [quick.predict(lengths, [text]) for text in ("a", "broken", "ccc")]
        return await asyncio.gather(*asked, return_exceptions=True)

    first, failed, third = run(ask())
    assert isinstance(failed, ValueError)
    assert first.probabilities.tolist() == [[1]]
    assert third.probabilities.tolist() == [[3]]
    quick.close()


def test_too_many_are_refused_and_the_others_answered() -> None:
    lengths, quick = Lengths(), Quick(3)
    lengths.may.clear()

    async def ask() -> list[Any]:
        first = asyncio.create_task(quick.predict(lengths, ["first"]))
        await begun(lengths)
        waiting = [asyncio.create_task(quick.predict(lengths, ["x"])) for _ in range(4)]
        await asyncio.sleep(0)
        lengths.may.set()
        return await asyncio.gather(first, *waiting, return_exceptions=True)

    found = run(ask())
    refused = [each for each in found if isinstance(each, Refusal)]
    assert [each.code for each in refused] == ["overloaded"] * 2
    assert refused[0].headers["retry-after"] == "1"
    assert found[0].probabilities.tolist() == [[5]]
    assert run(quick.predict(lengths, ["again"])).probabilities.tolist() == [[5]]
    quick.close()


def test_who_gave_up_is_not_computed_for() -> None:
    lengths, quick = Lengths(), Quick(100)
    lengths.may.clear()

    async def ask() -> None:
        first = asyncio.create_task(quick.predict(lengths, ["first"]))
        await begun(lengths)
        second = asyncio.create_task(quick.predict(lengths, ["second"]))
        third = asyncio.create_task(quick.predict(lengths, ["third"]))
        await asyncio.sleep(0)
        second.cancel()
        first.cancel()  # which is being computed
        await asyncio.sleep(0)
        lengths.may.set()
        await third

    run(ask())
    assert lengths.calls == [["first"], ["third"]]
    quick.close()


def test_the_slow_lane_takes_one_after_another_and_no_more_than_it_may() -> None:
    slow = Slow(2)
    may, begun = threading.Event(), threading.Event()

    def work(number: int) -> int:
        begun.set()
        assert may.wait(30)
        return number

    async def ask() -> list[Any]:
        tasks = [asyncio.create_task(slow.run(work, number)) for number in range(3)]
        await asyncio.to_thread(begun.wait)
        may.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    found = run(ask())
    assert found[:2] == [0, 1]
    assert isinstance(found[2], Refusal)
    assert run(slow.run(work, 7)) == 7
    slow.close()


def test_who_gives_up_does_not_free_the_slow_thread() -> None:
    slow = Slow(1)
    may = threading.Event()

    async def ask() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(slow.run(may.wait, 30), 0.01)
        with pytest.raises(Refusal, match="overloaded"):
            await slow.run(str)
        may.set()
        await asyncio.sleep(0.05)
        assert await slow.run(str) == ""

    run(ask())
    slow.close()
