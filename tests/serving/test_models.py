"""The models that are served."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kosent.bundles.manifest import read_saved
from kosent.errors import BundleError
from kosent.serving.models import Models, identity_of, read_served, size_of
from kosent.serving.refusals import Refusal

GOLDEN = Path(__file__).resolve().parents[1] / "golden"


def test_a_version_is_the_beginning_of_the_models_checksum() -> None:
    served = read_served("a", GOLDEN / "format-2-cnn_bilstm.kosent")
    assert read_saved(served.path, lambda saved: saved.sha256).startswith(served.version)
    assert len(served.version) == 12
    assert served.document()["version"] == served.version


@pytest.mark.parametrize("name", sorted(path.name for path in GOLDEN.iterdir()))
def test_whatever_was_saved_can_be_served(name: str) -> None:
    served = read_served("a", GOLDEN / name)
    document = served.document()
    assert all(isinstance(label, str) for label in document["labels"])
    assert document["multilabel"] == (name in ("ensemble-2.kosent", "format-3-gru.kosent"))
    assert document["size"] == size_of(served.path) > 1000


def test_models_go_by_name_and_the_first_is_the_default() -> None:
    one = read_served("one", GOLDEN / "format-2-cnn_bilstm.kosent")
    two = read_served("two", GOLDEN / "format-2-gru")
    models = Models([one, two])
    assert models.find(None) is models.find("one") is one
    assert [each.name for each in models] == ["one", "two"]
    with pytest.raises(Refusal) as caught:
        models.find("tow")
    assert caught.value.status == 404
    assert "'two'" in caught.value.message.english


def test_what_is_no_model_is_not_served(tmp_path: Path) -> None:
    with pytest.raises(BundleError):
        read_served("a", tmp_path / "nothing")


def test_the_identity_changes_with_the_file_and_with_the_folders_manifest(tmp_path: Path) -> None:
    folder, file = tmp_path / "folder", tmp_path / "file.kosent"
    assert identity_of(folder) is None
    shutil.copytree(GOLDEN / "format-2-gru", folder)
    shutil.copy(GOLDEN / "format-3-gru.kosent", file)
    for path, changed in ((folder, folder / "manifest.json"), (file, file)):
        before = identity_of(path)
        assert before == identity_of(path)
        changed.write_bytes(changed.read_bytes() + b" ")
        assert identity_of(path) != before
