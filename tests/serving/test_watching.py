"""Models that are replaced on disk: taken up without a lost request, or refused."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kosent.serving.models import Models, read_served
from kosent.serving.service import Service
from kosent.serving.watching import Watch, watch
from kosent.support.files import write_file

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
OLD, NEW = GOLDEN / "format-2-cnn_bilstm.kosent", GOLDEN / "format-3-gru.kosent"
JSON = {"content-type": "application/json"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return where the old model lies."""
    return Path(shutil.copy(OLD, tmp_path / "model.kosent"))


@pytest.fixture
def watched(place: Path, log: list[str]) -> Service:
    """Return a service of the model that lies there."""
    return Service(Models([read_served("m", place)]), say=log.append)


def looks(service: Service, *steps: Callable[[], object]) -> None:
    """Do one step after another, and look twice after each."""

    async def look() -> None:
        watch = Watch(service, service.models.find("m"))
        for step in steps:
            step()
            await watch.look()
            await watch.look()

    asyncio.run(look())


def counted(service: Service, result: str) -> float:
    line = f'kosent_model_reloads_total{{model="m",result="{result}"}} '
    (found,) = [each for each in service.metrics.page().decode().split("\n") if line in each]
    return float(found.removeprefix(line))


def test_another_model_is_taken_up(watched: Service, place: Path, log: list[str]) -> None:
    before = watched.models.find("m")
    looks(watched, lambda: None, lambda: write_file(place, NEW.read_bytes()))
    after = watched.models.find("m")
    assert after.version != before.version
    assert after.labels == ["blame", "praise", "short"]
    assert before.predictor.predict_proba(["a"]).shape == (1, 2)  # for who has it still
    assert counted(watched, "loaded") == 1
    (line,) = log
    assert f"{before.version} -> {after.version}" in line
    assert f'version="{after.version}"' in watched.metrics.page().decode()
    assert f'version="{before.version}"' not in watched.metrics.page().decode()


def test_a_folder_is_taken_up_too(tmp_path: Path) -> None:
    folder = shutil.copytree(GOLDEN / "format-2-gru", tmp_path / "model")
    service = Service(Models([read_served("m", folder)]), say=lambda _: None)

    def replace() -> None:
        folder.rename(tmp_path / "old")
        shutil.copytree(GOLDEN / "format-1-lstm", folder)

    looks(service, replace)
    assert service.models.find("m").labels == ["negative", "positive"]


def test_a_torn_one_is_refused_once_and_the_old_one_goes_on(
    watched: Service, place: Path, log: list[str]
) -> None:
    before = watched.models.find("m")
    torn = NEW.read_bytes()[:9000]
    looks(watched, lambda: place.write_bytes(torn), lambda: None, lambda: None)
    assert watched.models.find("m") is before
    assert counted(watched, "refused") == 1
    (line,) = log
    assert str(place) in line
    looks(watched, lambda: write_file(place, NEW.read_bytes()))
    assert watched.models.find("m") is not before


def test_one_that_is_still_being_written_is_waited_for(watched: Service, place: Path) -> None:
    data = NEW.read_bytes()

    async def write() -> None:
        watch = Watch(watched, watched.models.find("m"))
        for size in (2000, 9000, len(data)):
            place.write_bytes(data[:size])
            await watch.look()
        await watch.look()

    asyncio.run(write())
    assert watched.models.find("m").labels == ["blame", "praise", "short"]
    assert counted(watched, "refused") == 0


def test_a_model_that_is_gone_or_the_same_goes_on(watched: Service, place: Path) -> None:
    before = watched.models.find("m")
    looks(watched, place.unlink, lambda: shutil.copy(OLD, place))
    assert watched.models.find("m") is before
    assert counted(watched, "loaded") == counted(watched, "refused") == 0


def test_a_bug_while_reading_does_not_end_the_watch(
    watched: Service, place: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("kosent.serving.watching.read_served", fails)
        looks(watched, lambda: write_file(place, NEW.read_bytes()))
    assert "ZeroDivisionError" in caplog.text
    looks(watched, lambda: shutil.copy(NEW, place))
    assert watched.models.find("m").labels == ["blame", "praise", "short"]


def test_no_request_is_lost_meanwhile(
    watched: Service, place: Path, asking: Callable[..., Any]
) -> None:
    ask = asking(watched)
    versions: list[str] = []

    async def load(client: Any, done: asyncio.Event) -> None:
        while not done.is_set():
            answer = await client.post("/v1/predict", content=b'{"text": "a"}', headers=JSON)
            assert answer.status_code == 200, answer.text
            document = answer.json()
            versions.append(document["version"])
            labels = list(document["predictions"][0]["probabilities"])
            assert len(labels) == (2 if document["version"] == versions[0] else 3)

    async def replace() -> None:
        done = asyncio.Event()
        watching = asyncio.create_task(watch(watched, 0.02))
        async with ask.client() as client:
            loads = [asyncio.create_task(load(client, done)) for _ in range(8)]
            for number in range(4):
                await asyncio.sleep(0.15)
                write_file(place, (OLD if number % 2 else NEW).read_bytes())
            await asyncio.sleep(0.3)
            done.set()
            await asyncio.gather(*loads)
        watching.cancel()

    asyncio.run(replace())
    assert len(set(versions)) == 2
    assert counted(watched, "loaded") >= 2
    assert counted(watched, "refused") == 0
