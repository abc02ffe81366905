"""Networks in ONNX Runtime: batches, threads, streams, pickles."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kosent.bundles import model as bundle
from kosent.errors import BundleError
from kosent.prediction.network import BATCH_ROWS, BATCH_TOKENS, Network, batches
from kosent.support.processes import at_most, processors
from kosent.text.encoding.encoded import EncodedTexts

GOLDEN = Path(__file__).parents[1] / "golden"
VOCABULARY = 20


@pytest.fixture(scope="module")
def onnx() -> bytes:
    data = bundle.read(GOLDEN / "format-2-gru").onnx
    assert data is not None
    return data


@pytest.fixture(scope="module")
def network(onnx: bytes) -> Network:
    return Network(onnx, 2)


def texts(count: int, longest: int = 30, seed: int = 0) -> EncodedTexts:
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, longest + 1, count)
    return EncodedTexts.from_rows(
        rng.integers(1, VOCABULARY, length).tolist() for length in lengths
    )


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 3000])
def test_batches_hold_every_row_once(count: int) -> None:
    lengths = np.random.default_rng(1).integers(1, 100, count)
    found = batches(lengths)
    assert sorted(int(row) for rows in found for row in rows) == list(range(count))
    for rows in found:
        assert len(rows) <= BATCH_ROWS
        assert len(rows) * lengths[rows].max() <= BATCH_TOKENS


def test_a_text_longer_than_a_batch_stands_alone() -> None:
    assert [rows.tolist() for rows in batches(np.array([3, BATCH_TOKENS + 1]))] == [[1], [0]]


def test_rows_come_back_in_order(network: Network) -> None:
    encoded = texts(2000)
    found = network.predict(encoded)
    assert found.shape == (2000, 2)
    for row in range(0, 2000, 97):
        alone = network(encoded.pad(np.array([row])))[0]
        assert np.abs(found[row] - alone).max() < 1e-5


def test_a_stream_is_its_parts_one_after_another(network: Network) -> None:
    parts = [texts(count, seed=count) for count in (300, 1, 0, 700, 2)]
    found = list(network.stream(parts))
    assert [len(part) for part in found] == [300, 1, 0, 700, 2]
    for part, encoded in zip(found, parts, strict=True):
        assert np.abs(part - network.predict(encoded)).max(initial=0) < 1e-5


def test_a_stream_is_read_no_further_than_two_parts_ahead(network: Network) -> None:
    taken = []

    def parts() -> Iterator[EncodedTexts]:
        for number in range(10):
            taken.append(number)
            yield texts(600)

    for done, _ in enumerate(network.stream(parts())):
        assert len(taken) <= done + 3
    assert len(taken) == 10


def test_an_error_in_a_stream_arrives(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Network, "__call__", broken)
    for count in (1, 2000):
        with pytest.raises(MemoryError):
            network.predict(texts(count))


def test_threads_may_share_a_network(network: Network) -> None:
    encoded = texts(400)
    expected = network.predict(encoded)
    with ThreadPoolExecutor(8) as threads:
        for found in threads.map(lambda _: network.predict(encoded), range(24)):
            assert np.abs(found - expected).max() < 1e-5


def test_it_pickles(network: Network) -> None:
    encoded = texts(5)
    again = pickle.loads(pickle.dumps(network))  # noqa: S301
    assert np.array_equal(again.predict(encoded), network.predict(encoded))


def test_another_number_of_classes_is_refused(onnx: bytes) -> None:
    with pytest.raises(ValueError, match="not a network of 3 classes"):
        Network(onnx, 3)


def test_a_name_that_is_no_text_is_refused_in_silence(
    onnx: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    name = b"probabilities"
    assert onnx.count(name) > 1
    place = onnx.rindex(name)
    changed = onnx[:place] + b"\xed" + onnx[place + 1 :]
    with pytest.raises(ValueError, match=r"model\.onnx"):
        Network(changed, 2)
    assert capfd.readouterr() == ("", "")


def test_a_network_that_fails_is_the_bundles_fault(network: Network) -> None:
    with pytest.raises(BundleError, match=r"model\.onnx"):
        network(np.array([[1_000_000]], np.int32))  # there is no such row in its table


def test_the_number_of_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    assert processors() >= 1
    monkeypatch.delattr("os.sched_getaffinity")
    assert processors() >= 1


def test_one_processor_takes_no_thread_beside_this_one(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    callers: list[int] = []
    fill = Network._fill

    def noting(self: Network, *arguments: Any) -> None:
        callers.append(threading.get_ident())
        fill(self, *arguments)

    monkeypatch.setattr(Network, "_fill", noting)
    parts = [texts(600, seed=number) for number in range(3)]
    expected = [network.predict(part) for part in parts]
    callers.clear()
    with at_most(1):
        found = list(network.stream(parts))
    assert len(callers) > 3
    assert set(callers) == {threading.get_ident()}
    np.testing.assert_array_equal(np.concatenate(found), np.concatenate(expected))
