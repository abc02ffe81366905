"""Run folders: each belongs to one run, and nothing that is not its own is removed."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from kosent.errors import DataError, RuntimeSetupError, UsageError
from kosent.runs import folders
from kosent.runs.folders import LOCK, begun, locked
from kosent.support import files


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def content(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def fail(folder: str | None, failure: BaseException, *leaving: str) -> None:
    """Begin a run that leaves folders, and files where a name has a dot, and fails."""
    with begun(folder, "sample", "x") as path:
        for name in leaving:
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).touch() if "." in name else (path / name).mkdir(exist_ok=True)
        raise failure


class TestNewOnes:
    def test_they_are_named_by_time_and_content(self) -> None:
        with begun(None, "some/리뷰.tsv", "okt-lstm") as folder:
            assert folder.parent == Path("runs")
            assert folder.name.endswith("-리뷰-okt-lstm")
            assert content(folder) == [LOCK]
            (folder / "report.json").touch()
        assert content(folder) == ["report.json"]

    def test_those_begun_at_once_have_different_ones(self) -> None:
        barrier = threading.Barrier(16)

        def begin(number: int) -> Path:
            barrier.wait()
            with begun(None, "sample", "x") as folder:
                barrier.wait()
                (folder / "number").write_text(str(number))
            return folder

        with ThreadPoolExecutor(16) as threads:
            made = list(threads.map(begin, range(16)))
        assert len(set(made)) == 16
        assert [(folder / "number").read_text() for folder in made] == list(map(str, range(16)))

    def test_one_that_fails_leaves_the_others(self, here: Path) -> None:
        with begun(None, "sample", "x") as first:
            (first / "mine").touch()
        with pytest.raises(DataError):
            fail(None, DataError("글", "text"), "sub")
        assert content(here) == ["runs", str(first), str(first / "mine")]


FAILURES = [DataError("글", "x"), UsageError("글", "x"), KeyboardInterrupt(), ZeroDivisionError()]


class TestWhatAFailureLeaves:
    @pytest.mark.parametrize("failure", FAILURES, ids=repr)
    def test_nothing_before_there_is_a_configuration(
        self, here: Path, failure: BaseException
    ) -> None:
        with pytest.raises(type(failure)):
            fail("a/b/run", failure, "encoder/vocab.txt")
        assert content(here) == []

    @pytest.mark.parametrize("failure", FAILURES, ids=repr)
    @pytest.mark.parametrize("kept", ["", "checkpoints", "bundle", "members/0-a/checkpoints"])
    def test_what_can_be_gone_on_with(self, here: Path, failure: BaseException, kept: str) -> None:
        with pytest.raises(type(failure)):
            fail("run", failure, "config.json", kept)
        remains = kept or not isinstance(failure, DataError | UsageError)
        assert (here / "run" / "config.json").exists() is bool(remains)
        assert LOCK not in content(here)

    def test_folders_of_others_stay(self, here: Path) -> None:
        (here / "mine").mkdir()
        (here / "runs" / "old").mkdir(parents=True)
        for folder in ("mine", "runs/new"):
            with pytest.raises(DataError):
                fail(folder, DataError("글", "text"))
        assert content(here) == ["mine", "runs", "runs/old"]

    def test_a_link_is_removed_and_not_what_it_leads_to(self, here: Path) -> None:
        (here / "data").mkdir()
        (here / "data" / "file").touch()
        (here / "run").mkdir()
        (here / "run" / "link").symlink_to(here / "data")
        folders.clear(here / "run")
        assert content(here) == ["data", "data/file", "run"]


class TestRefusals:
    def test_a_folder_that_holds_something(self, here: Path) -> None:
        (here / "file").write_text("mine")
        for folder in (here, here / "file"):
            with pytest.raises(UsageError, match="is not empty"), begun(folder, "sample", "x"):
                pass
        assert content(here) == ["file"]

    def test_a_disk_that_refuses(self, here: Path) -> None:
        (here / "file").touch()
        refused = pytest.raises(RuntimeSetupError, match="Not a directory")
        with refused, begun("file/run", "sample", "x"):
            pass

    def test_the_home_folder(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", str(here / "home"))
        with begun("~/run", "sample", "x") as folder:
            assert folder == here / "home" / "run"


class TestLocks:
    def test_a_second_is_refused_in_one_line(self, here: Path) -> None:
        in_use = "another process is training in 'run'"
        with begun("run", "sample", "x") as folder:
            (folder / "config.json").touch()
            for again in (lambda: begun("run", "sample", "x"), lambda: locked(Path("run"))):
                with pytest.raises(UsageError, match=in_use) as raised, again():
                    pass
                assert "\n" not in str(raised.value)
            assert content(here) == ["run", f"run/{LOCK}", "run/config.json"]
        with locked(Path("run")):
            pass
        assert content(here) == ["run", "run/config.json"]

    def test_it_ends_with_a_process_that_is_killed(self, here: Path) -> None:
        Path("run").mkdir()
        child = os.fork()
        if child == 0:
            with locked(Path("run")):
                os.kill(os.getpid(), signal.SIGKILL)
        os.waitpid(child, 0)
        assert content(here) == ["run", f"run/{LOCK}"]
        with begun("run", "sample", "x") as folder:  # nothing but a lock was left
            (folder / "config.json").touch()
        assert content(here) == ["run", "run/config.json"]

    def test_patience(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(folders, "_WAIT", 0.001)
        Path("run").mkdir()
        release = threading.Event()
        held = threading.Event()

        def hold() -> None:
            with locked(Path("run")):
                held.set()
                release.wait()

        thread = threading.Thread(target=hold)
        thread.start()
        held.wait()
        with pytest.raises(UsageError), locked(Path("run"), patience=0.01):
            pass
        threading.Timer(0.05, release.set).start()
        with locked(Path("run"), patience=60):
            assert Path("run", LOCK).exists()
        thread.join()

    def test_one_at_a_time_whatever_becomes_of_the_file(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The last owner removes the file; who had it open has locked nothing then."""
        monkeypatch.setattr(folders, "_WAIT", 0.0)
        Path("run").mkdir()
        inside, most = [0], [0]

        def work(_: int) -> None:
            for _ in range(20):
                with locked(Path("run"), patience=600):
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                    inside[0] -= 1

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(work, range(8)))
        assert most == [1]
        assert content(Path("run")) == []

    def test_a_file_system_without_locks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(number: int) -> Callable[..., None]:
            def flock(*_: object) -> None:
                raise OSError(number, os.strerror(number))

            return flock

        monkeypatch.setattr(files.fcntl, "flock", refuse(files._NO_LOCKS[0]))
        with begun("run", "sample", "x"):
            pass
        monkeypatch.setattr(files.fcntl, "flock", refuse(5))
        with pytest.raises(RuntimeSetupError, match="Input/output error"), ExitStack() as stack:
            stack.enter_context(locked(Path("run")))
