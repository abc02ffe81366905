from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.errors import RuntimeSetupError
from kosent.support.files import (
    from_signed_json,
    sha256,
    to_json,
    to_signed_json,
    write_file,
    write_folder,
)

KEY = "sha"
DOCUMENTS = st.dictionaries(
    st.text(),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters()),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=5,
).filter(lambda document: KEY not in document)


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


class TestJson:
    def test_it_is_utf8_for_people(self) -> None:
        assert to_json({"라벨": "긍정"}) == '{\n  "라벨": "긍정"\n}\n'.encode()

    def test_nan_is_refused(self) -> None:
        with pytest.raises(ValueError, match="JSON"):
            to_json(float("nan"))

    def test_lone_surrogates_survive(self) -> None:
        assert json.loads(to_json(["\ud800", "x\udcff"])) == ["\ud800", "x\udcff"]

    @given(DOCUMENTS)
    def test_signed_documents_come_back(self, document: dict[str, Any]) -> None:
        assert from_signed_json(to_signed_json(document, KEY), KEY) == document

    @given(DOCUMENTS, st.data())
    def test_a_flipped_bit_is_seen(self, document: dict[str, Any], data: st.DataObject) -> None:
        signed = bytearray(to_signed_json(document, KEY))
        signed[data.draw(st.integers(0, len(signed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        with pytest.raises(ValueError):  # noqa: PT011  any of JSON's, or ours
            from_signed_json(bytes(signed), KEY)

    @pytest.mark.parametrize(
        "data", [b"", b"[]", b"null", b"{}", b'{"sha": "00"}', b"[" * 10**5, b"\xff"]
    )
    def test_what_was_not_signed_is_refused(self, data: bytes) -> None:
        with pytest.raises(ValueError):  # noqa: PT011
            from_signed_json(data, KEY)


def test_sha256_is_the_standard_one() -> None:
    assert sha256(b"abc").startswith("ba7816bf8f01cfea414140de5dae2223")


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
