"""Works of which each has a process of its own, done by threads that ask for them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, TypeVar

from kosent.support.executors.base import Executor, Work, Worker
from kosent.support.progress import Listener

_WAIT = 0.2  # seconds between looks at a Ctrl-C that got lost

T = TypeVar("T")
R = TypeVar("R")


class Crew:
    """The workers of an executor that are busy.

    Args:
        executor: Where they are.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._busy: set[Worker] = set()
        self._lock = threading.Lock()
        self._is_over = False

    def ask(self, work: Work, patience: float | None = None) -> Any:
        """Return what a work gives, as :meth:`kosent.support.executors.base.Worker.ask`."""
        worker = Worker(self._executor, work)
        with self._lock:
            self._busy.add(worker)
            if self._is_over:
                worker.close()
        try:
            return worker.ask(patience=patience)
        except BaseException:
            worker.close()
            raise
        finally:
            worker.finish()
            with self._lock:
                self._busy.discard(worker)

    def map(self, do: Callable[[T], R], given: Iterable[T], listener: Listener) -> Iterator[R]:
        """Do something that asks this crew with each, some at once; give the results in order.

        What still runs when the iterator ends, as by an error or Ctrl-C, is ended.

        Args:
            do: What is done.
            given: With what.
            listener: Is told that time goes on.
        """
        with ThreadPoolExecutor(self._executor.jobs) as pool:
            futures = [pool.submit(do, each) for each in given]
            try:
                for future in futures:
                    while not wait([future], _WAIT).done:
                        listener.advance(0)
                    yield future.result()
            finally:
                self._end()
                pool.shutdown(cancel_futures=True)

    def _end(self) -> None:
        with self._lock:
            self._is_over = True
            for worker in self._busy:
                worker.close()
