"""A stream of items as lists that do not wait for what is not there yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TypeVar

from kosent.text.stream import CHUNK

_Item = TypeVar("_Item")


def bursts(items: Iterable[_Item], ready: Callable[[], bool]) -> Iterator[Iterator[list[_Item]]]:
    """Cut a stream into lists, and end a series of them where the next item must be waited for.

    Args:
        items: The stream.
        ready: Tells whether the next item can be had without waiting.

    Yields:
        Series of lists of at most 4,096; each must be read to its end before the next one. A
        stream that never has to be waited for is one series.
    """
    remaining = iter(items)
    for first in remaining:
        yield _burst(chain([first], remaining), ready)


def _burst(items: Iterator[_Item], ready: Callable[[], bool]) -> Iterator[list[_Item]]:
    chunk: list[_Item] = []
    try:
        for item in items:
            chunk.append(item)
            is_last = not ready()
            if is_last or len(chunk) == CHUNK:
                full, chunk = chunk, []
                yield full
            if is_last:
                return
    except Exception:
        if chunk:  # what came before the error is answered
            yield chunk
        raise
    if chunk:
        yield chunk
