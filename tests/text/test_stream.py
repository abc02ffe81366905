from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.text.bursts import bursts
from kosent.text.stream import chunks


def test_a_stream_that_never_waits_is_one_series() -> None:
    series = [[len(chunk) for chunk in burst] for burst in bursts(range(9000), lambda: True)]
    assert series == [[4096, 4096, 808]] == [[len(chunk) for chunk in chunks(range(9000))]]
    assert list(bursts([], lambda: True)) == []


@given(st.lists(st.booleans(), max_size=40))
def test_a_series_ends_where_the_next_item_must_be_waited_for(there: list[bool]) -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(len(there)):
            taken.append(number)
            yield number

    found = []
    for burst in bursts(items(), lambda: there[taken[-1]]):
        for chunk in burst:
            assert chunk[-1] == taken[-1]  # none was waited for before the answer
            found.append(chunk)
    assert [item for chunk in found for item in chunk] == list(range(len(there)))
    assert all(not there[chunk[-1]] for chunk in found[:-1])
    assert len(found) == sum(not each for each in there[:-1]) + bool(there)


def test_what_came_before_an_error_is_given() -> None:
    def items() -> Iterator[int]:
        yield from range(5000)
        raise OSError(5, "Input/output error")

    found: list[int] = []

    def collect() -> None:
        for burst in bursts(items(), lambda: True):
            found.extend(map(len, burst))

    with pytest.raises(OSError, match="Input/output"):
        collect()
    assert found == [4096, 904]
    next(next(bursts(items(), lambda: True))).clear()  # left early, nothing is raised
