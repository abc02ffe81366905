"""Works on the machines of a Ray cluster: an actor each, which holds a child process there.

A work declares what it has of its machine's processors, and no more threads. A processor of the
cluster stays free. What a work leaves in its folder comes back through Ray; what it reads (corpora,
saved models) must lie at the same path on every machine.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from typing import Any

from kosent.errors import RuntimeSetupError
from kosent.language import Message
from kosent.support.executors import folders
from kosent.support.executors.base import Process, Work
from kosent.support.executors.cluster import connected, last_line, machines
from kosent.support.executors.host import Host, code
from kosent.support.files import write_folder
from kosent.support.processes import named, only
from kosent.support.progress import Listener

_FREE, _FREE_OF_ONE = 1.0, 0.5  # of the largest machine's processors
_LOOK = 10.0  # seconds between looks at whether an actor that waits can still get a place
_TRIES = 3
_PAUSES = (1.0, 2.0, 4.0)  # seconds: Ray gives places on a machine that is gone until it notices
_GOES_ALONG = ("KOSENT_", "KERAS_", "TF_")  # what of the environment decides on results


def share_of(
    jobs: int | None, processors: Sequence[float], most: int | None = None
) -> tuple[int, float]:
    """Return how many works are done at once, and what each has of its machine's processors.

    Args:
        jobs: How many are asked for; as many as there are processors but one when ``None``.
        processors: Those of each machine.
        most: How many works there are.

    Returns:
        The number, and the most whole processors, or the largest part of one, with which that many
        find a place.
    """
    rooms = sorted(processors)
    rooms[-1] -= _FREE if rooms[-1] > 1 else _FREE_OF_ONE
    count = jobs or max(1, sum(map(int, rooms)))
    count = min(count, most or count)
    whole = map(float, range(int(rooms[-1]) or 1, 0, -1))
    parts = (int(100 / divisor) / 100 or 0.01 for divisor in range(2, 2 * count + 2))
    fitting = (share for share in chain(whole, parts) if _places(share, rooms) >= count)
    return count, next(fitting, 0.01)


@contextmanager
def on_ray(jobs: int | None, listener: Listener, most: int | None = None) -> Iterator[OnRay]:
    """Connect to a cluster for a while; actors that are left when the block ends are ended.

    Args:
        jobs: As of :func:`share_of`.
        listener: Is told of works that are begun anew.
        most: As of :func:`share_of`.

    Raises:
        RuntimeSetupError: If there is no cluster and none starts.
    """
    with connected() as processors:
        executor = OnRay(*share_of(jobs, processors, most), listener)
        try:
            yield executor
        finally:
            executor.close()


class OnRay:
    """The executor; a work whose actor or machine is killed is begun three times at most.

    Args:
        jobs: How many works at once.
        share: What each has of a machine's processors.
        listener: Is told of works that are begun anew.
    """

    tries = _TRIES

    def __init__(self, jobs: int, share: float, listener: Listener) -> None:
        self.jobs = jobs
        self._share = share
        self._listener = listener
        self._code = code()
        self._begun: list[_Actor] = []

    def start(self, work: Work) -> Process:
        """Start an actor and its child, as :meth:`kosent.support.executors.base.Executor.start`."""
        for pause in _PAUSES:
            with suppress(EOFError):
                return self._started(work)
            time.sleep(pause)
        return self._started(work)

    def _started(self, work: Work) -> _Actor:
        share = min(self._share, max(machines(), default=self._share))
        actor = _Actor(work, share)
        self._begun.append(actor)
        try:
            actor.begin(self._code)
        except BaseException:
            actor.kill()
            raise
        return actor

    def again(self, reason: str) -> None:
        """Tell that a work is begun anew."""
        self._listener.notice(
            Message(
                f"Ray에서 하던 학습이 죽어 다시 합니다 ({reason})",
                f"a training on Ray has died and is done again ({reason})",
            )
        )

    def close(self) -> None:
        """End all actors."""
        for actor in self._begun:
            actor.kill()


class _Actor:
    """The actor of a work, seen from here as a child process is."""

    def __init__(self, work: Work, share: float) -> None:
        import ray

        self._work = work
        self._share = share
        self._lost: str | None = None
        self._is_over = False
        # Two calls at once: to be killed while it waits for the child.
        made = ray.remote(Host).options(
            num_cpus=share, max_concurrency=2, scheduling_strategy="SPREAD"
        )
        self._host = made.remote(None if work.folder is None else work.folder.name)

    def begin(self, known: str) -> None:
        """Wait for a place, bring the folder there, and start the child."""
        if self._first(self._host.code.remote()) != known:
            raise RuntimeSetupError(
                "Ray의 다른 기계에 다른 kosent가 있습니다. 모든 기계에 같은 것을 설치하세요",
                "a machine of the Ray cluster has another kosent; install the same one on all",
            )
        folder = self._work.folder
        if folder is not None:
            for name, size in folders.listed(folder).items():
                for offset in range(0, max(size, 1), folders.PIECE):
                    data = folders.piece(folder, name, offset)
                    self._get(self._host.put.remote(name, data))
        environment = {**_environment(), **self._work.environment, **only(int(self._share) or 1)}
        function = named(self._work.function)
        settings = dict(self._work.settings)
        self._get(self._host.start.remote(function, settings, environment))

    def send(self, document: object) -> None:
        """Send a line."""
        if not self._get(self._host.send.remote(document)):
            raise OSError("the process has ended")

    def receive(self) -> Any:
        """Return what the child says next."""
        said = self._get(self._host.receive.remote())
        if said is None:
            raise EOFError("the process has ended")
        return said[0]

    def collect(self) -> None:
        """Bring the folder back: it appears whole."""
        folder = self._work.folder
        if folder is None:
            return
        sizes = self._get(self._host.files.remote())
        files = folders.gathered(
            sizes, lambda name, offset: self._get(self._host.piece.remote(name, offset))
        )
        if files:
            write_folder(folder, files)

    def kill(self) -> None:
        """End child and actor."""
        import ray

        if self._is_over:
            return
        self._is_over = True
        with suppress(Exception):  # it is dead, or Ray is
            ray.get(self._host.kill.remote(), timeout=1)
        with suppress(Exception):
            ray.kill(self._host)

    def wait(self) -> tuple[int, str]:
        """Return how the child has ended; as killed, if it is not known."""
        found = (-1, self._lost or "")
        if self._lost is None:
            with suppress(Exception):
                found = self._get(self._host.wait.remote())
        self.kill()
        return found[0], found[1] or self._lost or ""

    def _first(self, reference: Any) -> Any:
        """Wait until the actor has a place, as long as it can get one."""
        import ray

        while not ray.wait([reference], timeout=_LOOK)[0]:
            if max(machines(), default=0.0) < self._share:
                raise self._gone("no machine has so many processors left")
        return self._get(reference)

    def _get(self, reference: Any) -> Any:
        import ray

        try:
            return ray.get(reference)
        except ray.exceptions.RayTaskError:
            raise  # a fault of kosent, with its traceback
        except ray.exceptions.RayError as error:
            # "The actor is dead because its worker process has died. Worker exit type: ..."
            raise self._gone(last_line(error).partition(". ")[0]) from error

    def _gone(self, reason: str) -> EOFError:
        self._lost = reason
        return EOFError(reason)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(_GOES_ALONG)}


def _places(share: float, rooms: Sequence[float]) -> int:
    return sum(int(room / share + 1e-9) for room in rooms)
