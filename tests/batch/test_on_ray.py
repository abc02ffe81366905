"""Shards on Ray: skipped where it is not installed (``pip install 'kosent[ray]'``)."""

from __future__ import annotations

import importlib.util
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from kosent.batch import on_ray, shards
from kosent.batch.on_ray import Shards, actors, predict_on_ray
from kosent.batch.predict import Predict
from kosent.batch.shards import Work
from kosent.errors import BundleError, RuntimeSetupError, UsageError
from kosent.prediction import open_rows, predict_file
from kosent.prediction.predictor import Predictor
from kosent.support.executors import cluster as cluster_of_ray
from kosent.support.progress import Silent

needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed (the extra ray)"
)


@pytest.mark.parametrize(
    ("jobs", "processors", "expected"),
    [
        (None, 1.0, (1, 0.5)),
        (None, 2.0, (1, 1.0)),
        (None, 4.0, (3, 1.0)),
        (2, 2.0, (2, 0.5)),
        (8, 4.0, (8, 0.37)),
        (1000, 1.0, (1000, 0.01)),
    ],
)
def test_a_processor_stays_free(
    jobs: int | None, processors: float, expected: tuple[int, float]
) -> None:
    assert actors(jobs, processors) == expected


def test_without_ray(
    bundle: Path, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_of_ray, "find_spec", lambda _: None)
    work = Work(source, tmp_path / "out.csv")
    with pytest.raises(RuntimeSetupError, match=r"takes Ray \(pip install 'kosent\[ray\]'\)"):
        next(predict_on_ray(bundle, [work], listener=Silent()))
    with pytest.raises(UsageError, match="jobs must be"):
        next(predict_on_ray(bundle, [work], jobs=0, listener=Silent()))
    assert not list(tmp_path.iterdir())


def test_what_an_actor_does(
    bundle: Path, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "LISTS", 2)
    model = Predict(bundle).sha256
    work = Work(source, tmp_path / "out.csv")
    parts = shards.cut(work, model, resume=False, notice=lambda _: None)
    batch = {name: [str(getattr(part, name)) for part in parts] for name in ("texts", "answers")}
    found = Shards(str(bundle), model)(batch)
    assert len(found["texts"]) == len(parts) == 2
    assert all(part.answers.exists() for part in parts)
    with pytest.raises(BundleError, match="another model on this machine"):
        Shards(str(bundle), "0" * 64)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A machine in a process, with one processor: an actor of one, so that others go elsewhere."""
    from ray.cluster_utils import Cluster

    os.environ.setdefault("RAY_AUTH_MODE", "disabled")
    size = {"object_store_memory": 100 * 2**20}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, **size})
        patch.setenv("RAY_ADDRESS", made.address)
        yield made
        made.shutdown()


class AtTheFirst(Silent):
    """Does something once, after the first shard."""

    def __init__(self, work: Any) -> None:
        self.work = work

    def advance(self, *_: object) -> None:
        work, self.work = self.work, lambda: None
        work()


def kill_an_actor() -> None:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if b"ray::MapWorker" in (folder / "cmdline").read_bytes():
                os.kill(int(folder.name), signal.SIGKILL)
                return
    raise AssertionError("no actor")


@pytest.mark.slow
@needs_ray
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dies", ["nobody", "actor", "node"])
def test_two_nodes_lose_no_row(
    dies: str,
    cluster: Any,
    bundle: Path,
    model: Predictor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shards, "LISTS", 1)
    source, whole = tmp_path / "texts.txt", tmp_path / "whole.csv"
    source.write_text("".join(f"영화가 {number}번 재밌다\n" for number in range(80_000)), "utf-8")
    with open_rows(source, every_column=True) as rows:
        expected = predict_file(model, rows, whole)
    node = cluster.add_node(num_cpus=2, object_store_memory=100 * 2**20)
    cluster.wait_for_nodes()
    deaths = {
        "nobody": lambda: None,
        "actor": kill_an_actor,
        "node": lambda: cluster.remove_node(node, allow_graceful=False),
    }
    work = Work(source, tmp_path / "out.csv")
    done: list[int] = []

    def death() -> None:
        done.append(len(list(work.folder.glob("*.answers"))))
        deaths[dies]()

    listener = AtTheFirst(death)
    results = list(predict_on_ray(bundle, [work], jobs=2, listener=listener))
    assert results == [(work, expected)]
    assert done[0] < 20  # of 20: there was work left to lose
    assert work.target.read_bytes() == whole.read_bytes()
    if dies != "node":
        cluster.remove_node(node)


@pytest.mark.slow
@needs_ray
def test_resuming_asks_for_what_is_missing(
    cluster: Any, bundle: Path, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "LISTS", 1)
    work = Work(source, tmp_path / "out.csv")
    predict = Predict(bundle)
    parts = shards.cut(work, predict.sha256, resume=False, notice=lambda _: None)
    for part in parts[:-1]:
        shards.answer(predict.predictor, part)
    kept = [part.answers.stat().st_mtime_ns for part in parts[:-1]]
    monkeypatch.setattr(on_ray, "join", lambda *_: None)
    list(predict_on_ray(bundle, [work], jobs=1, resume=True, listener=Silent()))
    assert [part.answers.stat().st_mtime_ns for part in parts[:-1]] == kept
    assert parts[-1].answers.exists()
