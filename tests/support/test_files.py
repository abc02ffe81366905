from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from kosent.errors import RuntimeSetupError
from kosent.support.files import write_file, write_folder


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

    @pytest.mark.parametrize("refused", [1, 2])
    def test_a_rename_that_fails_keeps_what_was_there(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: int
    ) -> None:
        """Where names cannot be exchanged, the first rename puts the old folder aside, the second
        puts the new one in place.
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


def refuse(*_: object, **__: object) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")
