"""Two threads that compute, so that the event loop never does.

``Quick`` predicts texts. Whatever has come while it was at work goes into its next call of the
model together, and nothing ever waits for company: 40,000 texts a second in calls of 32, 7,000 in
calls of one. ``Slow`` takes one request after another: long ones, and those that want a sentence
followed or explained, behind which no short one should wait.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from kosent.prediction.predictor import Predicted, Predictor
from kosent.serving import refusals

_Result = TypeVar("_Result")

BATCH_TEXTS = 64  # of a call: more gain nothing, and those who wait would wait longer


@dataclass(frozen=True, slots=True)
class _Job:
    predictor: Predictor
    texts: list[str]
    future: asyncio.Future[Predicted]


class Quick:
    """Predicts what comes at the same moment in one call.

    Args:
        most: Requests that wait or are worked on at once.
        observe: Told the number of texts of each call.
    """

    def __init__(self, most: int, observe: Callable[[int], None] = lambda _: None) -> None:
        self._most = most
        self._observe = observe
        self._waiting: deque[_Job] = deque()
        self._taken = 0  # requests that are worked on
        self._begins = False  # whether the next call is about to begin, or one is going on
        self._thread = ThreadPoolExecutor(1, "kosent-quick")

    async def predict(self, predictor: Predictor, texts: list[str]) -> Predicted:
        """Return what ``predict_all`` gives.

        Raises:
            Refusal: If too many wait already.
        """
        if len(self._waiting) + self._taken >= self._most:
            raise refusals.overloaded()
        loop = asyncio.get_running_loop()
        job = _Job(predictor, texts, loop.create_future())
        self._waiting.append(job)
        if not self._begins:
            self._begins = True
            loop.call_soon(self._begin)  # after all that this turn of the loop brings
        return await job.future

    def close(self) -> None:
        """End the thread, once it is done with what it does."""
        self._thread.shutdown(cancel_futures=True)

    def _begin(self) -> None:
        jobs = self._next()
        self._taken = len(jobs)
        self._begins = bool(jobs)
        if jobs:
            self._observe(sum(len(job.texts) for job in jobs))
            work = asyncio.get_running_loop().run_in_executor(self._thread, _predict, jobs)
            work.add_done_callback(lambda done: self._end(jobs, done))

    def _next(self) -> list[_Job]:
        """Take the jobs of the next call: of one model, in the order in which they came."""
        jobs: list[_Job] = []
        texts = 0
        while self._waiting:
            job = self._waiting[0]
            if jobs and job.predictor is not jobs[0].predictor:
                break
            if jobs and texts + len(job.texts) > BATCH_TEXTS:
                break
            self._waiting.popleft()
            if not job.future.done():  # else who asked has given up
                jobs.append(job)
                texts += len(job.texts)
        return jobs

    def _end(self, jobs: list[_Job], done: asyncio.Future[list[Predicted | Exception]]) -> None:
        error = done.exception()
        found = [error] * len(jobs) if error is not None else done.result()
        for job, each in zip(jobs, found, strict=True):
            if job.future.done():
                continue
            if isinstance(each, BaseException):
                job.future.set_exception(each)
            else:
                job.future.set_result(each)
        self._begin()


def _predict(jobs: list[_Job]) -> list[Predicted | Exception]:
    """Predict several requests in one call; where that fails, each in one of its own."""
    try:
        found = jobs[0].predictor.predict_all([text for job in jobs for text in job.texts])
    except Exception as error:
        if len(jobs) == 1:
            return [error]
        return [each for job in jobs for each in _predict([job])]
    parts: list[Predicted | Exception] = []
    start = 0
    for job in jobs:
        end = start + len(job.texts)
        blank, cut = (
            [row - start for row in rows if start <= row < end] if rows else []
            for rows in (found.blank, found.cut)
        )
        parts.append(Predicted(found.probabilities[start:end], blank, cut))
        start = end
    return parts


class Slow:
    """Runs one function after another in a thread of its own.

    Args:
        most: Calls that wait or are worked on at once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0
        self._thread = ThreadPoolExecutor(1, "kosent-slow")

    async def run(self, work: Callable[..., _Result], *arguments: Any) -> _Result:
        """Return what a function returns.

        Raises:
            Refusal: If too many wait already.
        """
        if self._taken >= self._most:
            raise refusals.overloaded()
        self._taken += 1
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._thread, work, *arguments)
        # Not at the end of this coroutine: who gave up waiting does not free the thread.
        future.add_done_callback(self._done)
        return await asyncio.shield(future)

    def close(self) -> None:
        """End the thread, once it is done with what it does."""
        self._thread.shutdown(cancel_futures=True)

    def _done(self, future: asyncio.Future[Any]) -> None:
        self._taken -= 1
        if not future.cancelled():
            future.exception()  # seen, also where nobody waits any more
