"""Two names change places at once, and so a folder that is overwritten is there all the while."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kosent.support import exchange as module
from kosent.support.exchange import exchange
from kosent.support.files import write_folder


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Return a folder and another one, each with a file that says which it is."""
    paths = tmp_path / "하나", tmp_path / "둘"
    for path in paths:
        path.mkdir()
        (path / "name").write_text(path.name, "utf-8")
    return paths


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere two renames are made")
def test_they_change_places(pair: tuple[Path, Path]) -> None:
    one, other = pair
    assert exchange(one, other)
    assert [(path / "name").read_text("utf-8") for path in pair] == [other.name, one.name]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere two renames are made")
def test_what_is_not_there_is_an_error(pair: tuple[Path, Path]) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        exchange(pair[0], pair[0].with_name("nowhere"))


def refusing(code: int) -> Callable[..., Any]:
    """Return a C library whose renameat2 fails."""

    def rename(*_: Any) -> int:
        ctypes.set_errno(code)
        return -1

    return lambda *_, **__: SimpleNamespace(renameat2=rename)


@pytest.mark.parametrize(
    "library",
    [lambda *_, **__: SimpleNamespace(), refusing(errno.EINVAL), refusing(errno.ENOSYS)],
    ids=["old C library", "file system", "kernel"],
)
def test_where_it_cannot_be_done_two_renames_are_made(
    library: Callable[..., Any], pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.ctypes, "CDLL", library)
    assert not exchange(*pair)
    write_folder(pair[0], {"name": b"new"})
    assert (pair[0] / "name").read_bytes() == b"new"
    assert sorted(pair[0].parent.iterdir()) == sorted(pair)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere two renames are made")
def test_a_folder_is_there_at_every_step_of_its_overwriting(
    pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pair[0]
    seen: list[bytes] = []

    def watched(owner: Any, name: str) -> None:
        original = getattr(owner, name)

        def step(*arguments: Any, **options: Any) -> Any:
            result = original(*arguments, **options)
            seen.append((path / "name").read_bytes())
            return result

        monkeypatch.setattr(owner, name, step)

    for owner, name in ((os, "rename"), (os, "replace"), (os, "mkdir"), (os, "fsync")):
        watched(owner, name)
    for owner, name in ((module, "exchange"), (shutil, "rmtree")):
        watched(owner, name)
    write_folder(path, {"name": b"new"})
    assert seen[0] == "하나".encode()
    assert seen[-1] == b"new"
    assert sorted(pair[0].parent.iterdir()) == sorted(pair)
