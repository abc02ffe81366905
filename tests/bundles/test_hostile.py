"""What a stranger's model may hold instead of files, and what little can ask for very much."""

from __future__ import annotations

import io
import json
import os
import resource
import shutil
import struct
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import kosent
from kosent.bundles.manifest import LARGEST_JSON, MODEL, open_saved
from kosent.bundles.writing import signed
from kosent.errors import BundleError, KosentError
from kosent.models.loading import load_predictor
from kosent.support.signed import sha256, to_json, to_signed_json
from kosent.text.tokenizers import TOKENIZERS, TokenizerState, find, restore

GOLDEN = Path(__file__).parents[1] / "golden" / "format-2-gru"
FILES = sorted(path.name for path in GOLDEN.iterdir())


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return shutil.copytree(GOLDEN, tmp_path / "model")


def sign(path: Path) -> None:
    manifest = json.loads((path / "manifest.json").read_bytes())
    del manifest["manifest_sha256"]
    for name, entry in manifest["files"].items():
        data = (path / name).read_bytes()
        entry |= {"size": len(data), "sha256": sha256(data)}
    (path / "manifest.json").write_bytes(to_signed_json(manifest, "manifest_sha256"))


def refused(path: Path, match: str) -> None:
    for load in (kosent.load, load_predictor):
        with pytest.raises(BundleError, match=match):
            load(path)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("put", "match"),
    [
        (lambda path, _: os.mkfifo(path), "no regular file"),
        (lambda path, _: path.symlink_to("/dev/zero"), "links out of the folder"),
        (lambda path, data: path.symlink_to(elsewhere(path, data)), "links out of the folder"),
        (lambda path, _: path.symlink_to("absent"), "No such file"),
    ],
    ids=["pipe", "device", "outside", "nothing"],
)
def test_no_regular_file(
    copied: Path, name: str, put: Callable[[Path, bytes], None], match: str
) -> None:
    path = copied / name
    data = path.read_bytes()
    path.unlink()
    put(path, data)
    refused(copied, match)


def elsewhere(path: Path, data: bytes) -> Path:
    outside = path.parent.parent / "outside"
    outside.write_bytes(data)
    return outside


def test_a_link_within_the_folder_is_followed(copied: Path) -> None:
    (copied / "card.md").rename(copied / "other")
    (copied / "card.md").symlink_to("other")
    assert kosent.load(copied).predict(["재밌다"])


def test_a_file_that_never_ends_is_read_no_further_than_its_size(copied: Path) -> None:
    """As one that another process goes on writing to."""

    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            assert 0 < size < 2**25
            assert self.given < 2**25
            self.given += size
            return bytes(size)

    with open_saved(copied) as saved:
        saved._source = SimpleNamespace(open=lambda _: Endless(), close=lambda: None)  # type: ignore[assignment]
        for look in (saved.read, saved.verify):
            with pytest.raises(BundleError, match=r"weights\.safetensors: size is not"):
                look("weights.safetensors")


LARGE: dict[str, Callable[[bytes], bytes]] = {
    "bytes": lambda data: data.rstrip()[:-1] + b" " * LARGEST_JSON + data.rstrip()[-1:],
    "values": lambda data: data.rstrip()[:-1] + b"," + b"{}," * 10**6 + data.rstrip()[-1:],
    "deep": lambda _: b'[{"a":' * 10**5,
    "digits": lambda data: data.rstrip()[:-1] + b',"x":' + b"1" * 10**5 + data.rstrip()[-1:],
}


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".json")])
@pytest.mark.parametrize("kind", LARGE)
def test_large_json_is_refused_before_it_is_parsed(copied: Path, name: str, kind: str) -> None:
    path = copied / name
    path.write_bytes(LARGE[kind](path.read_bytes()))
    if name != "manifest.json":
        sign(copied)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(BundleError):
        kosent.load(copied)
    if name != "architecture.json":  # what only predicts does not parse it
        with pytest.raises(BundleError):
            load_predictor(copied)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 256 * 1024  # KB


@pytest.mark.parametrize(
    "change",
    [
        lambda probes: probes * 6,
        lambda probes: [{**probes[0], "text": "가" * 1001}, *probes[1:]],
        lambda probes: [{**probes[0], "probabilities": [10**400, 0]}, *probes[1:]],
        lambda probes: [{**probes[0], "probabilities": [2, -1]}, *probes[1:]],
    ],
    ids=["many", "long", "1e400", "no share"],
)
def test_probes_that_take_long_or_are_none(copied: Path, change: Callable[[Any], Any]) -> None:
    path = copied / "probes.json"
    path.write_bytes(to_json(change(json.loads(path.read_bytes()))))
    sign(copied)
    refused(copied, "probes.json")


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda m: m | {"format_version": True}, "format_version True"),
        (lambda m: m | {"format_version": 3, "thresholds": [10**400, 0]}, "thresholds"),
        (lambda m: m["files"]["card.md"].pop("sha256") and m, "sha256"),
        (lambda m: m["files"]["card.md"].update(sha256=0) or m, "sha256"),
        (lambda m: m["files"]["card.md"].update(size=True) or m, "size True"),
    ],
    ids=["version", "threshold", "no checksum", "checksum", "size"],
)
def test_values_of_a_manifest_that_are_none(
    copied: Path, change: Callable[[Any], Any], match: str
) -> None:
    path = copied / "manifest.json"
    manifest = json.loads(path.read_bytes())
    del manifest["manifest_sha256"]
    path.write_bytes(to_signed_json(change(manifest), "manifest_sha256"))
    refused(copied, match)


def test_json_in_another_encoding(copied: Path) -> None:
    path = copied / "probes.json"
    path.write_bytes(path.read_bytes().decode().encode("utf-16"))
    sign(copied)
    refused(copied, "probes.json|codec")


def test_lines_of_a_vocabulary_are_counted_before_they_are_made(copied: Path) -> None:
    path = copied / "vocab.txt"
    path.write_bytes(path.read_bytes() + b"\n" * 5_000_000)
    sign(copied)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused(copied, "5000056 lines instead of 56")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024  # KB


def test_what_would_not_be_read_is_not_written() -> None:
    with pytest.raises(KosentError, match="manifest"):
        signed(MODEL, {"labels": ["a", "b"], "info": {"x": "가" * LARGEST_JSON}}, {})


class TestSettingsNameNoPath:
    """A tokenizer's settings come from ``encoder.json``."""

    @pytest.mark.parametrize(
        ("tokenizer", "setting"),
        [(name, setting) for name in TOKENIZERS for setting in find(name).setting_names()],
    )
    def test_no_setting_of_a_saved_tokenizer_opens_a_file(
        self, tokenizer: str, setting: str, tmp_path: Path, opened: list[str]
    ) -> None:
        path = str(tmp_path / "pipe")
        os.mkfifo(path)
        with pytest.raises(BundleError, match="cannot be rebuilt"):
            restore(TokenizerState(tokenizer, {setting: path}, {}))
        assert path not in opened

    @pytest.fixture
    def opened(self) -> list[str]:
        return OPENED

    def test_a_model_of_ones_own_travels_without_its_path(self, copied: Path) -> None:
        document = json.loads((copied / "encoder.json").read_bytes())
        settings = {"model_file": str(copied / "card.md")}
        document["tokenizer"] = {"name": "sentencepiece", "settings": settings, "files": []}
        (copied / "encoder.json").write_bytes(to_json(document))
        sign(copied)
        refused(copied, "a setting names a file")


OPENED: list[str] = []
sys.addaudithook(
    lambda event, given: OPENED.append(str(given[0])) if event == "open" else None  # never removed
)


def archive(members: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for number in range(members):
            file.writestr(f"{number:08}", b"")
    return buffer.getvalue()


def longer_list(data: bytes) -> bytes:
    """Let the end of an archive claim a list of members of another size."""
    return data[:-10] + struct.pack("<I", 2**31) + data[-6:]


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (lambda: archive(70_000), "too many members"),  # more than zip without extensions counts
        (lambda: archive(3000), "too many members"),
        (lambda: longer_list(archive(3)), "too many members"),
        (lambda: archive(3)[:-2] + b"\x01\x00x", "its end"),
    ],
    ids=["long", "many", "lie", "comment"],
)
def test_a_list_of_members_is_bounded_before_it_is_read(
    data: Callable[[], bytes], match: str, tmp_path: Path
) -> None:
    path = tmp_path / "model.kosent"
    path.write_bytes(data())
    refused(path, match)


def test_what_a_killed_overwrite_left_is_loaded(copied: Path) -> None:
    copied.rename(copied.with_name(".model.0123abcd.old"))
    assert kosent.load(copied).predict(["재밌다"])
    with pytest.raises(BundleError, match="not a kosent bundle"):
        kosent.load(copied.with_name("other"))
