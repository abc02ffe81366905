"""Works on Ray: what is lost is done again, and what is done comes back.

Most of it with a Ray in this process; what needs the real one is skipped where it is not installed
(``pip install 'kosent[ray]'``).
"""

from __future__ import annotations

import importlib.util
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kosent.errors import RuntimeSetupError, UsageError
from kosent.support import executors
from kosent.support.executors import Died, Work, Worker, cluster, folders, on_ray
from kosent.support.executors.host import Host
from kosent.support.executors.on_ray import OnRay, share_of
from kosent.support.progress import Noting, Silent

needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed (the extra ray)"
)


@pytest.mark.parametrize(
    ("jobs", "processors", "expected"),
    [
        (None, [1.0], (1, 0.5)),
        (None, [2.0], (1, 1.0)),
        (2, [2.0], (2, 0.5)),
        (None, [1.0, 2.0], (2, 1.0)),
        (3, [1.0, 2.0], (3, 0.5)),
        (1, [16.0], (1, 15.0)),
        (5, [16.0, 16.0], (5, 5.0)),
        (None, [4.0, 4.0], (7, 1.0)),
        (4, [0.0, 2.0], (4, 0.25)),
    ],
)
def test_a_processor_stays_free_and_each_finds_a_place(
    jobs: int | None, processors: list[float], expected: tuple[int, float]
) -> None:
    assert share_of(jobs, processors) == expected


def test_few_works_have_more_processors() -> None:
    assert share_of(None, [16.0, 16.0], most=5) == (5, 5.0)
    assert share_of(8, [16.0], most=1) == (1, 15.0)


def test_without_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda _: None)
    with (
        pytest.raises(RuntimeSetupError, match=r"takes Ray \(pip install 'kosent\[ray\]'\)"),
        executors.opened("ray", None, Silent()),
    ):
        raise AssertionError
    with pytest.raises(UsageError, match="jobs must be"):
        executors.check("ray", 0)
    with pytest.raises(UsageError, match=r"engine must be ray.*'spark'"):
        executors.check("spark", None)


def conversation(
    works: ModuleType, ray: Any, folder: Path | None = None, count: int = 3
) -> tuple[Any, list[int], list[str]]:
    """Return what is answered, what was said, and what was told of trials that were lost."""
    listener = Noting(Silent())
    worker = Worker(OnRay(1, 1.0, listener), Work(works.talk, {"count": count}, folder=folder))
    said: list[int] = []

    def take(message: Any) -> str:
        said.append(message["number"])
        return f"reply {len(said)}"

    answer = worker.ask(None, take)
    worker.finish()
    assert all(actor.is_dead for actor in ray.actors)
    return answer, said, [notice.english for notice in listener.notices]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_ray, "_PAUSES", (0.0, 0.0))


@pytest.mark.parametrize(
    "dies",
    [
        ("code", 1),
        ("start", 1),
        ("receive", 1),
        ("receive", 3),
        ("send", 2),
        ("files", 1),
        ("piece", 1),
    ],
)
def test_a_lost_actor_is_replaced_and_nothing_is_told_twice(
    dies: tuple[str, int], works: ModuleType, fake_ray: Any, tmp_path: Path
) -> None:
    fake_ray.lost = [dies]
    answer, said, notices = conversation(works, fake_ray, tmp_path / "run")
    assert answer == ["reply 1", "reply 2", "reply 3"]
    assert said == [0, 1, 2]
    assert len(fake_ray.actors) == 2
    if dies[0] not in ("code", "start"):  # nothing had begun
        assert ["is done again (the machine is gone)" in each for each in notices] == [True]
    assert (tmp_path / "run" / "deep" / "file").read_text() == repr(answer)


def test_after_three_it_is_given_up(works: ModuleType, fake_ray: Any, tmp_path: Path) -> None:
    fake_ray.lost = [("receive", 2), ("receive", 1), ("piece", 1)]
    folder = tmp_path / "run"
    with pytest.raises(Died) as died:
        conversation(works, fake_ray, folder)
    assert died.value.reason == "the machine is gone"
    assert len(fake_ray.actors) == 3
    assert not folder.exists()  # nothing half of it


def test_a_child_that_is_killed_is_begun_again(works: ModuleType, fake_ray: Any) -> None:
    listener = Noting(Silent())
    messages: list[Any] = []
    worker = Worker(OnRay(1, 1.0, listener), Work(works.die, {"how": "killed"}))
    with pytest.raises(Died, match="no memory") as died:
        worker.ask(None, messages.append)
    assert died.value.code == -signal.SIGKILL
    assert len(messages) == 1
    assert len(fake_ray.actors) == 3
    assert ["is done again (no memory)" in each.english for each in listener.notices] == [True] * 2


def test_what_was_begun_goes_along(works: ModuleType, fake_ray: Any, tmp_path: Path) -> None:
    begun = tmp_path / "run" / "checkpoints"
    begun.mkdir(parents=True)
    (begun / "weights").write_bytes(os.urandom(100))
    (begun / "none").touch()
    before = (begun / "weights").read_bytes()
    conversation(works, fake_ray, tmp_path / "run")
    assert (begun / "weights").read_bytes() == before
    assert (begun / "none").read_bytes() == b""
    assert (tmp_path / "run" / "empty").exists()


def test_pieces_and_their_bound(
    works: ModuleType, fake_ray: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "PIECE", 7)
    answer, _, _ = conversation(works, fake_ray, tmp_path / "run")
    assert (tmp_path / "run" / "deep" / "file").read_text() == repr(answer)
    monkeypatch.setattr(folders, "MOST", 10)
    with pytest.raises(RuntimeSetupError, match=r"run folder of \d+ bytes is too large.*most 10\)"):
        conversation(works, fake_ray, tmp_path / "other")


def test_another_kosent_is_refused(
    works: ModuleType, fake_ray: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_ray, "code", lambda: "other")
    with pytest.raises(RuntimeSetupError, match="has another kosent; install the same one on all"):
        conversation(works, fake_ray)
    assert len(fake_ray.actors) == 1


def test_no_machine_is_large_enough_any_more(works: ModuleType, fake_ray: Any) -> None:
    fake_ray.shrinks = True
    worker = Worker(OnRay(1, 2.0, Silent()), Work(works.talk, {"count": 0}))
    assert worker.ask() == []
    worker.finish()
    assert [options["num_cpus"] for options in fake_ray.options] == [2.0, 1.0]


def test_what_a_work_has_of_its_machine(
    fake_ray: Any, works: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOSENT_DATA", "/shared/corpora")
    told: list[dict[str, str]] = []
    start = on_ray.Host.start

    def noted(host: Any, function: Any, settings: Any, environment: dict[str, str]) -> None:
        told.append(environment)
        start(host, function, settings, environment)

    monkeypatch.setattr(on_ray.Host, "start", noted)
    with executors.opened("ray", 3, Silent()) as executor:
        assert executor.jobs == 3
        worker = Worker(executor, Work(works.serve, {}, {"OMP_NUM_THREADS": "64"}))
        assert worker.ask(1)[0] == 1
    assert fake_ray.options[0]["num_cpus"] == 0.33
    assert {told[0][name] for name in ("OMP_NUM_THREADS", "KOSENT_PROCESSORS")} == {"1"}
    assert told[0]["KOSENT_DATA"] == "/shared/corpora"
    assert fake_ray.actors[0].is_dead  # the block has ended


def test_what_a_killed_host_has_left_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / "kosent-host-killed"
    left.mkdir()
    (left / "lock").touch()
    os.utime(left / "lock", (0, 0))
    one = Host("run")
    one.put("file", b"1")
    assert not left.exists()
    os.utime(next(tmp_path.glob("*/lock")), (0, 0))
    two = Host("run")
    assert one.files() == {"file": 1}  # it is held
    one.kill()
    two.kill()
    two.kill()
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A machine in a process; what its children look for lies in a folder that is not here yet."""
    from ray.cluster_utils import Cluster

    os.environ.setdefault("RAY_AUTH_MODE", "disabled")
    place = tmp_path_factory.mktemp("modules")
    size = {"object_store_memory": 100 * 2**20}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("PYTHONPATH", str(place))
        made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, **size})
        patch.setenv("RAY_ADDRESS", made.address)
        made.place = place
        yield made
        made.shutdown()


def processes_of(mark: str, name: bytes) -> list[int]:
    """Return the processes with an environment variable and a word in their command line."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            is_ours = mark.encode() in (folder / "environ").read_bytes()
            if is_ours and name in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


@pytest.mark.slow
@needs_ray
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dies", ["actor", "node"])
def test_what_is_killed_is_done_again(
    dies: str, nodes: Any, works: ModuleType, tmp_path: Path
) -> None:
    (nodes.place / "executor_works.py").write_text(Path(str(works.__file__)).read_text())
    node = nodes.add_node(num_cpus=2, object_store_memory=100 * 2**20)
    nodes.wait_for_nodes()
    mark = tmp_path / "begun"
    deaths: dict[str, Callable[[], object]] = {
        "actor": lambda: os.kill(
            processes_of(f"PYTHONPATH={nodes.place}", b"ray::Host")[0], signal.SIGKILL
        ),
        "node": lambda: nodes.remove_node(node, allow_graceful=False),
    }

    def kill() -> None:
        while not mark.exists():
            time.sleep(0.05)
        deaths[dies]()

    killing = threading.Thread(target=kill, daemon=True)
    listener = Noting(Silent())
    with executors.opened("ray", None, listener) as executor:
        killing.start()
        # Two processors are on one node only: that is where it is.
        executor._share = 2.0 if dies == "node" else 1.0
        answer = Worker(executor, Work(works.sleep_at_first, {"mark": str(mark)})).ask()
    killing.join()
    assert answer == "done"
    assert len(listener.notices) == 1
    assert not processes_of(f"PYTHONPATH={nodes.place}", b"ray::Host")
    if dies != "node":
        nodes.remove_node(node)


@pytest.mark.slow
@needs_ray
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore")
def test_the_folder_of_another_machine_comes_back(
    nodes: Any, works: ModuleType, tmp_path: Path
) -> None:
    (nodes.place / "executor_works.py").write_text(Path(str(works.__file__)).read_text())
    folder = tmp_path / "run"
    with executors.opened("ray", None, Silent()) as executor:
        worker = Worker(executor, Work(works.talk, {"count": 2}, folder=folder))
        assert worker.ask(None, lambda message: message) == [{"number": 0}, {"number": 1}]
    assert "number" in (folder / "deep" / "file").read_text()
