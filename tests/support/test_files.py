from __future__ import annotations

import errno
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from kosent.errors import RuntimeSetupError, UsageError
from kosent.support import files
from kosent.support.files import aside, write_file, write_folder
from kosent.support.paths import survivor, user_path


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


class TestWriteFile:
    def test_it_makes_parents_and_leaves_nothing_beside(self, tmp_path: Path) -> None:
        write_file(tmp_path / "a" / "b" / "file.txt", b"one")
        write_file(tmp_path / "a" / "b" / "file.txt", b"two")
        assert content(tmp_path) == {"a/b/file.txt": b"two"}

    @pytest.mark.parametrize("failing", ["replace", "open"])
    def test_a_refusing_disk_keeps_the_old_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
    ) -> None:
        path = tmp_path / "file.txt"
        write_file(path, b"old")
        monkeypatch.setattr(Path, failing, refuse)
        with pytest.raises(RuntimeSetupError, match=r"file\.txt.*No space left"):
            write_file(path, b"new")
        monkeypatch.undo()
        assert content(tmp_path) == {"file.txt": b"old"}

    def test_a_full_disk_while_writing_leaves_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "fsync", refuse)
        with pytest.raises(RuntimeSetupError, match="쓸 수 없습니다"):
            write_file(tmp_path / "file.txt", b"new")
        assert list(tmp_path.iterdir()) == []

    def test_a_parent_that_is_a_file_is_a_setup_error(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(RuntimeSetupError, match="cannot write"):
            write_file(tmp_path / "file" / "inside.txt", b"")


class TestWriteFolder:
    FILES = {"a.txt": b"a", "sub/b.txt": b"b"}  # noqa: RUF012

    def test_it_appears_whole_and_replaces_whole(self, tmp_path: Path) -> None:
        write_folder(tmp_path / "new" / "folder", self.FILES)
        assert content(tmp_path) == {"new/folder/a.txt": b"a", "new/folder/sub/b.txt": b"b"}
        write_folder(tmp_path / "new" / "folder", {"c.txt": b"c"})
        assert content(tmp_path) == {"new/folder/c.txt": b"c"}
        assert [path.name for path in (tmp_path / "new").iterdir()] == ["folder"]

    @pytest.mark.parametrize("refused", [1, 2, 3])
    def test_a_rename_that_fails_keeps_what_was_there(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: int
    ) -> None:
        """Where names cannot be exchanged, the first rename finds the old folder, the second puts
        it aside for the third.
        """
        monkeypatch.setattr("kosent.support.exchange.exchange", lambda *_: False)
        write_folder(tmp_path / "folder", self.FILES)
        rename, calls = Path.rename, []

        def failing(self: Path, target: Path) -> Path:
            calls.append(target)
            return refuse() if len(calls) == refused else rename(self, target)

        monkeypatch.setattr(Path, "rename", failing)
        with pytest.raises(RuntimeSetupError, match="folder"):
            write_folder(tmp_path / "folder", {"c.txt": b"c"})
        assert content(tmp_path) == {f"folder/{name}": data for name, data in self.FILES.items()}
        assert [path.name for path in tmp_path.iterdir()] == ["folder"]

    def test_a_full_disk_leaves_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "fsync", refuse)
        with pytest.raises(RuntimeSetupError, match="No space left"):
            write_folder(tmp_path / "folder", self.FILES)
        assert list(tmp_path.iterdir()) == []

    def test_an_interrupt_leaves_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            write_folder(tmp_path / "folder", self.FILES)
        assert list(tmp_path.iterdir()) == []


class TestAside:
    def test_a_file_is_there_once_it_is_whole(self, tmp_path: Path) -> None:
        path = tmp_path / "a.bin"
        with aside(path) as other:
            other.write_bytes(b"new")
            assert not path.exists()
        assert content(tmp_path) == {"a.bin": b"new"}

    @pytest.mark.parametrize("there", [None, b"old"])
    def test_what_raises_leaves_what_was_there(self, there: bytes | None, tmp_path: Path) -> None:
        path = tmp_path / "a.bin"
        if there is not None:
            path.write_bytes(there)

        def write() -> None:
            with aside(path) as other:
                other.write_bytes(b"half")
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            write()
        assert content(tmp_path) == ({} if there is None else {"a.bin": there})

    def test_what_came_meanwhile_stays(self, tmp_path: Path) -> None:
        path = tmp_path / "a.bin"

        def write() -> None:
            with aside(path, overwrite=False) as other:
                other.write_bytes(b"new")
                path.write_bytes(b"theirs")

        with pytest.raises(UsageError, match="exists already"):
            write()
        assert content(tmp_path) == {"a.bin": b"theirs"}


class TestWithoutOverwriting:
    """What is there in the end stays as it is, also what came while the new was written."""

    def write(self, path: Path, name: str) -> None:
        if path.suffix:
            write_file(path, name.encode(), overwrite=False)
        else:
            write_folder(path, {"name": name.encode()}, may_replace=lambda _: False)

    @pytest.mark.parametrize("target", ["file.txt", "folder"])
    @pytest.mark.parametrize("there", ["file", "folder", "link"])
    def test_what_is_there_stays(self, tmp_path: Path, target: str, there: str) -> None:
        path = tmp_path / target
        if there == "folder":
            write_folder(path, {"mine": b"mine"})
        elif there == "file":
            path.write_bytes(b"mine")
        else:
            path.symlink_to(tmp_path / "nowhere")
        before = content(tmp_path)
        with pytest.raises(UsageError, match="exists already"):
            self.write(path, "new")
        assert content(tmp_path) == before
        assert [each.name for each in tmp_path.iterdir()] == [target]

    def test_an_empty_folder_is_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "folder").mkdir()
        self.write(tmp_path / "folder", "new")
        assert content(tmp_path) == {"folder/name": b"new"}

    @pytest.mark.parametrize("links", [True, False])
    @pytest.mark.parametrize("target", ["file.txt", "folder"])
    def test_of_many_writers_one_wins(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, links: bool
    ) -> None:
        if not links:
            monkeypatch.setattr(Path, "hardlink_to", not_permitted)
        for number in range(20):
            path = tmp_path / str(number) / target
            barrier = threading.Barrier(2)

            def race(name: str, path: Path = path, barrier: threading.Barrier = barrier) -> str:
                barrier.wait()
                try:
                    self.write(path, name)
                except UsageError:
                    return ""
                return name

            with ThreadPoolExecutor(2) as threads:
                (winner,) = filter(None, threads.map(race, ("one", "two")))
            assert list(content(path.parent).values()) == [winner.encode()]

    def test_a_folder_that_may_be_replaced_is_looked_at_in_the_end(self, tmp_path: Path) -> None:
        seen: list[Path] = []

        def may(old: Path) -> bool:
            seen.append(old)
            return (old / "ours").exists()

        path = tmp_path / "folder"
        write_folder(path, {"ours": b"1"}, may_replace=may)
        assert seen == []
        write_folder(path, {"theirs": b"2"}, may_replace=may)
        with pytest.raises(UsageError):
            write_folder(path, {"ours": b"3"}, may_replace=may)
        assert content(tmp_path) == {"folder/theirs": b"2"}
        assert seen == [path, path]


class TestLeftBehind:
    """What processes leave that are killed while they write."""

    def test_a_name_as_long_as_names_can_be(self, tmp_path: Path) -> None:
        name = "가" * 85  # 255 bytes
        write_file(tmp_path / name, b"one")
        write_folder(tmp_path / f"{name[:-1]}b", {"a": b"1"})
        write_folder(tmp_path / f"{name[:-1]}b", {"a": b"2"})
        assert content(tmp_path) == {name: b"one", f"{name[:-1]}b/a": b"2"}

    def test_it_is_removed_after_a_day(self, tmp_path: Path) -> None:
        target = tmp_path / "model"
        write_folder(target, {"a": b"1"})
        names = [".model.0123abcd.tmp", ".model.0123abcd.old", ".model.89abcdef.tmp"]
        others = [".model.0123abcd.txt", ".model2.0123abcd.tmp", "model.0123abcd.tmp"]
        for name in [*names, *others]:
            (tmp_path / name).mkdir()
        for name in [*names[:2], *others]:
            os.utime(tmp_path / name, (0, 0))
        write_folder(target, {"a": b"2"})
        left = sorted(path.name for path in tmp_path.iterdir())
        assert left == sorted(["model", names[2], *others])

    def test_it_is_removed_where_there_is_no_target_yet(self, tmp_path: Path) -> None:
        for end in ("tmp", "old"):
            (tmp_path / f".table.xlsx.0123abcd.{end}").write_bytes(b"half")
            os.utime(tmp_path / f".table.xlsx.0123abcd.{end}", (0, 0))
        with pytest.raises(RuntimeError), files.aside(tmp_path / "table.xlsx"):
            raise RuntimeError
        assert [path.name for path in tmp_path.iterdir()] == [".table.xlsx.0123abcd.old"]
        write_file(tmp_path / "table.xlsx", b"whole")
        write_file(tmp_path / "table.xlsx", b"whole")  # now there is something at the path
        assert [path.name for path in tmp_path.iterdir()] == ["table.xlsx"]

    def test_killed_between_two_renames(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where names cannot be exchanged; `finally` does not run in who is killed."""
        target = tmp_path / "model"
        write_folder(target, {"a": b"old"})
        target.rename(tmp_path / ".model.0123abcd.old")
        os.utime(tmp_path / ".model.0123abcd.old", (0, 0))
        assert (survivor(target) / "a").read_bytes() == b"old"
        monkeypatch.setattr(files, "_exchange", lambda *_: False)
        write_folder(target, {"a": b"new"})
        assert survivor(target) == target
        write_folder(target, {"a": b"newer"})
        assert content(tmp_path) == {"model/a": b"newer"}


def test_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert user_path("~/a/~b") == Path("/home/me/a/~b")
    for plain in ("a/~", "~nobody-of-that-name/a", "", "/a"):
        assert user_path(plain) == Path(plain)


def not_permitted(*_: object) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


def refuse(*_: object, **__: object) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")
