"""Where runs are done: in child processes here, or in those of the machines of a Ray cluster.

A run is the same function with the same arguments in a process that is started the same way
(:class:`kosent.support.processes.Child`), wherever that is, so that what comes of it is equal to
the bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kosent.errors import UsageError
from kosent.support.checks import check_count
from kosent.support.executors.base import Bug, Died, Executor, Work, Worker
from kosent.support.executors.crew import Crew
from kosent.support.executors.local import Local
from kosent.support.progress import Listener

__all__ = [
    "ENGINES",
    "Bug",
    "Crew",
    "Died",
    "Executor",
    "Local",
    "Work",
    "Worker",
    "check",
    "opened",
]

ENGINES = ("ray",)


def check(engine: str | None, jobs: int | None) -> None:
    """Refuse an engine or a number that cannot be used, before anything is read.

    Raises:
        UsageError: If one of them cannot.
        RuntimeSetupError: If Ray is not installed.
    """
    if jobs is not None:
        check_count("jobs", jobs)
    if engine is None:
        return
    if engine not in ENGINES:
        raise UsageError(
            f"engine은 {', '.join(ENGINES)}이어야 합니다. 받은 값: {engine!r}",
            f"engine must be {', '.join(ENGINES)}. Received: {engine!r}",
        )
    from kosent.support.executors.cluster import check_installed

    check_installed()


@contextmanager
def opened(
    engine: str | None,
    jobs: int | None,
    listener: Listener,
    *,
    usual: int = 1,
    most: int | None = None,
) -> Iterator[Executor]:
    """Open the executor that is asked for; what still runs when the block ends is ended.

    Args:
        engine: ``"ray"``, or ``None`` for this machine.
        jobs: How many works at once.
        listener: Is told of works that are begun anew.
        usual: How many where ``jobs`` is ``None``; on Ray as many as there are processors, but one.
        most: How many works there are, if that is known.

    Raises:
        UsageError, RuntimeSetupError: As :func:`check`; also if Ray does not start.
    """
    check(engine, jobs)
    if engine is None:
        count = jobs or usual
        yield Local(min(count, most or count))
        return
    from kosent.support.executors.on_ray import on_ray

    with on_ray(jobs, listener, most) as executor:
        yield executor
