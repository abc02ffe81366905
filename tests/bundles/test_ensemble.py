"""A saved ensemble that is damaged or forged is refused in one line, and runs nothing."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kosent
from kosent import TextClassifier
from kosent.bundles.archive import to_archive
from kosent.errors import BundleError
from kosent.models.ensemble import Ensemble
from kosent.models.loading import load_predictor
from kosent.support.signed import sha256, to_json, to_signed_json

GOLDEN = Path(__file__).parents[1] / "golden"
FILES = ("card.md", "manifest.json", "member-0.kosent", "member-1.kosent", "probes.json")
TEXT = ["영화가 정말 재밌다"]


@pytest.fixture(scope="module")
def whole(reviews: tuple[list[str], list[str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = ("format-1-lstm", "format-2-cnn_bilstm.kosent")
    members = [TextClassifier.load(GOLDEN / name) for name in names]
    return Ensemble(members).fit(*reviews).save(tmp_path_factory.mktemp("ensemble") / "whole")


@pytest.fixture
def copied(whole: Path, tmp_path: Path) -> Path:
    """Return a copy of a good ensemble, to be damaged."""
    return shutil.copytree(whole, tmp_path / "model")


def sign(path: Path, **changed: Any) -> None:
    """Make the manifest right again for the files as they are, as a forger would."""
    manifest = json.loads((path / "manifest.json").read_bytes())
    manifest.pop("manifest_sha256", None)
    for name, entry in manifest["files"].items():
        if (path / name).is_file():
            data = (path / name).read_bytes()
            entry |= {"size": len(data), "sha256": sha256(data)}
    document = {name: value for name, value in (manifest | changed).items() if value != "gone"}
    (path / "manifest.json").write_bytes(to_signed_json(document, "manifest_sha256"))


def refused(path: Path, match: str = ".") -> None:
    for load in (kosent.load, load_predictor):
        with pytest.raises(BundleError, match=match):
            load(path)


def test_the_files(whole: Path) -> None:
    assert sorted(path.name for path in whole.iterdir()) == list(FILES)
    for number in range(2):  # each is a model of its own
        assert kosent.load(whole / f"member-{number}.kosent").predict(TEXT).tolist() == ["positive"]


@pytest.mark.parametrize("name", FILES)
def test_damage_is_seen(copied: Path, name: str) -> None:
    path = copied / name
    data = path.read_bytes()
    rng = random.Random(name)  # noqa: S311
    for position in {0, len(data) - 1, *(rng.randrange(len(data)) for _ in range(6))}:
        broken = bytearray(data)
        broken[position] ^= 1 << rng.randrange(8)
        path.write_bytes(broken)
        refused(copied)
    for torn in (b"", data[:-1], data + b"\n"):
        path.write_bytes(torn)
        refused(copied)
    path.unlink()
    refused(copied)
    path.write_bytes(data)
    kosent.load(copied)


def test_a_torn_file_is_refused(whole: Path, tmp_path: Path) -> None:
    data = to_archive({path.name: path.read_bytes() for path in whole.iterdir()})
    path = tmp_path / "one.kosent"
    for end in range(0, len(data), len(data) // 40):
        path.write_bytes(data[:end])
        refused(path)
    path.write_bytes(data)
    kosent.load(path)


NOT_A_NUMBER = (None, "1", True, [], float("nan"), float("inf"))


@pytest.mark.parametrize(
    "changed",
    [
        {"weights": [1.0]},
        {"weights": [1.0] * 3},
        {"weights": [1.0, -0.1]},
        {"weights": []},
        {"weights": {"0": 1.0}},
        {"weights": "gone"},
        {"weights": [0.01] * 65},
        {"weights": [5.0, 0.1]},  # it predicts otherwise
        {"bias": [0.0]},
        {"bias": [0.0] * 3},
        {"bias": [9.0, 0.0]},
        {"bias": "gone"},
        {"labels": ["positive", "negative"]},
        {"labels": ["negative", "positive", "neutral"]},
        {"labels": [0, 1]},
        {"labels": None},
        {"info": None},
        {"format_version": 0},
        {"format_version": "1"},
    ],
    ids=str,
)
def test_facts_that_cannot_be(copied: Path, changed: dict[str, Any]) -> None:
    sign(copied, **changed)
    refused(copied)


@pytest.mark.parametrize("name", ["weights", "bias"])
@pytest.mark.parametrize("value", NOT_A_NUMBER[:4], ids=str)
def test_what_is_no_number(copied: Path, name: str, value: Any) -> None:
    sign(copied, **{name: [1.0, value]})
    refused(copied, "not a list of numbers")


@pytest.mark.parametrize("value", [b"NaN", b"Infinity", b"1e999"])
def test_a_number_that_json_does_not_have(copied: Path, value: bytes) -> None:
    path = copied / "manifest.json"
    manifest = path.read_bytes()
    (first, *_) = json.loads(manifest)["bias"]
    path.write_bytes(manifest.replace(str(first).encode(), value))
    refused(copied)


def test_a_newer_format_says_so(copied: Path) -> None:
    manifest = json.loads((copied / "manifest.json").read_bytes()) | {"format_version": 3}
    (copied / "manifest.json").write_bytes(to_json(manifest))  # signed in some newer way
    refused(copied, r"newer kosent \(format 3, this one reads up to 2\); upgrade kosent")


def forged_member(change: Callable[[Path], bytes]) -> Callable[[Path], None]:
    def forge(path: Path) -> None:
        (path / "member-1.kosent").write_bytes(change(path))
        sign(path)

    return forge


def of_the_future(path: Path) -> bytes:
    model = path / "future"
    TextClassifier.load(path / "member-1.kosent").save(model)
    manifest = json.loads((model / "manifest.json").read_bytes()) | {"format_version": 4}
    (model / "manifest.json").write_bytes(to_json(manifest))
    files = {each.name: each.read_bytes() for each in model.iterdir()}
    shutil.rmtree(model)
    return to_archive(files)


def an_ensemble(path: Path) -> bytes:
    return to_archive({each.name: each.read_bytes() for each in path.iterdir()})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda _: b"", "not a kosent bundle"),
        (lambda _: b"PK\x05\x06" + b"\0" * 18, "not a kosent bundle"),
        (lambda _: (GOLDEN / "format-2-hybrid.kosent").read_bytes(), "other probabilities"),
        (lambda path: (path / "member-0.kosent").read_bytes(), "other probabilities"),
        (lambda path: (path / "member-1.kosent").read_bytes()[:-9], "not a kosent bundle"),
        (lambda _: to_archive({"../x": b"", "manifest.json": b"{}"}), "not the name of a file"),
        (of_the_future, r"member-1\.kosent' was saved by a newer kosent"),
        (an_ensemble, r"member-1\.kosent' is an ensemble"),
    ],
)
def test_a_member_that_cannot_be(copied: Path, change: Callable[[Path], bytes], said: str) -> None:
    forged_member(change)(copied)
    refused(copied, said)
    assert sorted(path.name for path in copied.iterdir()) == list(FILES)


@pytest.mark.parametrize("name", ["../x", "/etc/hostname", "x\0y", "more.txt", "member-2.kosent"])
def test_a_file_that_does_not_belong(copied: Path, name: str) -> None:
    (copied.parent / "x").write_bytes(b"secret")
    files = json.loads((copied / "manifest.json").read_bytes())["files"]
    sign(copied, files=files | {name: {"size": 6, "sha256": sha256(b"secret")}})
    refused(copied)


VALUES: list[Any] = [None, True, 0, -1, 10**20, 1.5, "", "x", "../x", "\ud800", [], {}, [1]]


def test_random_changes_are_refused_or_leave_a_working_ensemble(
    whole: Path, tmp_path: Path
) -> None:
    rng = random.Random(6)  # noqa: S311
    worked = 0
    for _ in range(60):
        path = tmp_path / "model"
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(whole, path)
        manifest = json.loads((path / "manifest.json").read_bytes())
        place: Any = manifest
        while True:
            key: Any = rng.choice(list(place) if isinstance(place, dict) else range(len(place)))
            if not isinstance(place[key], dict | list) or not place[key] or rng.random() < 0.3:
                break
            place = place[key]
        place[key] = rng.choice(VALUES)
        del manifest["manifest_sha256"]
        (path / "manifest.json").write_bytes(to_signed_json(manifest, "manifest_sha256"))
        try:
            loaded = kosent.load(path)
        except BundleError:
            continue
        worked += 1
        assert np.isfinite(loaded.predict_proba(TEXT)).all()
    assert 0 < worked < 60  # changes of what nothing depends on, and not all of them


def test_weights_to_train_on_with_are_those_that_were_loaded(copied: Path) -> None:
    loaded = kosent.load(copied)
    assert isinstance(loaded, Ensemble)
    load_weights = loaded.members_[1].trained_.load_weights
    assert load_weights is not None
    before = load_weights()["probabilities/kernel"]
    shutil.copy(copied / "member-0.kosent", copied / "member-1.kosent")
    assert np.array_equal(load_weights()["probabilities/kernel"], before)
