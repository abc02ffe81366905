"""The memory that networks compute in, bounded: a few bytes of a stranger's can ask for terabytes.

ONNX Runtime counts the weights of a network as if they lay in its arena, and has no bound at all
once they are more than the bound (measured in 1.20 to 1.32). So an arena has room for weights
beside what is computed in, and once its room is taken the next network gets an arena of its own.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# A batch of 4,096 tokens takes 32 MB of a network of recipe best, 200 MB of an LSTM of 1,024 units.
_BASE = 128 * 1024**2  # bytes to compute in, and for each processor:
_A_THREAD = 64 * 1024**2
_ROOM = 64 * 1024**2  # for weights: of hundreds of small networks, or of one
_lock = threading.Lock()
_left = 0  # bytes of the newest arena's room


@contextmanager
def arena(weights: int) -> Iterator[None]:
    """Let the session that is made inside compute in bounded memory.

    Args:
        weights: Bytes that it may hold at most besides.
    """
    global _left
    with _lock:
        if weights > _left:
            import onnxruntime as ort

            kind, memory = ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, ort.OrtMemType.DEFAULT
            # Sessions that are there keep the arena that they were made with.
            ort.create_and_register_allocator(
                ort.OrtMemoryInfo("Cpu", kind, 0, memory),
                ort.OrtArenaCfg({"max_mem": largest_arena(weights)}),
            )
            _left = max(_ROOM, weights)
        _left -= weights
        yield


def largest_arena(weights: int = 0) -> int:
    """Return how many bytes networks that share an arena may compute in, and hold as weights."""
    return _BASE + _A_THREAD * (os.cpu_count() or 1) + max(_ROOM, weights)


def _renew() -> None:
    global _lock
    _lock = threading.Lock()  # another thread may have held it while this process was forked


os.register_at_fork(after_in_child=_renew)
