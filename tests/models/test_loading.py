"""Loading a saved model: each thing is done once, and what is not permitted is said to be that."""

from __future__ import annotations

import shutil
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import sentencepiece

import kosent
from kosent.bundles import archive, manifest
from kosent.bundles.archive import Archive, Folder
from kosent.errors import BundleError
from kosent.models.loading import load_predictor
from kosent.text.cleaning import Cleaner
from kosent.text.encoding import base, encoder

GOLDEN = Path(__file__).parents[1] / "golden"
TEXTS = ["영화가 정말 재밌다", "돈이 아깝다", ""]
EVERY_FILE = {"manifest.json", "encoder.json", "spm.model", "model.onnx", "architecture.json"}
EVERY_FILE |= {"weights.safetensors", "probes.json", "card.md"}

Load = Callable[[Path], Any]
both = pytest.mark.parametrize("load", [kosent.load, load_predictor])


@pytest.fixture(params=["folder", "file"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a saved model with SentencePiece."""
    file = GOLDEN / "format-2-hybrid.kosent"
    if request.param == "file":
        return file
    with zipfile.ZipFile(file) as packed:
        packed.extractall(tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count what loading does, by the name of it."""
    counts: Counter[str] = Counter()

    def count(owner: Any, method: str, name: Callable[..., str]) -> None:
        original = getattr(owner, method)

        def counted(*arguments: Any, **options: Any) -> Any:
            counts[name(*arguments)] += 1
            return original(*arguments, **options)

        monkeypatch.setattr(owner, method, counted)

    for source in (Archive, Folder):
        count(source, "open", lambda _, file: file)
    count(zipfile.ZipFile, "__init__", lambda *_: "zip")
    count(manifest, "from_signed_json", lambda *_: "manifest verified")
    count(Cleaner, "__init__", lambda *_: "cleaner")
    count(base, "read_files", lambda *_: "encoder")
    count(encoder, "deepcopy", lambda *_: "copy of a tokenizer")
    count(sentencepiece.SentencePieceProcessor, "__init__", lambda *_: "engine")
    count(onnxruntime.InferenceSession, "__init__", lambda *_: "session")
    return counts


@both
def test_everything_is_done_once(load: Load, path: Path, done: Counter[str]) -> None:
    load(path)
    expected = {*EVERY_FILE, "manifest verified", "cleaner", "encoder", "engine", "session"}
    if path.is_file():
        expected.add("zip")
    assert done == dict.fromkeys(expected, 1)


@pytest.mark.slow
@both
def test_both_predict_the_same(load: Load, path: Path) -> None:
    model = kosent.load(GOLDEN / "format-2-hybrid.kosent")
    loaded = load(path)
    probabilities = loaded.predict_proba(TEXTS)
    assert np.array_equal(probabilities, model.predict_proba(TEXTS))
    labels = loaded.classes_[probabilities.argmax(axis=1)]
    assert labels.tolist() == model.predict(TEXTS).tolist()
    assert loaded.info_["kosent_version"]


@pytest.mark.parametrize(
    "name", ["format-1-lstm", "format-2-gru", "ensemble-1.kosent", "ensemble-2.kosent"]
)
def test_a_predictor_of_every_kind(name: str) -> None:
    expected = kosent.load(GOLDEN / name).predict_proba(TEXTS)
    assert np.array_equal(load_predictor(GOLDEN / name).predict_proba(TEXTS), expected)


@both
@pytest.mark.parametrize("name", ["weights.safetensors", "card.md", "spm.model", "model.onnx"])
def test_a_file_that_was_changed_is_noticed(load: Load, name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(GOLDEN / "format-2-hybrid.kosent") as packed:
        packed.extractall(tmp_path)
    data = bytearray((tmp_path / name).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / name).write_bytes(data)
    with pytest.raises(BundleError, match=rf"{name}: checksum"):
        load(tmp_path)


@both
@pytest.mark.parametrize("name", ["manifest.json", "model.onnx", "weights.safetensors"])
def test_what_is_not_permitted_is_not_damaged(
    load: Load, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(GOLDEN / "format-2-gru", folder)
    opened = archive._at_once

    def deny(path: str, flags: int) -> int:
        if Path(path).name == name:
            raise PermissionError(13, "Permission denied", path)
        return opened(path, flags)

    monkeypatch.setattr(archive, "_at_once", deny)
    with pytest.raises(BundleError, match="no permission to read") as raised:
        load(folder)
    assert str(folder / name) in raised.value.english
    assert "damaged" not in raised.value.english


@both
def test_a_file_that_may_not_be_opened(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deny(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "model.kosent"
    shutil.copy(GOLDEN / "format-2-hybrid.kosent", path)
    monkeypatch.setattr(zipfile.ZipFile, "__init__", deny)
    with pytest.raises(BundleError, match="no permission to read"):
        load(path)


@both
def test_a_folder_that_is_overwritten_meanwhile(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, new = tmp_path / "model", tmp_path / "new"
    shutil.copytree(GOLDEN / "format-2-gru", path)
    with zipfile.ZipFile(GOLDEN / "format-2-hybrid.kosent") as packed:
        packed.extractall(new)
    expected = kosent.load(new).predict_proba(TEXTS)
    opened = Folder.open

    def overwriting(self: Folder, name: str) -> Any:
        if name == "model.onnx" and new.exists():
            shutil.rmtree(path)
            new.rename(path)
        return opened(self, name)

    monkeypatch.setattr(Folder, "open", overwriting)
    assert np.array_equal(load(path).predict_proba(TEXTS), expected)


@both
def test_a_file_that_is_overwritten_meanwhile(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, new = (
        Path(shutil.copy(GOLDEN / f"format-2-{name}.kosent", tmp_path / name))
        for name in ("hybrid", "cnn_bilstm")
    )
    expected = kosent.load(path).predict_proba(TEXTS)
    opened = Archive.open

    def overwriting(self: Archive, name: str) -> Any:
        if name == "model.onnx" and new.exists():
            new.replace(path)
        return opened(self, name)

    monkeypatch.setattr(Archive, "open", overwriting)
    assert np.array_equal(load(path).predict_proba(TEXTS), expected)


def test_what_is_damaged_is_read_once(tmp_path: Path, done: Counter[str]) -> None:
    shutil.copytree(GOLDEN / "format-2-gru", tmp_path, dirs_exist_ok=True)
    (tmp_path / "model.onnx").write_bytes(b"")
    with pytest.raises(BundleError, match=r"model\.onnx: size"):
        kosent.load(tmp_path)
    assert done["model.onnx"] == 1
