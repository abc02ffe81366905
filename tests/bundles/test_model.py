from __future__ import annotations

import errno
import json
import os
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from kosent import TextClassifier
from kosent.bundles import model as bundle
from kosent.bundles import writing
from kosent.bundles.manifest import open_saved
from kosent.errors import BundleError, RuntimeSetupError, UsageError
from kosent.support.files import write_file
from kosent.support.signed import sha256, to_json, to_signed_json

FILES = (
    "architecture.json",
    "card.md",
    "encoder.json",
    "model.onnx",
    "probes.json",
    "vocab.txt",
    "weights.safetensors",
)
TEXT = ["영화가 정말 재밌다"]


@pytest.fixture
def copied(saved: Path, tmp_path: Path) -> Path:
    """Return a copy of a good bundle, to be damaged."""
    return shutil.copytree(saved, tmp_path / "model")


@pytest.fixture
def old(copied: Path) -> Path:
    """Return a copy of a good bundle as format 1 was: its network is written from its weights."""
    manifest = read_json(copied, "manifest.json") | {"format_version": 1}
    del manifest["files"]["model.onnx"]
    (copied / "model.onnx").unlink()
    sign(copied, manifest)
    return copied


def read_json(path: Path, name: str) -> Any:
    return json.loads((path / name).read_bytes())


def sign(path: Path, manifest: dict[str, Any] | None = None) -> None:
    """Make the manifest right again for the files as they are, as a forger would."""
    manifest = read_json(path, "manifest.json") if manifest is None else manifest
    manifest.pop("manifest_sha256", None)
    if isinstance(manifest.get("files"), dict):
        for name, entry in manifest["files"].items():
            if isinstance(entry, dict) and "\0" not in name and (path / name).is_file():
                data = (path / name).read_bytes()
                entry |= {"size": len(data), "sha256": sha256(data)}
    (path / "manifest.json").write_bytes(to_signed_json(manifest, "manifest_sha256"))


def replace(path: Path, name: str, data: bytes) -> None:
    (path / name).write_bytes(data)
    sign(path)


def refused(path: Path, match: str = ".") -> None:
    with pytest.raises(BundleError, match=match):
        TextClassifier.load(path)


def test_round_trip(trained: TextClassifier, saved: Path) -> None:
    found = bundle.read(saved)
    assert sorted(path.name for path in saved.iterdir()) == sorted([*FILES, "manifest.json"])
    assert found.labels == ["negative", "positive"]
    assert found.architecture.name == "lstm"
    assert found.architecture.vocabulary_size == len(trained.encoder_.vocabulary)
    assert found.architecture.options["pooling"] == "max"  # defaults are written out
    assert found.encoder.vocabulary == trained.encoder_.vocabulary
    assert found.info == trained.info_
    assert len(found.probes) == 20
    for weight in trained.model_.weights:
        assert np.array_equal(found.weights[weight.path], weight.numpy())
    assert "모델 카드" in found.card


def test_manifest_alone_says_what_it_is(saved: Path, trained: TextClassifier) -> None:
    manifest = open_saved(saved).manifest
    assert (manifest["format"], manifest["format_version"]) == ("kosent-bundle", 2)
    assert sorted(manifest["files"]) == sorted(FILES)
    assert manifest["info"]["validation"] == trained.validation_.to_dict()


class TestDamage:
    @pytest.mark.parametrize("name", [*FILES, "manifest.json"])
    def test_a_flipped_bit_in_any_file(self, copied: Path, name: str) -> None:
        path = copied / name
        whole = path.read_bytes()
        rng = random.Random(name)  # noqa: S311
        for position in {0, len(whole) - 1, *(rng.randrange(len(whole)) for _ in range(12))}:
            broken = bytearray(whole)
            broken[position] ^= 1 << rng.randrange(8)
            path.write_bytes(broken)
            refused(copied)
        path.write_bytes(whole)
        bundle.read(copied)

    @pytest.mark.parametrize("name", [*FILES, "manifest.json"])
    def test_a_file_that_is_missing_cut_or_longer(self, copied: Path, name: str) -> None:
        path = copied / name
        whole = path.read_bytes()
        for data in (b"", whole[:-1], whole[: len(whole) // 2], whole + b"\n"):
            path.write_bytes(data)
            refused(copied)
        path.unlink()
        refused(copied)
        path.mkdir()
        refused(copied)

    @pytest.mark.parametrize("name", FILES)
    def test_a_file_that_the_manifest_forgot(self, copied: Path, name: str) -> None:
        manifest = read_json(copied, "manifest.json")
        del manifest["files"][name]
        sign(copied, manifest)
        refused(copied)

    def test_files_swapped_with_another_bundles(
        self, copied: Path, trained: TextClassifier, tmp_path: Path
    ) -> None:
        other = trained.save(tmp_path / "other")
        weights = {w.path: w.numpy() * 2 for w in trained.model_.weights}
        replace(other, "weights.safetensors", safetensors.numpy.save(weights))
        shutil.copy(other / "weights.safetensors", copied)
        refused(copied, r"weights\.safetensors: checksum")


class TestNoBundle:
    def test_a_folder_or_file_of_something_else(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"PK")
        (tmp_path / "empty").mkdir()
        for path in (tmp_path / "absent", tmp_path / "file", tmp_path / "empty"):
            refused(path, "is not a kosent bundle")

    @pytest.mark.parametrize(
        "data", [b"{}", b"[]", b"", b"null", b'{"format": "other"}', b"\xff\xfe", b"[" * 10**5]
    )
    def test_a_manifest_of_something_else(self, tmp_path: Path, data: bytes) -> None:
        (tmp_path / "manifest.json").write_bytes(data)
        refused(tmp_path, "damaged")

    def test_a_newer_format_says_so(self, copied: Path) -> None:
        manifest = read_json(copied, "manifest.json") | {"format_version": 4, "new": "thing"}
        (copied / "manifest.json").write_bytes(to_json(manifest))  # signed in some newer way
        refused(copied, r"newer kosent \(format 4, this one reads up to 3\); upgrade kosent")

    @pytest.mark.parametrize("version", [0, -1, "1", None, 1.0, [1]])
    def test_a_format_that_never_was(self, copied: Path, version: Any) -> None:
        manifest = read_json(copied, "manifest.json") | {"format_version": version}
        sign(copied, manifest)
        refused(copied, "damaged")


class TestForged:
    """What passes every checksum and is wrong all the same."""

    @pytest.mark.parametrize(
        "name", ["../x", "/etc/hostname", "a/b", "..", "", "x\0y", "sub/../vocab.txt"]
    )
    def test_a_path_that_leads_elsewhere(self, copied: Path, name: str) -> None:
        outside = copied.parent / "x"
        outside.write_bytes(b"secret")
        manifest = read_json(copied, "manifest.json")
        manifest["files"][name] = {"size": 6, "sha256": sha256(b"secret")}
        sign(copied, manifest)
        refused(copied)

    @pytest.mark.parametrize("size", [-1, -2, 2**40, "6", None, 6.0])
    def test_a_size_that_is_none(self, copied: Path, size: Any) -> None:
        manifest = read_json(copied, "manifest.json")
        sign(copied, manifest)
        manifest["files"]["card.md"]["size"] = size
        manifest.pop("manifest_sha256", None)
        (copied / "manifest.json").write_bytes(to_signed_json(manifest, "manifest_sha256"))
        refused(copied)

    @pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
    def test_weights_that_are_no_numbers(self, old: Path, wrong: float) -> None:
        weights = safetensors.numpy.load_file(old / "weights.safetensors")
        next(iter(weights.values())).flat[0] = wrong
        replace(old, "weights.safetensors", safetensors.numpy.save(weights))
        refused(old, "not finite")

    @pytest.mark.parametrize(
        "change",
        [
            lambda w: w | {"probabilities/bias": np.zeros(3, np.float32)},
            lambda w: w | {"extra": np.zeros(3, np.float32)},
            lambda w: {name: array for name, array in w.items() if "bias" not in name},
            lambda w: {name.upper(): array for name, array in w.items()},
            lambda w: {name: array.T.copy() for name, array in w.items()},
            lambda w: {name: array[None] for name, array in w.items()},
            lambda _: {},
        ],
        ids=["classes", "extra", "missing", "renamed", "transposed", "deeper", "none"],
    )
    def test_weights_of_another_network(
        self, old: Path, change: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> None:
        weights = safetensors.numpy.load_file(old / "weights.safetensors")
        replace(old, "weights.safetensors", safetensors.numpy.save(change(weights)))
        refused(old, "do not fit the network")

    @pytest.mark.parametrize("kind", [np.float64, np.float16, np.int64, np.uint8, np.bool_])
    def test_weights_of_another_type(self, old: Path, kind: type) -> None:
        weights = safetensors.numpy.load_file(old / "weights.safetensors")
        forged = {name: array.astype(kind) for name, array in weights.items()}
        replace(old, "weights.safetensors", safetensors.numpy.save(forged))
        if kind in (np.float64, np.float16):  # the same numbers, but for rounding
            assert TextClassifier.load(old).predict(TEXT)[0] == "positive"
        else:
            refused(old, "other probabilities")

    def test_other_weights_of_the_same_shape(self, old: Path) -> None:
        weights = safetensors.numpy.load_file(old / "weights.safetensors")
        forged = {name: -array for name, array in weights.items()}
        replace(old, "weights.safetensors", safetensors.numpy.save(forged))
        refused(old, "other probabilities")

    @pytest.mark.parametrize(
        "change",
        [
            lambda w: {name: -array for name, array in w.items()},
            lambda w: w | {"extra": np.zeros(3, np.float32)},
            lambda w: {name: array * np.nan for name, array in w.items()},
        ],
        ids=["other", "extra", "nan"],
    )
    def test_weights_that_are_not_those_of_the_onnx_form(
        self, copied: Path, change: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> None:
        weights = safetensors.numpy.load_file(copied / "weights.safetensors")
        replace(copied, "weights.safetensors", safetensors.numpy.save(change(weights)))
        loaded = TextClassifier.load(copied)  # it predicts as it was saved to
        with pytest.raises(BundleError):
            loaded.model_  # noqa: B018

    def test_garbage_in_the_place_of_weights(self, old: Path) -> None:
        for data in (b"", b"\0" * 8, b"\xff" * 100, os.urandom(200)):
            replace(old, "weights.safetensors", data)
            refused(old, r"weights\.safetensors")

    @pytest.mark.parametrize("change", [-1, 1])
    def test_a_vocabulary_of_another_size(self, copied: Path, change: int) -> None:
        lines = (copied / "vocab.txt").read_text().splitlines(keepends=True)
        lines = lines[:change] if change < 0 else [*lines, "낱말하나\n"]
        replace(copied, "vocab.txt", "".join(lines).encode())
        refused(copied, "vocab")
        document = read_json(copied, "encoder.json")
        document["vocabulary"]["entries"] = len(lines)
        replace(copied, "encoder.json", to_json(document))
        refused(copied, "vocabulary of")

    @pytest.mark.parametrize(
        "labels",
        [
            ["negative"],
            ["negative"] * 2,
            ["a", "b", "c"],
            ["a", 1],
            [True, 1],
            [0.5, 1.5],
            [["a"], ["b"]],
            [None, "a"],
            {"a": 1, "b": 2},
            "ab",
            None,
            2,
        ],
        ids=str,
    )
    def test_labels_that_cannot_be(self, copied: Path, labels: Any) -> None:
        sign(copied, read_json(copied, "manifest.json") | {"labels": labels})
        refused(copied)

    @pytest.mark.parametrize(
        "probes",
        [
            [],
            None,
            {},
            "text",
            [{"text": 3, "probabilities": [0.5, 0.5]}],
            [{"text": "글", "probabilities": [0.5]}],
            [{"text": "글", "probabilities": ["0.5", "0.5"]}],
            [{"text": "글", "probabilities": None}],
            [{"text": "글"}],
            [{"text": "글", "probabilities": [0.5, 0.5]}, {"text": "글", "probabilities": [1]}],
            [["글", [0.5, 0.5]]],
        ],
        ids=str,
    )
    def test_probes_that_cannot_be(self, copied: Path, probes: Any) -> None:
        replace(copied, "probes.json", to_json(probes))
        refused(copied)

    @pytest.mark.parametrize(
        "options",
        [
            {"units": 10_000},  # gigabytes, if it were built
            {"depth": 32},
            {"embedding_size": 10_000},
            {"units": 3},
            {"units": "4"},
            {"units": 4, "layers": 2},
            {"pooling": "sum"},
            {"bidirectional": True},
            None,
            ["units"],
            "units",
        ],
        ids=str,
    )
    def test_an_architecture_that_does_not_fit(self, old: Path, options: Any) -> None:
        document = read_json(old, "architecture.json")
        if isinstance(options, dict):
            options = document["options"] | options
        replace(old, "architecture.json", to_json(document | {"options": options}))
        refused(old)

    @pytest.mark.parametrize("name", ["gru", "evil", "", None, ["lstm"], {"lstm": 1}, "os.system"])
    def test_another_network(self, old: Path, name: Any) -> None:
        document = read_json(old, "architecture.json") | {"name": name}
        replace(old, "architecture.json", to_json(document))
        refused(old)

    @pytest.mark.parametrize("size", [0, -1, 10**12, "13", None])
    def test_another_number_of_embeddings(self, copied: Path, size: Any) -> None:
        document = read_json(copied, "architecture.json") | {"vocabulary_size": size}
        replace(copied, "architecture.json", to_json(document))
        refused(copied, "vocabulary of")

    @pytest.mark.parametrize(
        "info", [None, [], "x", {}, {"parameters": []}, {"parameters": {"units": 3}}], ids=str
    )
    def test_info_that_cannot_be(self, copied: Path, info: Any) -> None:
        sign(copied, read_json(copied, "manifest.json") | {"info": info})
        refused(copied)

    @pytest.mark.parametrize("name", ["architecture.json", "encoder.json", "probes.json"])
    @pytest.mark.parametrize("data", [b"[" * 10**5, b"{", b"\xff", b"NaN", b"3", b'"\\ud800"'])
    def test_json_that_is_none(self, copied: Path, name: str, data: bytes) -> None:
        replace(copied, name, data)
        refused(copied)


VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    2,
    -1,
    2**31,
    10**20,
    1.5,
    1e300,
    "",
    "x",
    "../x",
    "foreign_code",
    "foreign_code.run",
    "__import__('foreign_code')",
    "character",
    "gru",
    "source",
    "\ud800",
    [],
    {},
    [1],
    [[[]]],
    {"name": "foreign_code"},
]


def mutate(document: Any, rng: random.Random) -> Any:
    """Change one thing somewhere inside a JSON document."""
    if isinstance(document, dict) and document and rng.random() < 0.85:
        key = rng.choice(list(document))
        kind = rng.random()
        if kind < 0.1:
            return {name: value for name, value in document.items() if name != key}
        if kind < 0.2:
            return document | {str(rng.choice(VALUES)): rng.choice(VALUES)}
        return document | {key: mutate(document[key], rng)}
    if isinstance(document, list) and document and rng.random() < 0.85:
        place = rng.randrange(len(document))
        rest = document[:place], document[place + 1 :]
        if rng.random() < 0.2:
            return [*rest[0], *rest[1]]
        return [*rest[0], mutate(document[place], rng), *rest[1]]
    return rng.choice(VALUES)


@pytest.fixture
def foreign_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put a module within reach that no bundle may ever get to run."""
    (tmp_path / "foreign_code.py").write_text("def run(*_):\n    pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    assert "foreign_code" not in sys.modules


@pytest.mark.usefixtures("foreign_code", "without_tracing")
def test_random_changes_are_refused_or_leave_a_working_model(saved: Path, tmp_path: Path) -> None:
    rng = random.Random(20)  # noqa: S311
    names = ["manifest.json", "architecture.json", "encoder.json", "probes.json"]
    worked = 0
    for number in range(300):
        path = tmp_path / "model"
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(saved, path)
        (name,) = rng.choices(names, [35, 30, 30, 5])
        changed = mutate(read_json(path, name), rng)
        if name == "manifest.json":
            if isinstance(changed, dict):
                sign(path, changed)
            else:
                (path / name).write_bytes(to_json(changed))
        else:
            replace(path, name, to_json(changed))
        try:
            loaded = TextClassifier.load(path)
        except BundleError:
            continue
        except BaseException as error:
            raise AssertionError(f"change {number} of {name}: {changed!r}") from error
        worked += 1
        found = loaded.predict_proba(TEXT)
        assert np.isfinite(found).all()
        assert found.shape == (1, len(loaded.classes_))
    assert 0 < worked < 100  # changes of what nothing depends on, and not all of them


class TestTarget:
    def test_an_existing_folder_or_file_is_refused(
        self, trained: TextClassifier, copied: Path, tmp_path: Path
    ) -> None:
        before = {path.name: path.read_bytes() for path in copied.iterdir()}
        with pytest.raises(UsageError, match="exists already"):
            trained.save(copied)
        (tmp_path / "file").write_bytes(b"mine")
        for overwrite in (False, True):
            with pytest.raises(UsageError, match="exists already"):
                trained.save(tmp_path / "file", overwrite=overwrite)
        assert {path.name: path.read_bytes() for path in copied.iterdir()} == before

    @pytest.mark.parametrize(
        "manifest", [None, b"{}", b'{"manifest_version": 3, "name": "a browser extension"}', b"{"]
    )
    def test_a_folder_that_is_no_bundle_is_never_replaced(
        self, trained: TextClassifier, tmp_path: Path, manifest: bytes | None
    ) -> None:
        folder = tmp_path / "photos"
        folder.mkdir()
        (folder / "one.jpg").write_bytes(b"mine")
        if manifest is not None:
            (folder / "manifest.json").write_bytes(manifest)
        with pytest.raises(UsageError, match="exists already"):
            trained.save(folder, overwrite=True)
        assert (folder / "one.jpg").read_bytes() == b"mine"

    @pytest.mark.parametrize(
        ("name", "overwrite"), [("model", False), ("model", True), ("model.kosent", False)]
    )
    def test_what_came_while_it_was_packed_stays(
        self,
        trained: TextClassifier,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        name: str,
        overwrite: bool,
    ) -> None:
        """Another process writes between the first look and the rename."""
        path = tmp_path / name
        sign = writing.signed

        def slowly(*given: Any) -> dict[str, bytes]:
            write_file(path if path.suffix else path / "one.jpg", b"mine")
            return sign(*given)

        monkeypatch.setattr(writing, "signed", slowly)
        with pytest.raises(UsageError, match="exists already"):
            trained.save(path, overwrite=overwrite)
        left = [each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()]
        assert left == [b"mine"]

    def test_an_empty_folder_is_taken(self, trained: TextClassifier, tmp_path: Path) -> None:
        folder = tmp_path / "empty"
        folder.mkdir()
        trained.save(folder)
        bundle.read(folder)

    def test_overwriting_replaces_a_bundle_even_a_damaged_one(
        self, trained: TextClassifier, copied: Path
    ) -> None:
        (copied / "weights.safetensors").write_bytes(b"")
        trained.save(copied, overwrite=True)
        bundle.read(copied)
        assert [path.name for path in copied.parent.iterdir()] == [copied.name]

    @pytest.mark.parametrize("path", ["", ".", "/"])
    def test_a_path_without_a_name_is_refused(self, trained: TextClassifier, path: str) -> None:
        with pytest.raises(UsageError, match="name of a new folder"):
            trained.save(path)

    @pytest.mark.parametrize("failing", ["mkdir", "open", "rename"])
    def test_a_disk_that_refuses_leaves_nothing(
        self,
        trained: TextClassifier,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        failing: str,
    ) -> None:
        def denied(*_: object, **__: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(Path, failing, denied)
        with pytest.raises(RuntimeSetupError, match=r"권한.*Permission denied"):
            trained.save(tmp_path / "model")
        monkeypatch.undo()
        assert list(tmp_path.iterdir()) == []

    def test_a_place_that_may_not_be_looked_at(
        self, trained: TextClassifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def denied(*_: object, **__: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(Path, "exists", denied)
        with pytest.raises(RuntimeSetupError, match="Permission denied"):
            trained.save(tmp_path / "model")

    def test_a_parent_that_is_a_file(self, trained: TextClassifier, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(RuntimeSetupError, match="cannot write"):
            trained.save(tmp_path / "file" / "model")
