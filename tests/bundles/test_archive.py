"""A ``.kosent`` file: the same files in one, and no trick of zip archives gets through."""

from __future__ import annotations

import io
import shutil
import struct
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from kosent import TextClassifier
from kosent.bundles import model as bundle
from kosent.bundles.archive import Archive, to_archive
from kosent.errors import BundleError, UsageError

GOLDEN = Path(__file__).parents[1] / "golden"
FOLDER = GOLDEN / "format-2-gru"
TEXTS = ["영화가 정말 재밌다", "", "뷁"]


def files() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in FOLDER.iterdir()}


def test_one_file_is_the_same_model(tmp_path: Path) -> None:
    folder = TextClassifier.load(FOLDER)
    path = folder.save(tmp_path / "model.kosent")
    assert path.is_file()
    assert zipfile.ZipFile(path).testzip() is None
    one = TextClassifier.load(path)
    assert np.array_equal(one.predict_proba(TEXTS), folder.predict_proba(TEXTS))
    assert bundle.read(path).weights.keys() == bundle.read(FOLDER).weights.keys()
    again = one.save(tmp_path / "again.kosent")
    assert again.read_bytes() == path.read_bytes()  # no dates in it


def test_only_a_bundle_is_replaced(tmp_path: Path) -> None:
    model = TextClassifier.load(FOLDER)
    path = tmp_path / "mine.kosent"
    path.write_bytes(b"my notes")
    with pytest.raises(UsageError, match="exists already"):
        model.save(path, overwrite=True)
    assert path.read_bytes() == b"my notes"
    path.unlink()
    model.save(path)
    with pytest.raises(UsageError, match="exists already"):
        model.save(path)
    model.save(path, overwrite=True)


def test_damage_is_seen(tmp_path: Path) -> None:
    whole = to_archive(files())
    path = tmp_path / "model.kosent"
    for end in range(0, len(whole), 101):
        path.write_bytes(whole[:end])
        with pytest.raises(BundleError):
            TextClassifier.load(path)
    for name in files():
        path.write_bytes(to_archive({k: v for k, v in files().items() if k != name}))
        with pytest.raises(BundleError):
            TextClassifier.load(path)


def packed(*members: tuple[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in [*files().items(), *members]:
            archive.writestr(name, data)
    return buffer.getvalue()


def resized(data: bytes, size: int) -> bytes:
    """Let the first entry of the central directory claim another size."""
    at = data.index(b"PK\x01\x02")
    return data[: at + 20] + struct.pack("<II", size, size) + data[at + 28 :]


def encrypted(data: bytes) -> bytes:
    at = data.index(b"PK\x01\x02")
    return data[: at + 8] + struct.pack("<H", 1) + data[at + 10 :]


@pytest.mark.parametrize(
    "data",
    [
        lambda: packed(("../x", b"")),
        lambda: packed(("/etc/x", b"")),
        lambda: packed(("a/b", b"")),
        lambda: packed(("a\\b", b"")),
        lambda: packed(("..", b"")),
        lambda: packed(("sub/", b"")),
        lambda: packed(*((f"f{number}", b"") for number in range(101))),
        lambda: packed(compression=zipfile.ZIP_DEFLATED),
        lambda: packed(("bomb", b"\0" * 10**7), compression=zipfile.ZIP_DEFLATED),
        lambda: resized(packed(), 10 * 1024**3 & 0xFFFFFFFF),
        lambda: resized(packed(), 0xFFFFFFFE),
        lambda: resized(packed(), 3),
        lambda: encrypted(packed()),
        lambda: b"something before it" + to_archive(files()),
        lambda: to_archive({"a": b"", "m.kosent": to_archive(files()), "z": b""})[:-200],
        lambda: b"PK\x05\x06" + b"\0" * 18,
        lambda: b"PK",
        lambda: b"",
    ],
)
def test_tricks_are_refused(data: Callable[[], bytes], tmp_path: Path) -> None:
    path = tmp_path / "model.kosent"
    path.write_bytes(data())
    with pytest.raises(BundleError):
        TextClassifier.load(path)
    assert [each.name for each in tmp_path.iterdir()] == ["model.kosent"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name(tmp_path: Path) -> None:
    path = tmp_path / "model.kosent"
    path.write_bytes(packed(("card.md", b"another")))
    with pytest.raises(BundleError, match="two of one name"):
        TextClassifier.load(path)


def test_a_member_is_read_by_its_name_only(tmp_path: Path) -> None:
    path = tmp_path / "model.kosent"
    path.write_bytes(to_archive(files()))
    with closing(Archive(path)) as archive, pytest.raises(OSError, match="no member"):
        archive.open("absent")


def test_a_loaded_model_outlives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "model"
    shutil.copytree(FOLDER, path)
    model = TextClassifier.load(path)
    shutil.rmtree(path)
    assert model.predict_proba(TEXTS).shape == (3, 2)
    model.save(path)
    assert {name: (path / name).read_bytes() for name in ("weights.safetensors", "model.onnx")} == {
        name: (FOLDER / name).read_bytes() for name in ("weights.safetensors", "model.onnx")
    }
