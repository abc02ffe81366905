"""A pool of processes: the numbers of one process, whoever dies."""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kosent.batch import Pool
from kosent.batch import pool as pools
from kosent.batch.worker import packed, unpacked
from kosent.errors import BundleError, RuntimeSetupError, UsageError
from kosent.language import Message
from kosent.prediction import open_rows, predict_file
from kosent.prediction.predictor import Predicted, Predictor

LISTS = [[f"영화가 {number} 정말 재밌다"] * 3 + [" "] for number in range(12)]


@pytest.fixture
def said() -> list[Message]:
    return []


@pytest.fixture
def pool(bundle: Path, said: list[Message]) -> Iterator[Pool]:
    with Pool(bundle, 2, said.append) as made:
        yield made


def pids(pool: Pool) -> list[int]:
    return sorted(child._process.pid for child in pool._children)


def is_alive(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]
    except OSError:
        return False


def gone(numbers: list[int]) -> bool:
    deadline = time.monotonic() + 20
    while any(map(is_alive, numbers)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(map(is_alive, numbers))


def test_what_a_process_says_keeps_every_bit() -> None:
    probabilities = np.random.default_rng(1).random((5, 3), np.float32)
    found = unpacked(packed(Predicted(probabilities, [1], [0, 4])), 3)
    np.testing.assert_array_equal(found.probabilities, probabilities)
    assert found[1:] == ([1], [0, 4])
    assert unpacked(packed(Predicted(np.empty((0, 3), np.float32), [], [])), 3)[0].shape == (0, 3)


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_files_are_those_of_one_process(
    ending: str, pool: Pool, model: Predictor, source: Path, tmp_path: Path
) -> None:
    one, other = tmp_path / f"one{ending}", tmp_path / f"other{ending}"
    for classifier, target in ((model, one), (pool, other)):
        with open_rows(source, every_column=True) as rows:
            done = predict_file(classifier, rows, target, min_confidence=0.51)
        assert (done.rows, done.errors > 0, done.blank > 0) == (13_000, True, True)
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.slow
def test_lists_come_in_order_and_are_taken_little_ahead(pool: Pool, model: Predictor) -> None:
    taken = 0

    def given() -> Iterator[list[str]]:
        nonlocal taken
        for texts in LISTS:
            taken += 1
            yield texts

    for number, found in enumerate(pool.predict_noted(given())):
        assert taken <= number + 4
        (expected,) = model.predict_noted([LISTS[number]])
        np.testing.assert_array_equal(found.probabilities, expected.probabilities)
        assert found[1:] == expected[1:] == ([3], [])
    processes = pids(pool)
    assert len(processes) == 2
    assert [len(each.probabilities) for each in pool.predict_noted([[], ["가"]])] == [0, 1]
    assert pids(pool) == processes  # the next file finds them
    pool.close()
    assert gone(processes)


@pytest.mark.slow
def test_the_rows_of_a_killed_process_are_done_again(
    pool: Pool, model: Predictor, said: list[Message]
) -> None:
    found: list[Any] = []
    killed: list[int] = []
    for each in pool.predict_noted(LISTS * 3):
        found.append(each.probabilities)
        if len(found) in (2, 9, 20):
            killed.append(pids(pool)[0])
            os.kill(killed[-1], signal.SIGKILL)
    expected = [each.probabilities for each in model.predict_noted(LISTS * 3)]
    np.testing.assert_array_equal(np.concatenate(found), np.concatenate(expected))
    assert len(set(killed)) == 3
    assert not set(killed) & set(pids(pool))
    assert [message.english for message in said] == [
        "a worker process has died (exit code -9) and is replaced; its texts are done again"
    ] * 3


@pytest.mark.slow
def test_what_kills_every_process_is_an_error(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = Pool._begun

    def doomed(self: Pool) -> Any:
        child = begun(self)
        child.kill()
        return child

    monkeypatch.setattr(Pool, "_begun", doomed)
    with pytest.raises(RuntimeSetupError, match=r"died 3 times .*fewer --jobs than 2"):
        list(pool.predict_noted(LISTS))
    assert pids(pool) == []
    monkeypatch.undo()
    assert len(list(pool.predict_noted(LISTS))) == len(LISTS)


@pytest.mark.slow
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_whoever_stops_leaves_no_process(pool: Pool, error: Any) -> None:
    processes: list[int] = []

    def broken() -> Iterator[list[str]]:
        yield from LISTS
        processes.extend(pids(pool))
        raise error

    with pytest.raises(error if isinstance(error, type) else OSError):
        list(pool.predict_noted(broken()))
    assert len(processes) == 2
    assert gone(processes)


@pytest.mark.slow
def test_whoever_does_not_read_on_leaves_no_process(pool: Pool) -> None:
    stream = pool.predict_noted(LISTS)
    next(stream)
    processes = pids(pool)
    del stream
    gc.collect()
    assert processes
    assert gone(processes)


@pytest.mark.slow
def test_a_model_that_was_replaced_is_not_mixed_in(
    bundle: Path, tmp_path: Path, model: Predictor
) -> None:
    path = tmp_path / "model.kosent"
    path.write_bytes(bundle.read_bytes())
    with Pool(path, 1) as pool:
        path.write_bytes((bundle.parent / "format-3-gru.kosent").read_bytes())
        with pytest.raises(BundleError, match="has changed in the meantime"):
            list(pool.predict_noted(LISTS))
        path.write_bytes(b"no model")
        with pytest.raises(BundleError, match=r"model\.kosent"):
            list(pool.predict_noted(LISTS))


@pytest.mark.slow
def test_no_process_to_be_had(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: Any) -> Any:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(pools, "Child", none)
    with pytest.raises(RuntimeSetupError, match="Resource temporarily unavailable"):
        list(pool.predict_noted(LISTS))


@pytest.mark.parametrize("jobs", [0, -1, 1.5, True])
def test_a_count_is_asked_for(jobs: Any, bundle: Path) -> None:
    with pytest.raises(UsageError, match="jobs must be a whole number"):
        Pool(bundle, jobs)


@pytest.mark.slow
def test_a_bug_in_a_process_keeps_its_traceback(pool: Pool) -> None:
    with pytest.raises(RuntimeError, match="Traceback"):
        list(pool.predict_noted([7]))  # type: ignore[list-item]
