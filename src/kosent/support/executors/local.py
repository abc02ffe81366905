"""Works in child processes of this one."""

from __future__ import annotations

from kosent.support.executors.base import Process, Work
from kosent.support.processes import Child


class Local:
    """Child processes here. One that dies stays so: memory that ran out once does so again.

    Args:
        jobs: How many works at once.
    """

    tries = 1

    def __init__(self, jobs: int = 1) -> None:
        self.jobs = jobs

    def start(self, work: Work) -> Process:
        """Start a child, as :meth:`kosent.support.executors.base.Executor.start`."""
        place = {} if work.folder is None else {"folder": str(work.folder)}
        return _Child(work.function, {**work.settings, **place}, work.environment)

    def again(self, reason: str) -> None:
        """Nothing is begun anew here."""


class _Child(Child):
    """A child that works in its folder itself."""

    def collect(self) -> None:
        """Leave the folder where it is."""
