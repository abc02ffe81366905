"""A saved model in several processes of this machine, as one predictor.

The parent reads and writes, each process predicts one list of texts at a time with one thread. The
lists are those of a single process, so that all numbers are the same, whatever their count.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Self

from kosent import errors
from kosent.batch.worker import serve, unpacked
from kosent.bundles.place import located
from kosent.errors import BundleError, RuntimeSetupError
from kosent.language import Message
from kosent.models.loading import load_versioned
from kosent.prediction.predictor import Predicted, Predictor
from kosent.support.checks import check_count
from kosent.support.processes import Child, processors, share_of

_DEATHS = 3  # processes that one list of texts may cost
_AHEAD = 2  # lists taken for each process: one that it has, and one that waits for it


class Pool(Predictor):
    """Predicts in several processes; started by the first texts, ended by ``close``.

    The rows of a process that dies are done again in another one.

    Args:
        bundle: A saved model, as for :func:`kosent.load`.
        jobs: How many processes.
        notice: Told in one line where a process has died and another one took its place.

    Raises:
        BundleError: If the model cannot be loaded.
        UsageError: If ``jobs`` is not a whole number of at least 1.
    """

    def __init__(
        self, bundle: str | Path, jobs: int, notice: Callable[[Message], object] = lambda _: None
    ) -> None:
        check_count("jobs", jobs)
        self.jobs = jobs
        self._path = located(bundle)
        self._notice = notice
        predictor, self._sha256 = load_versioned(self._path)
        self.classes_ = predictor.classes_
        self.thresholds_ = predictor.thresholds_
        self.info_ = predictor.info_
        self._children: set[Child] = set()
        self._idle: SimpleQueue[Child | None] = SimpleQueue()  # None: one still to be started
        self._is_open = False

    def __enter__(self) -> Self:
        """Return the pool, which is closed where the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """End the processes; the next texts start others."""
        self._kill()
        while self._children:
            self._children.pop().wait()

    def predict_noted(self, parts: Iterable[list[str]]) -> Iterator[Predicted]:
        """Return what list after list of texts gets, in order.

        Args:
            parts: Lists of texts; taken from the iterator no more than two a process ahead.

        Yields:
            Probabilities and remarks for each list.

        Raises:
            RuntimeSetupError: If no process can be started, or three died of one list.
            BundleError: If the model fails, or is another one by now.
        """
        self._open()
        waiting: deque[Future[Predicted]] = deque()
        threads = ThreadPoolExecutor(self.jobs)
        try:
            for texts in parts:
                waiting.append(threads.submit(self._predicted, texts))
                if len(waiting) >= _AHEAD * self.jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BaseException:  # Ctrl-C, a full disk: nobody waits for what goes on
            self._kill()
            threads.shutdown(cancel_futures=True)
            self.close()
            raise
        threads.shutdown()

    def _open(self) -> None:
        if not self._is_open:
            self._idle = SimpleQueue()
            for _ in range(self.jobs):
                self._idle.put(None)
            self._is_open = True

    def _kill(self) -> None:
        self._is_open = False
        for child in list(self._children):
            child.kill()

    def _predicted(self, texts: list[str]) -> Predicted:
        """Let the next process that is free predict a list; runs in a thread."""
        reason = ""
        for _ in range(_DEATHS):
            child = self._idle.get()
            try:
                child = child or self._begun()
                child.send(texts)
                found = unpacked(_answer(child), len(self.classes_))
            except (EOFError, OSError) as error:
                reason = self._buried(child) or str(error)
                if not self._is_open:
                    raise
                continue
            except BaseException:
                self._idle.put(None)  # another thread may wait for it
                raise
            self._idle.put(child)
            return found
        raise _died(self.jobs, reason)

    def _begun(self) -> Child:
        """Start a process, and see that it has the same model.

        Raises:
            OSError: If there is none to be had.
            EOFError: If it dies at once.
        """
        if not self._is_open:
            raise EOFError("the pool was closed")
        child = Child(serve, {"bundle": str(self._path)}, share_of(processors()))
        self._children.add(child)
        if not self._is_open:  # closed in the meantime
            child.kill()
        if _answer(child)["sha256"] != self._sha256:
            raise _changed(self._path)
        return child

    def _buried(self, child: Child | None) -> str:
        """Let another process take the place of one that has died; return its last words."""
        self._idle.put(None)
        said, code = "", 0
        if child is not None:
            self._children.discard(child)
            child.kill()
            code, said = child.wait()
        if self._is_open:
            self._notice(_replaced(code))
        return said.rpartition("\n")[2] or (f"exit code {code}" if code else "")


def _answer(child: Child) -> dict[str, Any]:
    """Return what a process says.

    Raises:
        KosentError: What it could not do.
        RuntimeError: A bug, with its traceback.
        EOFError: If it has died.
    """
    found: dict[str, Any] = child.receive()
    if "error" in found:
        kind, korean, english = found["error"]
        raise getattr(errors, kind)(korean, english)
    if "bug" in found:
        raise RuntimeError(f"a process of the pool failed:\n{found['bug']}")
    return found


def _replaced(code: int) -> Message:
    return Message(
        f"작업 프로세스 하나가 죽어(종료 코드 {code}) 새로 시작합니다. 그 글들은 다시 합니다",
        f"a worker process has died (exit code {code}) and is replaced; its texts are done again",
    )


def _died(jobs: int, reason: str) -> RuntimeSetupError:
    return RuntimeSetupError(
        f"작업 프로세스가 같은 글들에서 {_DEATHS}번 죽었습니다 ({reason}; 메모리 부족일 수 "
        f"있습니다). --jobs를 {jobs}보다 작게 하고 --resume으로 이어서 하세요",
        f"worker processes died {_DEATHS} times on the same texts ({reason}; memory may have run "
        f"out); go on with --resume and fewer --jobs than {jobs}",
    )


def _changed(path: Path) -> BundleError:
    return BundleError(
        f"'{path}'의 모델이 그사이에 바뀌었습니다. 다시 실행하세요",
        f"the model at '{path}' has changed in the meantime; run the command again",
    )
