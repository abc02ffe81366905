"""The Ray cluster: the one that ``RAY_ADDRESS`` names, that runs here, or a new one here."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from kosent.errors import RuntimeSetupError


def check_installed() -> None:
    """Refuse to begin without Ray.

    Raises:
        RuntimeSetupError: If it is not installed.
    """
    if find_spec("ray") is None:
        raise RuntimeSetupError(
            "--engine ray에는 Ray가 필요합니다 (pip install 'kosent[ray]')",
            "--engine ray takes Ray (pip install 'kosent[ray]')",
        )


@contextmanager
def connected() -> Iterator[list[float]]:
    """Connect to a cluster, or start one here; yield the number of processors of each machine.

    Raises:
        RuntimeSetupError: If there is none and none starts.
    """
    # It would report home, and warn of how Ray Data itself makes its actors (ray issue 53727).
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    import ray

    if ray.is_initialized():
        yield machines()
        return
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        with _own_handler():
            _connect(ray, quiet)
    except (ConnectionError, OSError, RuntimeError, ValueError) as error:
        raise _no_cluster(error) from error
    try:
        yield machines()
    finally:
        ray.shutdown()


def machines() -> list[float]:
    """Return the number of processors of each machine that is there."""
    import ray

    return [float(node["Resources"].get("CPU", 0)) for node in ray.nodes() if node["Alive"]]


def last_line(error: BaseException) -> str:
    """Return the last line of what Ray says of an error, which is the cause."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:200]


def _connect(ray: Any, quiet: dict[str, Any]) -> None:
    if os.environ.get("RAY_ADDRESS"):
        ray.init(**quiet)
        return
    try:
        ray.init(address="auto", **quiet)
    except ConnectionError:
        ray.init(address="local", include_dashboard=False, **quiet)


@contextmanager
def _own_handler() -> Iterator[None]:
    """Keep what SIGTERM does here: Ray, where it starts a machine, takes that for itself."""
    ours = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if ours and handler is not None:
            signal.signal(signal.SIGTERM, handler)


def _no_cluster(error: Exception) -> RuntimeSetupError:
    return RuntimeSetupError(
        f"Ray에 닿거나 시작할 수 없습니다 ({last_line(error)}). RAY_ADDRESS를 확인하세요",
        f"cannot reach or start Ray ({last_line(error)}); check RAY_ADDRESS",
    )
